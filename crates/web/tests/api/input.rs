//! What SDKs send and strangers try: who is let in, which bodies are read, what happens without a database.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use anyhow::Result;
use serde_json::json;
use tests::{Database, on_each_database};
use web::api::MAX_BODY_BYTES;

use crate::shape::operations;
use crate::world::{MIGRATED, World};

on_each_database!(MIGRATED:
    only_a_valid_key_opens,
    a_stranger_hears_401_whatever_else_is_wrong,
    bodies_are_read_leniently,
    bodies_have_a_limit,
    nul_is_refused_everywhere,
    without_a_database_try_again_later,
);

async fn only_a_valid_key_opens(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let tenant = world.tenant().await?;
    let key = &tenant.key;
    for (header, status) in [
        (format!("Bearer {key}"), 200),
        (format!("bearer  {key} "), 200),
        (format!("Basic {key}"), 401),
        (key.clone(), 401),
        ("Bearer".to_owned(), 401),
        ("Bearer ".to_owned(), 401),
        (format!("Bearer {key}x"), 401),
        (format!("Bearer {}", key.to_lowercase()), 401),
    ] {
        let request = TestRequest::default().insert_header(("authorization", header.as_str()));
        let reply = world.send(Method::GET, "/organizations", request).await?;
        assert_eq!(reply.status, status, "{header}");
        if status == 401 {
            assert_eq!(reply.json(), json!({ "message": "Unauthorized", "code": "unauthorized" }));
            assert_eq!(reply.header("www-authenticate"), "Bearer");
        }
    }
    Ok(())
}

async fn a_stranger_hears_401_whatever_else_is_wrong(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    for (method, path, operation) in operations().filter(|(_, path, _)| *path != "/openapi.json") {
        let request = TestRequest::default().insert_header(("authorization", "Bearer sk_wrong"));
        let request = if operation["requestBody"].is_object() { request.set_payload("{") } else { request };
        let reply = world.send(method, &format!("{path}?limit=0&before=%00"), request).await?;
        assert_eq!(reply.refused(401)?.0, "unauthorized", "{path}");
    }
    let large = TestRequest::default().insert_header(("authorization", "Bearer sk_wrong"));
    let large = large.set_payload(vec![b'x'; MAX_BODY_BYTES + 1]);
    assert_eq!(world.send(Method::POST, "/organizations", large).await?.refused(401)?.0, "unauthorized");
    Ok(())
}

async fn bodies_are_read_leniently(database: Database) -> Result<()> {
    let tenant = World::new(&database).await?.tenant().await?;
    let post = |body: &str| tenant.call(Method::POST, "/organizations", Some(body.to_owned()));
    post(r#" {"name":"A","name":"B","admin_emails":["x"],"intent_options":{"sso":{}}} "#).await?.expect(201)?;
    for (body, status, code) in [
        ("", 422, "required"),
        ("{}", 422, "required"),
        ("[]", 422, "invalid"),
        ("\"x\"", 422, "invalid"),
        ("{", 400, "bad_request"),
        (r#"{"name":"x"}}"#, 400, "bad_request"),
        ("name=x", 400, "bad_request"),
    ] {
        assert_eq!(post(body).await?.refused(status)?.0, code, "{body}");
    }
    let deep = format!(r#"{{"name":"x","metadata":{}{}}}"#, "[".repeat(200), "]".repeat(200));
    assert_eq!(post(&deep).await?.refused(400)?.0, "bad_request");
    let bytes = TestRequest::default().insert_header(("authorization", format!("Bearer {}", tenant.key)));
    let reply =
        tenant.world.send(Method::POST, "/organizations", bytes.set_payload(&b"{\"name\":\"\xff\"}"[..])).await?;
    assert_eq!(reply.refused(400)?.0, "bad_request");
    let path = format!("/organizations/{}", tenant.ids("/organizations").await?.remove(0));
    tenant.call(Method::GET, &path, Some(String::new())).await?.expect(200)?;
    tenant.call(Method::DELETE, &path, Some(String::new())).await?.expect(202)?;
    Ok(())
}

async fn bodies_have_a_limit(database: Database) -> Result<()> {
    let tenant = World::new(&database).await?.tenant().await?;
    let body = |length: usize| format!(r#"{{"name":"Acme","x":"{}"}}"#, "x".repeat(length - 22));
    assert_eq!(body(100).len(), 100);
    tenant.call(Method::POST, "/organizations", Some(body(MAX_BODY_BYTES))).await?.expect(201)?;
    let refused = tenant.call(Method::POST, "/organizations", Some(body(MAX_BODY_BYTES + 1))).await?;
    assert_eq!(refused.refused(413)?.0, "payload_too_large");
    Ok(())
}

async fn nul_is_refused_everywhere(database: Database) -> Result<()> {
    let tenant = World::new(&database).await?.tenant().await?;
    for body in
        [r#"{"name":"a\u0000b"}"#, r#"{"name":"a","metadata":{"\u0000":"x"}}"#, r#"{"name":"a","x":["\u0000"]}"#]
    {
        let reply = tenant.call(Method::POST, "/organizations", Some(body.to_owned())).await?;
        assert_eq!(reply.refused(400)?.0, "bad_request", "{body}");
    }
    for query in ["/organizations?search=%00", "/organizations?%00=x", "/directory_users?directory=x&email=a%00"] {
        assert_eq!(tenant.get(query).await?.refused(400)?.0, "bad_request", "{query}");
    }
    for path in ["/organizations/external_id/a%00b", "/organizations/%00", "/directory_users/%FF"] {
        assert_eq!(tenant.get(path).await?.refused(404)?.0, "entity_not_found", "{path}");
    }
    Ok(())
}

async fn without_a_database_try_again_later(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let tenant = world.tenant().await?;
    world.store.close().await?;
    for path in ["/organizations", "/events?events=dsync.activated"] {
        let reply = tenant.get(path).await?;
        assert_eq!(reply.refused(503)?.0, "unavailable");
        assert_eq!(reply.header("retry-after"), "1");
    }
    Ok(())
}

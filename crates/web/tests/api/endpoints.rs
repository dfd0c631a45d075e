//! `/webhook_endpoints`.

use anyhow::Result;
use broker::{MAX_ENDPOINTS, MAX_URL_LENGTH};
use serde_json::{Value, json};
use tests::{Database, on_each_database};

use crate::tenant::id;
use crate::world::{MIGRATED, World};

on_each_database!(MIGRATED:
    an_endpoint_is_created_listed_updated_and_deleted,
    bad_endpoints_are_refused,
    urls_are_taken_once,
    private_addresses_need_leave,
    an_environment_has_few_endpoints,
);

const ENDPOINTS: &str = "/webhook_endpoints";

fn body(url: &str) -> Value {
    json!({ "endpoint_url": url, "events": ["dsync.user.created"] })
}

async fn an_endpoint_is_created_listed_updated_and_deleted(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let tenant = world.tenant().await?;
    let events = json!(["user.created", "dsync.activated", "user.created"]);
    let new = json!({ "endpoint_url": "https://a.example/hooks?x=1", "events": events });
    let made = tenant.post(ENDPOINTS, new).await?.expect(201)?;
    assert!(id(&made).starts_with("we_"));
    assert!(made["secret"].as_str().is_some_and(|secret| secret.starts_with("whsec_")));
    let expected = json!({
        "object": "webhook_endpoint", "id": id(&made), "endpoint_url": "https://a.example/hooks?x=1",
        "secret": made["secret"], "status": "enabled", "events": ["dsync.activated", "user.created"],
        "created_at": made["created_at"], "updated_at": made["updated_at"]
    });
    assert_eq!(made, expected);
    assert_eq!(tenant.get(ENDPOINTS).await?.expect(200)?["data"], json!([made]));

    world.clock.advance(60_000);
    let path = format!("{ENDPOINTS}/{}", id(&made));
    assert_eq!(tenant.patch(&path, json!({})).await?.expect(200)?, made);
    let same = json!({ "endpoint_url": made["endpoint_url"], "status": "enabled", "events": made["events"] });
    assert_eq!(tenant.patch(&path, same).await?.expect(200)?, made);
    let change = json!({ "endpoint_url": "https://b.example", "status": "disabled", "events": ["dsync.deleted"] });
    let changed = tenant.patch(&path, change).await?.expect(200)?;
    assert_eq!((&changed["status"], &changed["events"]), (&json!("disabled"), &json!(["dsync.deleted"])));
    assert_eq!((&changed["endpoint_url"], &changed["secret"]), (&json!("https://b.example"), &made["secret"]));
    assert_eq!(tenant.get(ENDPOINTS).await?.expect(200)?["data"], json!([changed]));
    let enabled = tenant.patch(&path, json!({ "status": "enabled" })).await?.expect(200)?;
    assert_eq!(enabled["status"], "enabled");

    assert_eq!(tenant.delete(&path).await?.expect(204)?, Value::Null);
    assert_eq!(tenant.ids(ENDPOINTS).await?, [""; 0]);
    assert_eq!(tenant.delete(&path).await?.refused(404)?.0, "entity_not_found");
    assert_eq!(tenant.patch(&path, json!({})).await?.refused(404)?.0, "entity_not_found");
    assert_eq!(tenant.get(&path).await?.header("allow"), "PATCH, DELETE");
    Ok(())
}

async fn bad_endpoints_are_refused(database: Database) -> Result<()> {
    let tenant = World::new(&database).await?.tenant().await?;
    let made = tenant.post(ENDPOINTS, body("https://a.example")).await?.expect(201)?;
    let path = format!("{ENDPOINTS}/{}", id(&made));
    let long = format!("https://b.example/{}", "x".repeat(MAX_URL_LENGTH));
    for url in ["", "a.example", "http://a.example", "https://u:p@a.example", "https://127.0.0.1", &long] {
        for reply in [tenant.post(ENDPOINTS, body(url)).await?, tenant.patch(&path, body(url)).await?] {
            assert_eq!(reply.refused(422)?.0, "invalid_url", "{url}");
        }
    }
    for (events, code) in [
        (json!([]), "invalid"),
        (json!("dsync.activated"), "invalid"),
        (json!(["dsync.deactivated"]), "unknown_event_type"),
        (json!(["dsync.token.created"]), "unknown_event_type"),
        (json!(["dsync.activated", "*"]), "unknown_event_type"),
        (json!(["dsync.user.create"]), "unknown_event_type"),
        (json!(["user.crated"]), "unknown_event_type"),
    ] {
        let new = json!({ "endpoint_url": "https://c.example", "events": events });
        for reply in [tenant.post(ENDPOINTS, new.clone()).await?, tenant.patch(&path, new).await?] {
            assert_eq!(reply.refused(422)?, (code.to_owned(), "events".to_owned()), "{events}");
            assert_eq!(reply.json()["code"], "invalid_request_parameters");
        }
    }
    for (new, field) in [
        (json!({ "events": ["dsync.activated"] }), "endpoint_url"),
        (json!({ "endpoint_url": "https://c.example" }), "events"),
    ] {
        let refused = tenant.post(ENDPOINTS, new).await?.refused(422)?;
        assert_eq!(refused, ("required".to_owned(), field.to_owned()));
    }
    assert_eq!(tenant.patch(&path, json!({ "status": "stopped" })).await?.refused(422)?.1, "status");
    assert_eq!(tenant.get(ENDPOINTS).await?.expect(200)?["data"], json!([made]));
    Ok(())
}

async fn urls_are_taken_once(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let (tenant, other) = (world.tenant().await?, world.tenant().await?);
    let first = tenant.post(ENDPOINTS, body("https://a.example")).await?.expect(201)?;
    let second = tenant.post(ENDPOINTS, body("https://b.example")).await?.expect(201)?;
    let path = format!("{ENDPOINTS}/{}", id(&second));
    let taken = [
        tenant.post(ENDPOINTS, body("https://a.example")).await?,
        tenant.patch(&path, json!({ "endpoint_url": "https://a.example" })).await?,
    ];
    for reply in taken {
        assert_eq!(reply.refused(409)?.0, "duplicate_endpoint");
    }
    assert_eq!(tenant.get(ENDPOINTS).await?.expect(200)?["data"], json!([second, first]));
    other.post(ENDPOINTS, body("https://a.example")).await?.expect(201)?;
    tenant.delete(&format!("{ENDPOINTS}/{}", id(&first))).await?.expect(204)?;
    tenant.patch(&path, json!({ "endpoint_url": "https://a.example" })).await?.expect(200)?;
    Ok(())
}

async fn private_addresses_need_leave(database: Database) -> Result<()> {
    let tenant = World::with(&database, true).await?.tenant().await?;
    for url in ["http://127.0.0.1:9000/hooks", "http://receiver.internal/", "https://[::1]/"] {
        assert_eq!(tenant.post(ENDPOINTS, body(url)).await?.expect(201)?["endpoint_url"], url);
    }
    assert_eq!(tenant.post(ENDPOINTS, body("ftp://127.0.0.1/")).await?.refused(422)?.0, "invalid_url");
    Ok(())
}

async fn an_environment_has_few_endpoints(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let (tenant, other) = (world.tenant().await?, world.tenant().await?);
    for n in 0..MAX_ENDPOINTS {
        tenant.post(ENDPOINTS, body(&format!("https://{n}.example"))).await?.expect(201)?;
    }
    let one_more = body("https://more.example");
    assert_eq!(tenant.post(ENDPOINTS, one_more.clone()).await?.refused(409)?.0, "too_many_endpoints");
    other.post(ENDPOINTS, one_more.clone()).await?.expect(201)?;
    let first = tenant.ids("/webhook_endpoints?order=asc&limit=1").await?.remove(0);
    tenant.delete(&format!("{ENDPOINTS}/{first}")).await?.expect(204)?;
    tenant.post(ENDPOINTS, one_more).await?.expect(201)?;
    Ok(())
}

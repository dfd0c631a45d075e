//! `Idempotency-Key`: what SDKs repeat is done once.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use anyhow::{Context, Result};
use broker::MAX_IDEMPOTENCY_KEY_LENGTH;
use futures::future::join_all;
use model::answer::ANSWER_LIFETIME_MS;
use serde_json::{Value, json};
use tests::{Database, Kind, on_each_database};

use crate::tenant::Tenant;
use crate::world::{MIGRATED, Reply, World};

on_each_database!(MIGRATED:
    what_comes_again_is_answered_as_before,
    requests_beside_each_other_make_one_thing,
    another_request_with_the_key_is_refused,
    refusals_are_not_kept,
    keys_have_limits,
    answers_are_forgotten,
);

async fn post(tenant: &Tenant, key: &str, path: &str, body: &Value) -> Result<Reply> {
    let request = TestRequest::default().insert_header(("authorization", format!("Bearer {}", tenant.key)));
    let request = request.insert_header(("idempotency-key", key)).set_payload(body.to_string());
    tenant.world.send(Method::POST, path, request).await
}

async fn what_comes_again_is_answered_as_before(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let (tenant, other) = (world.tenant().await?, world.tenant().await?);
    let organization = tenant.organization("Acme").await?;
    let directory = tenant.directory().await?;
    let new = json!({ "organization_id": organization, "name": "People", "type": "okta scim v2.0" });
    let tokens = format!("/directories/{directory}/tokens");
    let endpoint = json!({ "endpoint_url": "https://a.example", "events": ["dsync.activated"] });
    for (path, list, body) in [
        ("/organizations", "/organizations", json!({ "name": "Beta", "external_id": "1" })),
        ("/directories", "/directories", new),
        (tokens.as_str(), tokens.as_str(), json!({ "name": "x" })),
        ("/webhook_endpoints", "/webhook_endpoints", endpoint),
    ] {
        let made = post(&tenant, path, path, &body).await?;
        made.expect(201)?;
        let there = tenant.ids(list).await?;
        let again = post(&tenant, path, path, &body).await?;
        assert_eq!((again.status, &again.text), (201, &made.text), "{path}");
        assert_eq!(tenant.ids(list).await?, there, "{path}");
    }
    let theirs = post(&other, "/organizations", "/organizations", &json!({ "name": "Theirs" })).await?;
    assert_eq!(theirs.expect(201)?["name"], "Theirs");
    Ok(())
}

async fn requests_beside_each_other_make_one_thing(database: Database) -> Result<()> {
    let tenant = World::new(&database).await?.tenant().await?;
    let endpoint = json!({ "endpoint_url": "https://a.example", "events": ["dsync.activated"] });
    for (path, body) in [("/organizations", json!({ "name": "Acme" })), ("/webhook_endpoints", endpoint)] {
        let replies = join_all((0..4).map(|_| post(&tenant, path, path, &body))).await;
        let texts: Vec<_> =
            replies.into_iter().map(|reply| Ok(reply?.expect(201)?.to_string())).collect::<Result<_>>()?;
        assert!(texts.iter().all(|text| *text == texts[0]), "{texts:?}");
        assert_eq!(tenant.ids(path).await?.len(), 1, "{path}");
    }
    Ok(())
}

async fn another_request_with_the_key_is_refused(database: Database) -> Result<()> {
    let tenant = World::new(&database).await?.tenant().await?;
    post(&tenant, "k", "/organizations", &json!({ "name": "Acme" })).await?.expect(201)?;
    let endpoint = json!({ "endpoint_url": "https://a.example", "events": ["dsync.activated"] });
    for (path, body) in [("/organizations", json!({ "name": "Beta" })), ("/webhook_endpoints", endpoint)] {
        let refused = post(&tenant, "k", path, &body).await?.refused(422)?;
        assert_eq!(refused, ("idempotency_key_reused".to_owned(), "Idempotency-Key".to_owned()), "{path}");
    }
    assert_eq!(tenant.ids("/organizations").await?.len(), 1);
    assert_eq!(tenant.ids("/webhook_endpoints").await?, [""; 0]);
    Ok(())
}

/// What failed may be tried again with its key, also when it failed here.
async fn refusals_are_not_kept(database: Database) -> Result<()> {
    let tenant = World::new(&database).await?.tenant().await?;
    let body = json!({ "name": "Acme", "external_id": "1" });
    let holder = tenant.post("/organizations", body.clone()).await?.expect(201)?;
    assert_eq!(post(&tenant, "k", "/organizations", &body).await?.refused(400)?.0, "external_id_already_used");
    let holder = holder["id"].as_str().context("an id")?;
    tenant.delete(&format!("/organizations/{holder}")).await?.expect(202)?;
    post(&tenant, "k", "/organizations", &body).await?.expect(201)?;
    Ok(())
}

async fn keys_have_limits(database: Database) -> Result<()> {
    let tenant = World::new(&database).await?.tenant().await?;
    let body = json!({ "name": "Acme" });
    let longest = "k".repeat(MAX_IDEMPOTENCY_KEY_LENGTH);
    post(&tenant, &longest, "/organizations", &body).await?.expect(201)?;
    let longer = post(&tenant, &format!("{longest}k"), "/organizations", &body).await?;
    assert_eq!(longer.refused(400)?.0, "bad_request");
    for _ in 0..2 {
        post(&tenant, "", "/organizations", &body).await?.expect(201)?;
    }
    assert_eq!(tenant.ids("/organizations").await?.len(), 3);
    Ok(())
}

/// By the housekeeping, when their lifetime is over. PostgreSQL's clock cannot be moved: there the young are seen to stay.
async fn answers_are_forgotten(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let tenant = world.tenant().await?;
    let body = json!({ "name": "Acme" });
    let first = post(&tenant, "k", "/organizations", &body).await?;
    world.clock.advance(ANSWER_LIFETIME_MS);
    while world.store.system().purge().await? {}
    assert_eq!(post(&tenant, "k", "/organizations", &body).await?.text, first.text);
    world.clock.advance(1);
    while world.store.system().purge().await? {}
    let again = post(&tenant, "k", "/organizations", &body).await?;
    assert_eq!(again.text == first.text, database.kind() == Kind::Postgres);
    Ok(())
}

//! Strangers at the SCIM door hear the same bytes and cost the same one statement, whatever is wrong with them.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use anyhow::{Context, Result};
use serde_json::json;
use tests::{Database, on_each_database};

use crate::tenant::{Tenant, id};
use crate::world::{MIGRATED, World};

on_each_database!(MIGRATED: strangers_cost_one_statement, a_remembered_token_is_found_revoked_by_its_write);

const BODY: &str = r#"{"userName": "ann"}"#;
/// Milliseconds of a day: far past what a token of a minute lives, on either database's clock.
const DAY_MS: i64 = 86_400_000;

/// A directory's key, as the path names it, and a token for it.
struct Door {
    key: String,
    directory: String,
    token: String,
}

impl Door {
    async fn of(tenant: &Tenant) -> Result<Self> {
        let organization_id = tenant.organization("Acme").await?;
        let body = json!({ "organization_id": organization_id, "name": "People", "type": "generic scim v2.0" });
        let made = tenant.post("/directories", body).await?.expect(201)?;
        let text = |key: &str| Ok::<_, anyhow::Error>(made[key].as_str().context("text")?.to_owned());
        Ok(Self { key: text("external_key")?, directory: id(&made), token: text("bearer_token")? })
    }

    /// Another token: its id and itself.
    async fn token(&self, tenant: &Tenant, body: serde_json::Value) -> Result<(String, String)> {
        let made = tenant.post(&format!("/directories/{}/tokens", self.directory), body).await?.expect(201)?;
        Ok((id(&made), made["bearer_token"].as_str().context("a token")?.to_owned()))
    }

    async fn revoke(&self, tenant: &Tenant, token: &str) -> Result<()> {
        tenant.delete(&format!("/directories/{}/tokens/{token}", self.directory)).await?.expect(204).map(drop)
    }
}

/// What a knock is told, and what it costs.
async fn knock(
    world: &World,
    method: Method,
    key: &str,
    header: Option<&str>,
) -> Result<(u16, Vec<String>, String, u64)> {
    let mut request = TestRequest::default().set_payload(if method == Method::GET { "" } else { BODY });
    if let Some(header) = header {
        request = request.insert_header(("authorization", header));
    }
    let before = world.store.statements();
    let reply = world.send_unchecked(method, &format!("/scim/v2.0/{key}/Users"), request).await?;
    let cost = world.store.statements() - before;
    let told = reply.headers.iter().filter(|(name, _)| name.as_str() != "x-request-id");
    let mut told: Vec<_> = told.map(|(name, value)| format!("{name}: {value:?}")).collect();
    told.sort();
    Ok((reply.status, told, reply.text, cost))
}

async fn strangers_cost_one_statement(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let (tenant, other) = (world.tenant().await?, world.tenant().await?);
    let (ours, sibling, foreign) = (Door::of(&tenant).await?, Door::of(&tenant).await?, Door::of(&other).await?);
    let soon = model::Timestamp(DAY_MS + now_ms(&tenant, &ours).await?).to_string();
    let (_, expired) = ours.token(&tenant, json!({ "name": "short", "expires_at": soon })).await?;
    let (revoked_id, revoked) = ours.token(&tenant, json!({ "name": "revoked" })).await?;
    let bearer = |token: &str| format!("Bearer {token}");
    for token in [&ours.token, &expired] {
        assert_eq!(knock(&world, Method::GET, &ours.key, Some(&bearer(token))).await?.0, 200);
    }
    // By the database's time, which no test can move.
    database.execute("UPDATE directory_tokens SET expires_at = 1 WHERE name = 'short'").await?;
    ours.revoke(&tenant, &revoked_id).await?;
    let unknown = "aaaaaaaaaaaaaaaaaaaa";
    let knocks = [
        ("an unknown key", unknown, Some(bearer(&ours.token))),
        ("a key of another form", "NO-KEY", Some(bearer(&ours.token))),
        ("a sibling's token", &*ours.key, Some(bearer(&sibling.token))),
        ("a foreign token", &*ours.key, Some(bearer(&foreign.token))),
        ("an API key", &*ours.key, Some(bearer(&tenant.key))),
        ("no token", &*ours.key, None),
        ("an empty header", &*ours.key, Some(String::new())),
        ("no token and an unknown key", unknown, None),
        ("a malformed token", &*ours.key, Some("Basic x:y".to_owned())),
        ("a wrong token", &*ours.key, Some(bearer("se_wrong"))),
        ("an expired token", &*ours.key, Some(bearer(&expired))),
        ("a revoked token", &*ours.key, Some(bearer(&revoked))),
    ];
    let mut first = None;
    for (what, key, header) in &knocks {
        for method in [Method::GET, Method::POST, Method::DELETE] {
            let told = knock(&world, method.clone(), key, header.as_deref()).await?;
            assert_eq!((told.0, told.3), (401, 1), "{method}, {what}");
            assert_eq!(&told, first.get_or_insert_with(|| told.clone()), "{method}, {what}");
        }
    }
    Ok(())
}

/// The database's time, which a token's expiry is held against when it is made.
async fn now_ms(tenant: &Tenant, door: &Door) -> Result<i64> {
    let directory = tenant.get(&format!("/directories/{}", door.directory)).await?.expect(200)?;
    let text = directory["created_at"].as_str().context("created_at")?;
    Ok(model::Timestamp::parse(text).context("a time")?.0)
}

/// A write goes on from memory, so it is the directory's lock that finds it out: more statements, once, and the same answer.
async fn a_remembered_token_is_found_revoked_by_its_write(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let tenant = world.tenant().await?;
    let ours = Door::of(&tenant).await?;
    let stranger = knock(&world, Method::POST, &ours.key, None).await?;
    let (token_id, token) = ours.token(&tenant, json!({ "name": "used" })).await?;
    let header = format!("Bearer {token}");
    assert_eq!(knock(&world, Method::POST, &ours.key, Some(&header)).await?.0, 201);
    ours.revoke(&tenant, &token_id).await?;
    let found_out = knock(&world, Method::POST, &ours.key, Some(&header)).await?;
    assert_eq!((found_out.0, &found_out.1, &found_out.2), (401, &stranger.1, &stranger.2));
    assert_eq!(knock(&world, Method::POST, &ours.key, Some(&header)).await?, stranger);
    Ok(())
}

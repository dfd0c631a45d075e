//! `/directories/{id}/tokens`.

use std::time::Duration;

use anyhow::Result;
use broker::{MAX_EXPIRED_TOKENS, MAX_TOKENS};
use model::Timestamp;
use model::tenant::DirectoryToken;
use serde_json::{Value, json};
use tests::{Database, on_each_database, until};

use crate::tenant::{Tenant, id};
use crate::world::{MIGRATED, NOW_MS, World};

on_each_database!(MIGRATED:
    a_token_is_created_listed_used_and_revoked,
    the_use_of_a_remembered_token_is_noted,
    bad_tokens_are_refused,
    a_directory_has_few_tokens,
    expired_tokens_leave_room,
);

async fn opens(tenant: &Tenant, directory: &str, token: &Value) -> Result<bool> {
    let authenticator = broker::Authenticator::new(tenant.world.broker.clone());
    let key = tenant.get(&format!("/directories/{directory}")).await?.expect(200)?["external_key"].take();
    let (key, token) = (key.as_str().unwrap_or_default(), token.as_str().unwrap_or_default());
    Ok(authenticator.directory(key, token).await?.is_some())
}

async fn a_token_is_created_listed_used_and_revoked(database: Database) -> Result<()> {
    let tenant = World::new(&database).await?.tenant().await?;
    let directory = tenant.directory().await?;
    let path = format!("/directories/{directory}/tokens");
    let body = json!({ "name": "rotation", "expires_at": "2027-01-15T12:00:00Z" });
    let mut made = tenant.post(&path, body).await?.expect(201)?;
    let secret = made["bearer_token"].take();
    made.as_object_mut().map(|made| made.remove("bearer_token"));
    let suffix = made["token_suffix"].as_str().unwrap_or_default();
    assert!(suffix.len() == 4 && secret.as_str().is_some_and(|secret| secret.ends_with(suffix)), "{made}");
    assert_eq!(made["expires_at"], "2027-01-15T12:00:00.000Z");
    let listed = tenant.get(&path).await?.expect(200)?;
    assert_eq!(listed["data"].as_array().map(Vec::len), Some(2));
    assert_eq!((&listed["data"][0]["name"], &listed["data"][0]["expires_at"]), (&json!("first"), &Value::Null));
    assert_eq!(listed["data"][1], made);
    assert_eq!(listed["list_metadata"], json!({ "before": null, "after": null }));

    assert!(opens(&tenant, &directory, &secret).await?);
    let used =
        async || tenant.get(&path).await.ok()?.expect(200).ok()?["data"][1]["last_used_at"].is_string().then_some(());
    until("the use to be noted", Duration::from_secs(10), used).await?;

    let this = format!("{path}/{}", id(&made));
    assert_eq!(tenant.delete(&this).await?.expect(204)?, Value::Null);
    assert!(!opens(&tenant, &directory, &secret).await?);
    assert_eq!(tenant.delete(&this).await?.refused(404)?.0, "entity_not_found");
    assert_eq!(tenant.ids(&path).await?.len(), 1);

    let kinds = "dsync.token.created,dsync.token.revoked";
    let events = tenant.get(&format!("/events?events={kinds}")).await?.expect(200)?;
    let names: Vec<_> = events["data"].as_array().into_iter().flatten().map(|event| &event["event"]).collect();
    assert_eq!(names, ["dsync.token.created", "dsync.token.created", "dsync.token.revoked"]);
    Ok(())
}

/// A provider that only writes is not asked for at the database, and is seen all the same: to the minute.
async fn the_use_of_a_remembered_token_is_noted(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let tenant = world.tenant().await?;
    let directory = tenant.directory().await?;
    let path = format!("/directories/{directory}/tokens");
    let token = tenant.post(&path, json!({ "name": "x" })).await?.expect(201)?["bearer_token"].take();
    let key = tenant.get(&format!("/directories/{directory}")).await?.expect(200)?["external_key"].take();
    let (key, token) = (key.as_str().unwrap_or_default(), token.as_str().unwrap_or_default());
    let authenticator = broker::Authenticator::new(world.broker.clone());
    assert!(authenticator.remembered(key, token).is_none());
    authenticator.directory(key, token).await?;
    let used_at =
        async || Ok::<_, anyhow::Error>(tenant.get(&path).await?.expect(200)?["data"][1]["last_used_at"].take());
    let mut last = json!(null);
    for (later_ms, moves) in [(0, true), (59_999, false), (1, true), (59_999, false), (1, true)] {
        world.clock.advance(later_ms);
        assert!(authenticator.remembered(key, token).is_some());
        if moves {
            let noted = async || used_at().await.ok().filter(|now| *now != last);
            last = until("the use to be noted", Duration::from_secs(10), noted).await?;
        }
        assert_eq!(used_at().await?, last);
    }
    Ok(())
}

async fn bad_tokens_are_refused(database: Database) -> Result<()> {
    let tenant = World::new(&database).await?.tenant().await?;
    let (directory, other) = (tenant.directory().await?, tenant.directory().await?);
    let path = format!("/directories/{directory}/tokens");
    let past = Timestamp(NOW_MS - 60_000).to_string();
    for (body, field) in [
        (json!({}), "name"),
        (json!({ "name": "" }), "name"),
        (json!({ "name": "x", "expires_at": "soon" }), "expires_at"),
        (json!({ "name": "x", "expires_at": 7 }), "expires_at"),
        (json!({ "name": "x", "expires_at": past }), "expires_at"),
        (json!({ "name": "x", "expires_at": "9999-12-31T23:59:59-01:00" }), "expires_at"),
    ] {
        assert_eq!(tenant.post(&path, body.clone()).await?.refused(422)?.1, field, "{body}");
    }
    let foreign = tenant.ids(&format!("/directories/{other}/tokens")).await?.remove(0);
    for token in [foreign.as_str(), "directory_token_01HF7YAT00Z2RAY2RMT8R4QZ7A", "bogus", &directory] {
        let refused = tenant.delete(&format!("{path}/{token}")).await?.expect(404)?;
        assert_eq!((&refused["code"], &refused["entity_id"]), (&json!("entity_not_found"), &json!(token)));
    }
    assert_eq!(tenant.ids(&path).await?.len(), 1);
    Ok(())
}

async fn a_directory_has_few_tokens(database: Database) -> Result<()> {
    let tenant = World::new(&database).await?.tenant().await?;
    let path = format!("/directories/{}/tokens", tenant.directory().await?);
    for _ in 1..MAX_TOKENS {
        tenant.post(&path, json!({ "name": "x" })).await?.expect(201)?;
    }
    assert_eq!(tenant.post(&path, json!({ "name": "x" })).await?.refused(409)?.0, "too_many_tokens");
    let first = tenant.ids(&path).await?.remove(0);
    tenant.delete(&format!("{path}/{first}")).await?.expect(204)?;
    tenant.post(&path, json!({ "name": "x" })).await?.expect(201)?;
    Ok(())
}

async fn expired_tokens_leave_room(database: Database) -> Result<()> {
    let tenant = World::new(&database).await?.tenant().await?;
    let directory = tenant.directory().await?;
    for day in 0..u8::try_from(MAX_EXPIRED_TOKENS)? + 2 {
        insert_expired(&tenant, &directory, day).await?;
    }
    let path = format!("/directories/{directory}/tokens");
    for _ in 1..MAX_TOKENS {
        tenant.post(&path, json!({ "name": "x" })).await?.expect(201)?;
    }
    assert_eq!(tenant.post(&path, json!({ "name": "x" })).await?.refused(409)?.0, "too_many_tokens");
    let listed = tenant.get(&path).await?.expect(200)?;
    let expiries = listed["data"].as_array().into_iter().flatten().filter_map(|token| token["expires_at"].as_str());
    let expected: Vec<_> =
        (2..MAX_EXPIRED_TOKENS + 2).map(|day| format!("1970-01-{:02}T00:00:00.000Z", day + 1)).collect();
    assert_eq!(expiries.collect::<Vec<_>>(), expected);
    Ok(())
}

/// A token that expired so many days after 1970 began: PostgreSQL's clock cannot be moved to let one expire.
async fn insert_expired(tenant: &Tenant, directory: &str, day: u8) -> Result<()> {
    let world = &tenant.world;
    let directory = world.broker.find_directory(tenant.environment, directory).await?;
    let token = DirectoryToken {
        id: world.store.new_id(NOW_MS),
        directory_id: directory.id,
        name: "old".to_owned(),
        suffix: "xxxx".to_owned(),
        created_at: Timestamp(0),
        last_used_at: None,
        expires_at: Some(Timestamp(i64::from(day) * 86_400_000)),
    };
    let tx = world.store.begin(&[]).await?;
    tx.insert_token(&directory, &token, &[day; 32]).await?;
    tx.commit().await?;
    Ok(())
}

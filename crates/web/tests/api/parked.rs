//! `/directories/{id}/parked`.

use anyhow::Result;
use serde_json::{Value, json};
use tests::{Database, on_each_database};

use crate::tenant::id;
use crate::world::{MIGRATED, World};

on_each_database!(MIGRATED: what_waits_is_listed_with_its_age, what_waits_is_the_tenants_own);

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

async fn what_waits_is_listed_with_its_age(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let tenant = world.tenant().await?;
    let directory = tenant.directory().await?;
    let path = format!("/directories/{directory}/parked");
    assert_eq!(tenant.ids(&path).await?, [""; 0]);
    let group = tenant.group(&directory, "Pilots", &["00u1", "00u2"]).await?;
    let user = tenant.user(&directory, json!({ "userName": "u", ENTERPRISE: { "manager": "00u1" } })).await?;
    let page = tenant.get(&format!("{path}?order=asc")).await?.expect(200)?;
    let expected = |listed: &Value, kind: &str, group: Value, user: Value, value: &str| {
        json!({
            "object": "parked_reference", "id": listed["id"], "directory_id": directory, "type": kind,
            "group_id": group, "user_id": user, "value": value, "age_seconds": listed["age_seconds"],
            "created_at": listed["created_at"],
        })
    };
    let listed = page["data"].as_array().cloned().unwrap_or_default();
    let all = [
        expected(&listed[0], "member", json!(group), Value::Null, "00u1"),
        expected(&listed[1], "member", json!(group), Value::Null, "00u2"),
        expected(&listed[2], "manager", Value::Null, json!(user), "00u1"),
    ];
    assert_eq!(listed, all);
    assert!(listed.iter().all(|listed| listed["age_seconds"].as_i64().is_some_and(|age| (0..600).contains(&age))));
    let second = tenant.ids(&format!("{path}?order=asc&limit=1&after={}", id(&listed[0]))).await?;
    assert_eq!(second, [id(&listed[1])]);
    tenant.user(&directory, json!({ "userName": "boss", "externalId": "00u1" })).await?;
    assert_eq!(tenant.ids(&path).await?, [id(&listed[1])]);
    for wrong in ["limit=0", "order=up", "after=00u1", &format!("after={user}")] {
        assert_eq!(tenant.get(&format!("{path}?{wrong}")).await?.status, 422, "{wrong}");
    }
    Ok(())
}

async fn what_waits_is_the_tenants_own(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let (we, they) = (world.tenant().await?, world.tenant().await?);
    let (ours, theirs) = (we.directory().await?, they.directory().await?);
    we.group(&ours, "Pilots", &["00u1"]).await?;
    they.group(&theirs, "Pilots", &["00u1"]).await?;
    they.user(&theirs, json!({ "userName": "u", "externalId": "00u1" })).await?;
    let path = |directory: &str| format!("/directories/{directory}/parked");
    let waiting = we.ids(&path(&ours)).await?;
    assert_eq!((waiting.len(), they.ids(&path(&theirs)).await?.len()), (1, 0));
    assert_eq!(they.ids(&format!("{}?before={}", path(&theirs), waiting[0])).await?, [""; 0]);
    assert_eq!(they.get(&path(&ours)).await?.refused(404)?.0, "entity_not_found");
    we.delete(&format!("/directories/{ours}")).await?.expect(202)?;
    assert_eq!(we.get(&path(&ours)).await?.refused(404)?.0, "entity_not_found");
    Ok(())
}

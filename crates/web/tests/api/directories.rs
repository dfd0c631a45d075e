//! `/directories`.

use actix_web::http::Method;
use anyhow::{Context, Result};
use broker::MAX_DIRECTORIES;
use serde_json::{Value, json};
use tests::{Database, on_each_database};

use crate::tenant::id;
use crate::world::{MIGRATED, PUBLIC_URL, World};

on_each_database!(MIGRATED:
    a_directory_is_created_found_renamed_and_deleted,
    bad_directories_are_refused,
    a_sync_cannot_be_asked_for,
    its_people_are_counted,
    lists_are_filtered,
    an_organization_takes_its_directories_along,
    an_organization_has_few_directories_and_they_go_together,
    a_token_moves_the_directorys_version,
);

async fn a_directory_is_created_found_renamed_and_deleted(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let tenant = world.tenant().await?;
    let organization_id = tenant.organization("Acme").await?;
    let body = json!({ "organization_id": organization_id, "name": "People", "type": "okta scim v2.0" });
    let mut made = tenant.post("/directories", body).await?.expect(201)?;
    let token = made["bearer_token"].take();
    assert!(token.as_str().is_some_and(|token| token.starts_with("se_")), "{token}");
    let scim_endpoint = format!("{PUBLIC_URL}/scim/v2.0/{}", made["external_key"].as_str().unwrap_or_default());
    assert_eq!(made["scim_endpoint"], scim_endpoint);
    let expected = json!({
        "object": "directory", "id": id(&made), "organization_id": organization_id,
        "external_key": made["external_key"], "type": "okta scim v2.0", "state": "validating", "name": "People",
        "metadata": { "users": { "active": 0, "inactive": 0 }, "groups": 0 },
        "settings": {
            "strict": false, "bare_token": true, "unknown_attributes": "drop", "empty_operations": "ignore",
            "group_put_without_members": "clear",
        },
        "created_at": made["created_at"], "updated_at": made["updated_at"]
    });
    let path = format!("/directories/{}", id(&made));
    assert_eq!(tenant.get(&path).await?.expect(200)?, expected);

    world.clock.advance(60_000);
    assert_eq!(tenant.patch(&path, json!({})).await?.expect(200)?, expected);
    let renamed = tenant.patch(&path, json!({ "name": "Staff" })).await?.expect(200)?;
    assert_eq!(renamed["name"], "Staff");
    assert_eq!(tenant.get(&path).await?.expect(200)?, renamed);

    assert_eq!(tenant.delete(&path).await?.expect(202)?, Value::Null);
    for reply in [
        tenant.get(&path).await?,
        tenant.patch(&path, json!({ "name": "x" })).await?,
        tenant.delete(&path).await?,
        tenant.get(&format!("{path}/tokens")).await?,
    ] {
        assert_eq!(reply.refused(404)?.0, "entity_not_found");
    }
    Ok(())
}

async fn bad_directories_are_refused(database: Database) -> Result<()> {
    let tenant = World::new(&database).await?.tenant().await?;
    let organization = tenant.organization("Acme").await?;
    let body = |change: Value| {
        let mut body = json!({ "organization_id": organization, "name": "People", "type": "generic scim v2.0" });
        change.as_object().into_iter().flatten().for_each(|(key, value)| body[key] = value.clone());
        body
    };
    for (change, field, code) in [
        (json!({ "organization_id": null }), "organization_id", "required"),
        (json!({ "name": null }), "name", "required"),
        (json!({ "type": null }), "type", "required"),
        (json!({ "type": "fax" }), "type", "invalid"),
        (json!({ "type": 7 }), "type", "invalid"),
        (json!({ "type": "okta" }), "type", "invalid"),
        (json!({ "name": "\n" }), "name", "invalid"),
    ] {
        let refused = tenant.post("/directories", body(change.clone())).await?.refused(422)?;
        assert_eq!(refused, (code.to_owned(), field.to_owned()), "{change}");
    }
    for absent in ["org_01HF7YAT00Z2RAY2RMT8R4QZ7A", "bogus"] {
        let refused = tenant.post("/directories", body(json!({ "organization_id": absent }))).await?.expect(404)?;
        assert_eq!(refused["entity_id"], absent);
    }
    let directory = tenant.directory().await?;
    let refused = tenant.patch(&format!("/directories/{directory}"), json!({ "name": "" })).await?.refused(422)?;
    assert_eq!(refused.1, "name");
    assert_eq!(tenant.ids("/directories").await?, [directory]);
    Ok(())
}

async fn a_sync_cannot_be_asked_for(database: Database) -> Result<()> {
    let tenant = World::new(&database).await?.tenant().await?;
    let sync = async |directory: &str| tenant.call(Method::POST, &format!("/directories/{directory}/sync"), None).await;
    let refused = sync(&tenant.directory().await?).await?.expect(422)?;
    assert_eq!(refused["code"], "directory_sync_not_supported");
    assert_eq!(sync("directory_01HF7YAT00Z2RAY2RMT8R4QZ7A").await?.refused(404)?.0, "entity_not_found");
    Ok(())
}

async fn its_people_are_counted(database: Database) -> Result<()> {
    let tenant = World::new(&database).await?.tenant().await?;
    let directory = tenant.directory().await?;
    let ann = tenant.user_named(&directory, "ann@acme.example").await?;
    tenant.user_named(&directory, "bob@acme.example").await?;
    tenant.group(&directory, "Pilots", &[&ann]).await?;
    let deactivate = json!({ "Operations": [{ "op": "replace", "value": { "active": false } }] });
    tenant.patch_user(&directory, &ann, deactivate).await?;
    let counted = tenant.get(&format!("/directories/{directory}")).await?.expect(200)?;
    assert_eq!(counted["metadata"]["groups"], 1);
    let users = &counted["metadata"]["users"];
    assert_eq!(users["active"].as_i64().zip(users["inactive"].as_i64()), Some((1, 1)));
    Ok(())
}

async fn lists_are_filtered(database: Database) -> Result<()> {
    let tenant = World::new(&database).await?.tenant().await?;
    let acme = json!({ "name": "Acme", "domains": ["acme.example"] });
    let acme = id(&tenant.post("/organizations", acme).await?.expect(201)?);
    let beta = tenant.organization("Beta").await?;
    let mut ids = Vec::new();
    for (organization_id, name) in [(&acme, "People"), (&beta, "PEOPLE of Beta"), (&acme, "Robots")] {
        let body = json!({ "organization_id": organization_id, "name": name, "type": "generic scim v2.0" });
        ids.push(id(&tenant.post("/directories", body).await?.expect(201)?));
    }
    for (query, expected) in [
        (String::new(), vec![2, 1, 0]),
        (format!("?organization_id={acme}"), vec![2, 0]),
        (format!("?organization_id={acme}&search=people"), vec![0]),
        ("?search=people&order=asc".to_owned(), vec![0, 1]),
        ("?domain=ACME.example".to_owned(), vec![2, 0]),
        (format!("?domain=acme.example&organization_id={beta}"), vec![]),
        ("?domain=none.example".to_owned(), vec![]),
        ("?organization_id=org_01HF7YAT00Z2RAY2RMT8R4QZ7A".to_owned(), vec![]),
        (format!("?organization_id={}", ids[0]), vec![]),
        ("?organization_id=bogus".to_owned(), vec![]),
    ] {
        let expected: Vec<_> = expected.into_iter().map(|n: usize| ids[n].clone()).collect();
        assert_eq!(tenant.ids(&format!("/directories{query}")).await?, expected, "{query}");
    }
    Ok(())
}

async fn an_organization_takes_its_directories_along(database: Database) -> Result<()> {
    let tenant = World::new(&database).await?.tenant().await?;
    let directory = tenant.directory().await?;
    let user = tenant.user_named(&directory, "ann@acme.example").await?;
    let group = tenant.group(&directory, "Pilots", &[&user]).await?;
    let organization = tenant.ids("/organizations").await?.remove(0);
    tenant.delete(&format!("/organizations/{organization}")).await?.expect(202)?;
    for path in [
        format!("/directories/{directory}"),
        format!("/directory_users/{user}"),
        format!("/directory_groups/{group}"),
        format!("/organizations/{organization}"),
    ] {
        assert_eq!(tenant.get(&path).await?.refused(404)?.0, "entity_not_found", "{path}");
    }
    for list in ["/organizations", "/directories", "/directory_users", "/directory_groups"] {
        assert_eq!(tenant.ids(list).await?, [""; 0], "{list}");
    }
    Ok(())
}

async fn an_organization_has_few_directories_and_they_go_together(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let tenant = world.tenant().await?;
    let (full, small) = (tenant.organization("Acme").await?, tenant.organization("Other").await?);
    let body = |of: &str| json!({ "organization_id": of, "name": "People", "type": "generic scim v2.0" });
    for _ in 0..MAX_DIRECTORIES {
        tenant.post("/directories", body(&full)).await?.expect(201)?;
    }
    assert_eq!(tenant.post("/directories", body(&full)).await?.refused(409)?.0, "too_many_directories");
    tenant.post("/directories", body(&small)).await?.expect(201)?;
    let first = tenant.ids(&format!("/directories?organization_id={full}&limit=1")).await?.remove(0);
    tenant.delete(&format!("/directories/{first}")).await?.expect(202)?;
    tenant.post("/directories", body(&full)).await?.expect(201)?;

    let mut statements = Vec::new();
    for organization in [small, full] {
        let before = world.store.statements();
        tenant.delete(&format!("/organizations/{organization}")).await?.expect(202)?;
        statements.push(world.store.statements() - before);
    }
    assert_eq!(statements[0], statements[1], "as many for one directory as for {MAX_DIRECTORIES}");
    Ok(())
}

/// The version that the directory's row carries is that of its last event.
async fn a_token_moves_the_directorys_version(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let tenant = world.tenant().await?;
    let directory = tenant.directory().await?;
    let mut versions = vec![version(&world, &tenant, &directory).await?];
    let path = format!("/directories/{directory}/tokens");
    let token = id(&tenant.post(&path, json!({ "name": "second" })).await?.expect(201)?);
    versions.push(version(&world, &tenant, &directory).await?);
    tenant.delete(&format!("{path}/{token}")).await?.expect(204)?;
    versions.push(version(&world, &tenant, &directory).await?);
    let events = world.store.system().events_past(tenant.environment, 0, 100).await?.events;
    let told = events.iter().filter(|found| found.event.kind.as_str().starts_with("dsync.token."));
    assert_eq!(versions, told.map(|found| found.event.version).collect::<Vec<_>>());
    Ok(())
}

async fn version(world: &World, tenant: &crate::tenant::Tenant, directory: &str) -> Result<i64> {
    let found = world.store.environment(tenant.environment).find_directory(directory.parse()?).await?;
    Ok(found.context("the directory is there")?.version)
}

//! `/directory_users` and `/directory_groups`.

use anyhow::Result;
use model::id::{GroupId, UserId};
use serde_json::{Value, json};
use tests::{Database, on_each_database};

use crate::world::{MIGRATED, World};

on_each_database!(MIGRATED:
    a_user_is_shown_with_their_groups,
    stored_bytes_go_out_as_they_are,
    a_group_is_shown,
    an_identity_sticks_across_a_rename,
    users_are_filtered,
    groups_are_filtered,
    who_is_gone_is_gone,
);

async fn a_user_is_shown_with_their_groups(database: Database) -> Result<()> {
    let tenant = World::new(&database).await?.tenant().await?;
    let directory = tenant.directory().await?;
    let body = json!({
        "userName": "ann@acme.example", "externalId": "00u1", "name": { "givenName": "Ann", "familyName": "Lee" },
        "title": "Pilot", "emails": [{ "value": "ann@acme.example", "type": "work", "primary": true }],
        "addresses": [{ "locality": "Oslo" }]
    });
    let ann = tenant.user(&directory, body).await?;
    let bare = tenant.user_named(&directory, "bob").await?;
    let group = tenant.group(&directory, "Pilots", &[&ann]).await?;
    let shown = tenant.get(&format!("/directory_users/{ann}")).await?.expect(200)?;
    for (member, expected) in [
        ("idp_id", json!("00u1")),
        ("email", json!("ann@acme.example")),
        ("name", json!("Ann Lee")),
        ("job_title", json!("Pilot")),
        ("username", json!("ann@acme.example")),
        ("state", json!("active")),
    ] {
        assert_eq!(shown[member], expected, "{member}");
    }
    assert_eq!(shown["raw_attributes"]["title"], "Pilot");
    assert_eq!(shown["custom_attributes"]["job_title"], "Pilot");
    let shown_group = tenant.get(&format!("/directory_groups/{group}")).await?.expect(200)?;
    assert_eq!(shown["groups"], json!([shown_group]));
    let bob = tenant.get(&format!("/directory_users/{bare}")).await?.expect(200)?;
    assert_eq!((&bob["groups"], &bob["email"]), (&json!([]), &Value::Null));
    assert_eq!(tenant.get("/directory_users").await?.expect(200)?["data"], json!([bob, shown]));
    Ok(())
}

/// What events, webhooks and REST say of one resource is the same text.
async fn stored_bytes_go_out_as_they_are(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let tenant = world.tenant().await?;
    let directory = tenant.directory().await?;
    let body = json!({ "userName": "ann", "urn:x:y": { "10": 1.5e21, "9": "é\u{2028}", "a": 0.10 } });
    let user: UserId = tenant.user(&directory, body).await?.parse()?;
    let group: GroupId = tenant.group(&directory, "Pilots", &[&user.to_string()]).await?.parse()?;
    let stored = world.store.environment(tenant.environment).find_user(user).await?.unwrap();
    let groups = world.store.environment(tenant.environment).find_group(group).await?.unwrap();
    let start = stored.view.strip_suffix('}').unwrap();
    let expected = format!(r#"{start},"groups":[{groups}]}}"#);
    assert_eq!(tenant.get(&format!("/directory_users/{user}")).await?.text, expected);
    assert_eq!(tenant.get(&format!("/directory_groups/{group}")).await?.text, groups);
    let metadata = r#""list_metadata":{"before":null,"after":null}}"#;
    let list = format!(r#"{{"object":"list","data":[{expected}],{metadata}"#);
    assert_eq!(tenant.get("/directory_users").await?.text, list);
    let events = tenant.get("/events?events=dsync.user.created").await?;
    assert!(events.text.contains(&format!(r#""data":{}"#, stored.view)), "{events:?}");
    Ok(())
}

async fn a_group_is_shown(database: Database) -> Result<()> {
    let tenant = World::new(&database).await?.tenant().await?;
    let directory = tenant.directory().await?;
    let group = tenant.group(&directory, "Pilots", &[]).await?;
    let shown = tenant.get(&format!("/directory_groups/{group}")).await?.expect(200)?;
    assert_eq!((&shown["name"], &shown["idp_id"]), (&json!("Pilots"), &json!("Pilots")));
    assert_eq!(shown["directory_id"], directory);
    assert_eq!(tenant.get("/directory_groups").await?.expect(200)?["data"], json!([shown]));
    Ok(())
}

async fn an_identity_sticks_across_a_rename(database: Database) -> Result<()> {
    let tenant = World::new(&database).await?.tenant().await?;
    let directory = tenant.directory().await?;
    let ann = tenant.user_named(&directory, "ann").await?;
    let rename = |to: Value| json!({ "Operations": [{ "op": "replace", "value": to }] });
    for (change, idp_id) in [
        (json!({ "userName": "anna" }), "ann"),
        (json!({ "externalId": "17" }), "17"),
        (json!({ "userName": "anne", "externalId": null }), "17"),
    ] {
        tenant.patch_user(&directory, &ann, rename(change.clone())).await?;
        let shown = tenant.get(&format!("/directory_users/{ann}")).await?.expect(200)?;
        assert_eq!(shown["idp_id"], idp_id, "{change}");
    }
    assert_eq!(tenant.ids(&format!("/directory_users?directory={directory}&idp_id=17")).await?, [ann]);
    Ok(())
}

async fn users_are_filtered(database: Database) -> Result<()> {
    let tenant = World::new(&database).await?.tenant().await?;
    let (first, second) = (tenant.directory().await?, tenant.directory().await?);
    let ann =
        json!({ "userName": "ann", "externalId": "1", "emails": [{ "value": "Ann@Acme.example", "primary": true }] });
    let ids = [
        tenant.user(&first, ann.clone()).await?,
        tenant.user_named(&first, "bob@acme.example").await?,
        tenant.user(&second, ann).await?,
    ];
    let group = tenant.group(&first, "Pilots", &[&ids[0], &ids[1]]).await?;
    let absent = "01HF7YAT00Z2RAY2RMT8R4QZ7A";
    for (query, expected) in [
        (String::new(), vec![2, 1, 0]),
        (format!("?directory={first}"), vec![1, 0]),
        (format!("?group={group}"), vec![1, 0]),
        (format!("?group={group}&order=asc&limit=1"), vec![0]),
        (format!("?group={group}&directory={second}"), vec![]),
        (format!("?directory={first}&idp_id=1"), vec![0]),
        (format!("?directory={second}&email=ANN%40acme.EXAMPLE"), vec![2]),
        (format!("?directory={first}&email=bob%40acme.example&idp_id=1"), vec![]),
        (format!("?directory={first}&group={group}&email=bob%40acme.example"), vec![1]),
        (format!("?directory=directory_{absent}&email=x"), vec![]),
        (format!("?directory={group}"), vec![]),
        (format!("?group=directory_group_{absent}"), vec![]),
        ("?group=bogus".to_owned(), vec![]),
    ] {
        let expected: Vec<_> = expected.into_iter().map(|n: usize| ids[n].clone()).collect();
        assert_eq!(tenant.ids(&format!("/directory_users{query}")).await?, expected, "{query}");
    }
    for query in ["?idp_id=1", "?email=ann%40acme.example", "?idp_id=1&directory="] {
        assert_eq!(tenant.get(&format!("/directory_users{query}")).await?.refused(422)?.1, "directory", "{query}");
    }
    Ok(())
}

async fn groups_are_filtered(database: Database) -> Result<()> {
    let tenant = World::new(&database).await?.tenant().await?;
    let (first, second) = (tenant.directory().await?, tenant.directory().await?);
    let user = tenant.user_named(&first, "ann").await?;
    let ids = [
        tenant.group(&first, "Pilots", &[&user]).await?,
        tenant.group(&first, "Crew", &[]).await?,
        tenant.group(&second, "Pilots", &[]).await?,
    ];
    for (query, expected) in [
        (String::new(), vec![2, 1, 0]),
        (format!("?directory={first}"), vec![1, 0]),
        (format!("?user={user}"), vec![0]),
        (format!("?user={user}&directory={second}"), vec![]),
        (format!("?user={}", ids[0]), vec![]),
        ("?user=directory_user_01HF7YAT00Z2RAY2RMT8R4QZ7A".to_owned(), vec![]),
    ] {
        let expected: Vec<_> = expected.into_iter().map(|n: usize| ids[n].clone()).collect();
        assert_eq!(tenant.ids(&format!("/directory_groups{query}")).await?, expected, "{query}");
    }
    Ok(())
}

async fn who_is_gone_is_gone(database: Database) -> Result<()> {
    let tenant = World::new(&database).await?.tenant().await?;
    let directory = tenant.directory().await?;
    let user = tenant.user_named(&directory, "ann").await?;
    let group = tenant.group(&directory, "Pilots", &[&user]).await?;
    tenant.delete_user(&directory, &user).await?;
    let absent = ["directory_user_01HF7YAT00Z2RAY2RMT8R4QZ7A", "bogus", &group, &user];
    for id in absent {
        let refused = tenant.get(&format!("/directory_users/{id}")).await?.expect(404)?;
        assert_eq!((&refused["code"], &refused["entity_id"]), (&json!("entity_not_found"), &json!(id)));
    }
    assert_eq!(tenant.get(&format!("/directory_groups/{user}")).await?.refused(404)?.0, "entity_not_found");
    assert_eq!(tenant.ids(&format!("/directory_users?group={group}")).await?, [""; 0]);
    tenant.delete(&format!("/directories/{directory}")).await?.expect(202)?;
    assert_eq!(tenant.get(&format!("/directory_groups/{group}")).await?.refused(404)?.0, "entity_not_found");
    assert_eq!(tenant.ids("/directory_groups").await?, [""; 0]);
    Ok(())
}

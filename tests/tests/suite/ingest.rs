//! Ingest: SCIM writes become rows, views and events, in one transaction, in order.

use anyhow::Result;
use broker::ingest::{Answer, Refusal, Request};
use model::id::UserId;
use scim::{Lenience, schema};
use serde_json::{Value, json};
use tests::{Database, on_each_database};

use crate::world::{MIGRATED, World, patch_group, patch_user};

on_each_database!(MIGRATED:
    a_user_lives,
    a_group_lives,
    many_at_once_come_out_in_order,
    a_name_is_taken_and_freed,
    a_failed_patch_changes_nothing,
    a_batch_is_few_statements,
    a_large_group_goes_alone,
    a_large_group_is_told_as_a_small_one,
    a_deleted_organization_is_gone,
);

async fn a_user_lives(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let (directory, _) = world.directory().await?;
    let id = world.user(&directory, json!({"userName": "ada@x.example", "name": {"givenName": "Ada"}})).await?;
    let patch = patch_user(json!({"Operations": [{"op": "Replace", "path": "active", "value": "False"}]}))?;
    world.write(&directory, Request::PatchUser(id, patch.clone())).await?;
    world.write(&directory, Request::PatchUser(id, patch)).await?;
    let shown = world.broker.find_user(world.environment, &id.to_string()).await?;
    let view: Value = serde_json::from_str(&shown.view)?;
    assert_eq!((&view["state"], &view["first_name"]), (&json!("inactive"), &json!("Ada")));
    world.write(&directory, Request::DeleteUser(id)).await?;
    assert!(world.broker.find_user(world.environment, &id.to_string()).await.is_err());
    let log = world.log().await?;
    let positions: Vec<_> = log.iter().map(|(position, _)| *position).collect();
    assert_eq!(positions, (1..=5).collect::<Vec<_>>());
    let names = world.names().await?;
    let expected = [
        "organization.created",
        "dsync.token.created",
        "dsync.user.created",
        "dsync.user.updated",
        "dsync.user.deleted",
    ];
    assert_eq!(names, expected);
    assert_eq!(log[3].1["data"]["previous_attributes"]["state"], "active");
    for pair in log.windows(2) {
        assert_eq!(pair[1].1["context"]["previous"], pair[0].1["context"]["sequence"]);
    }
    let directory = world.broker.find_directory(world.environment, &directory.id.to_string()).await?;
    assert_eq!((directory.counters.documents_users, directory.counters.views_users_inactive), (0, 0));
    Ok(())
}

async fn a_group_lives(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let (directory, _) = world.directory().await?;
    let a = world.user(&directory, json!({"userName": "a"})).await?;
    let b = world.user(&directory, json!({"userName": "b"})).await?;
    let id = world
        .group(&directory, json!({"displayName": "Pilots", "members": [{"value": a}, {"value": "nobody"}]}))
        .await?;
    let operations = json!([{"op": "remove", "path": format!("members[value eq \"{a}\"]")},
                            {"op": "add", "path": "members", "value": [{"value": b}]}]);
    world.write(&directory, Request::PatchGroup(id, patch_group(json!({"Operations": operations}))?)).await?;
    let shown = world.broker.find_user(world.environment, &b.to_string()).await?;
    assert_eq!(shown.groups.len(), 1);
    world.write(&directory, Request::DeleteUser(b)).await?;
    let empty = patch_group(json!({"Operations": [{"op": "replace", "path": "members", "value": [{"value": a}]}]}))?;
    world.write(&directory, Request::PatchGroup(id, empty)).await?;
    world.write(&directory, Request::DeleteGroup(id)).await?;
    let names = world.names().await?;
    let dsync: Vec<_> = names.iter().filter_map(|name| name.strip_prefix("dsync.")).skip(3).collect();
    let expected = [
        "group.created",
        "group.user_added",
        "group.user_removed",
        "group.user_added",
        "user.deleted",
        "group.user_added",
        "group.deleted",
    ];
    let mut sorted = dsync.clone();
    sorted.sort_unstable();
    let mut wanted = expected.to_vec();
    wanted.sort_unstable();
    assert_eq!(sorted, wanted, "{dsync:?}");
    Ok(())
}

async fn many_at_once_come_out_in_order(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let mut directories = Vec::new();
    for _ in 0..4 {
        directories.push(world.directory().await?.0);
    }
    let before = world.log().await?.len();
    let writes = (0..200).map(|n| {
        let (world, directory) = (&world, &directories[n % 4]);
        async move { world.user(directory, json!({"userName": format!("user{n}@x.example")})).await }
    });
    for done in futures::future::join_all(writes).await {
        done?;
    }
    let log = world.log().await?;
    assert_eq!(log.len(), before + 200);
    assert!(log.iter().zip(1_i64..).all(|((position, _), expected)| *position == expected));
    let mut last: std::collections::HashMap<String, i64> = std::collections::HashMap::new();
    for (_, event) in &log {
        let stream = event["data"]["organization_id"].as_str().or(event["data"]["id"].as_str()).unwrap().to_owned();
        let previous = last.insert(stream, event["context"]["sequence"].as_i64().unwrap()).unwrap_or(0);
        assert_eq!(event["context"]["previous"], previous);
    }
    Ok(())
}

async fn a_name_is_taken_and_freed(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let (directory, _) = world.directory().await?;
    let id = world.user(&directory, json!({"userName": "Ada@X.example"})).await?;
    let again = scim::resource::parse(&schema::USER, json!({"userName": "ADA@x.example"}), &Lenience::all())?;
    let refused = world.write(&directory, Request::CreateUser(again.clone())).await;
    assert!(matches!(&refused, Err(Refusal::Scim(error)) if error.status == 409), "{refused:?}");
    let (deleted, created) = futures::join!(
        world.write(&directory, Request::DeleteUser(id)),
        world.write(&directory, Request::CreateUser(again)),
    );
    assert!(matches!(deleted?, Answer::Deleted));
    assert!(matches!(created?, Answer::User(user) if user.user.id != id));
    Ok(())
}

async fn a_failed_patch_changes_nothing(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let (directory, _) = world.directory().await?;
    world.user(&directory, json!({"userName": "taken"})).await?;
    let id = world.user(&directory, json!({"userName": "a", "title": "T"})).await?;
    let before = world.log().await?;
    let operations = json!([{"op": "replace", "path": "title", "value": "U"}, {"op": "add", "path": "nickName", "value": "n"},
                            {"op": "replace", "path": "userName", "value": "taken"}]);
    let patch = patch_user(json!({"Operations": operations}))?;
    let refused = world.write(&directory, Request::PatchUser(id, patch)).await;
    assert!(matches!(&refused, Err(Refusal::Scim(error)) if error.status == 409), "{refused:?}");
    assert_eq!(world.log().await?, before);
    let shown = world.broker.find_user(world.environment, &id.to_string()).await?;
    assert!(shown.view.contains(r#""title":"T""#), "{}", shown.view);
    Ok(())
}

/// The writes are queued before the writer's task runs, so they go as one batch.
async fn a_batch_is_few_statements(database: Database) -> Result<()> {
    const WRITES: usize = 32;
    let world = World::new(&database).await?;
    let (directory, _) = world.directory().await?;
    let count = world.store.statements();
    let create = |n: usize| world.user(&directory, json!({"userName": format!("user{n}")}));
    let users = futures::future::try_join_all((0..WRITES).map(create)).await?;
    let creates = world.store.statements() - count;
    let members: Vec<_> = users.iter().map(|user| json!({"value": user})).collect();
    let group = world.group(&directory, json!({"displayName": "G", "members": members})).await?;
    let count = world.store.statements();
    let leave = |user: &model::id::UserId| {
        let member = format!("members[value eq \"{user}\"]");
        let patch = patch_group(json!({"Operations": [{"op": "remove", "path": member}]}));
        async { world.write(&directory, Request::PatchGroup(group, patch?)).await.map_err(anyhow::Error::from) }
    };
    futures::future::try_join_all(users.iter().map(leave)).await?;
    let leaves = world.store.statements() - count;
    assert!(creates <= 12 && leaves <= 12, "{WRITES} creates {creates}, {WRITES} leavers {leaves}");
    Ok(())
}

async fn a_deleted_organization_is_gone(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let (directory, _) = world.directory().await?;
    let id = world.user(&directory, json!({"userName": "a"})).await?;
    world.group(&directory, json!({"displayName": "G", "members": [{"value": id}]})).await?;
    let organization = directory.organization_id.to_string();
    world.broker.delete_organization(world.environment, &organization).await?;
    assert!(world.broker.find_user(world.environment, &id.to_string()).await.is_err());
    let refused = world.write(&directory, Request::DeleteUser(id)).await;
    assert!(matches!(refused, Err(Refusal::Unauthorized)), "{refused:?}");
    let names = world.names().await?;
    assert_eq!(names[names.len() - 2..], ["dsync.deleted", "organization.deleted"]);
    while world.store.system().purge().await? {}
    assert!(world.broker.find_organization(world.environment, &organization).await.is_err());
    let refused = world.write(&directory, Request::DeleteUser(id)).await;
    assert!(matches!(refused, Err(Refusal::Unauthorized)), "{refused:?}");
    Ok(())
}

/// What turns out to touch more rows than a batch may is done all the same, and what came with it, too.
async fn a_large_group_goes_alone(database: Database) -> Result<()> {
    const MEMBERS: usize = 1_100;
    let world = World::new(&database).await?;
    let ((directory, _), (other, _)) = (world.directory().await?, world.directory().await?);
    let make = |name: String| world.user(&directory, json!({ "userName": name }));
    let mut users = Vec::new();
    for first in (0..MEMBERS).step_by(100) {
        let some = (first..first + 100).map(|n| make(format!("user{n}")));
        users.extend(futures::future::try_join_all(some).await?);
    }
    let members: Vec<_> = users.iter().map(|id| json!({ "value": id })).collect();
    let group = world.group(&directory, json!({ "displayName": "Everybody", "members": members })).await?;
    let none = patch_group(json!({ "Operations": [{ "op": "remove", "path": "members" }] }))?;
    let (removed, here, there) = tokio::join!(
        world.write(&directory, Request::PatchGroup(group, none)),
        futures::future::try_join_all((0..8).map(|n| make(format!("late{n}")))),
        futures::future::try_join_all((0..8).map(|n| world.user(&other, json!({ "userName": format!("late{n}") })))),
    );
    removed?;
    here?;
    there?;
    let names = world.names().await?;
    let count = |name: &str| names.iter().filter(|found| *found == name).count();
    assert_eq!(count("dsync.group.user_removed"), MEMBERS);
    assert_eq!(count("dsync.user.created"), MEMBERS + 16);
    Ok(())
}

/// Past 1,000 members they are told and written in pieces: which nobody sees.
async fn a_large_group_is_told_as_a_small_one(database: Database) -> Result<()> {
    const MEMBERS: usize = 1_100;
    let world = World::new(&database).await?;
    let (directory, _) = world.directory().await?;
    let make = |name: String| world.user(&directory, json!({ "userName": name }));
    let mut users = Vec::new();
    for first in (0..2 * MEMBERS).step_by(100) {
        let some = (first..first + 100).map(|n| make(format!("user{n}")));
        users.extend(futures::future::try_join_all(some).await?);
    }
    users.sort_unstable();
    let (old, new) = users.split_at(MEMBERS);
    let body = |members: &[UserId]| {
        let members: Vec<_> = members.iter().map(|id| json!({ "value": id })).collect();
        json!({ "displayName": "Everybody", "members": members })
    };
    let before = world.log().await?.len();
    let group = world.group(&directory, body(old)).await?;
    let parsed = scim::resource::parse(&schema::GROUP, body(new), &Lenience::all())?;
    let Answer::Group(answer) = world.write(&directory, Request::ReplaceGroup(group, parsed)).await? else {
        anyhow::bail!("not a group");
    };
    assert_eq!(answer.members.as_deref(), Some(new));
    assert_eq!(world.store.directory(directory.id).members_of(group).await?, new);
    let log = world.log().await?;
    let told: Vec<_> = log[before..].iter().map(|(_, event)| event).collect();
    assert_eq!(told.len(), 1 + 3 * MEMBERS);
    for pair in log.windows(2) {
        assert_eq!(pair[1].0, pair[0].0 + 1, "positions have no gap");
        assert_eq!(pair[1].1["context"]["previous"], pair[0].1["context"]["sequence"]);
    }
    let of = |name: &str, from: usize, to: usize| {
        let found = told[from..to].iter().filter(|event| event["event"] == name);
        found.filter_map(|event| event["data"]["user"]["id"].as_str()?.parse().ok()).collect::<Vec<UserId>>()
    };
    assert_eq!(of("dsync.group.user_added", 1, 1 + MEMBERS), old);
    assert_eq!(of("dsync.group.user_removed", 1 + MEMBERS, told.len()), old);
    assert_eq!(of("dsync.group.user_added", 1 + MEMBERS, told.len()), new);
    assert_eq!(told[told.len() - 1]["context"]["version"], answer.group.version, "the last of them is the group's");
    assert!(told[1..].iter().all(|event| event["data"]["group"]["id"] == json!(group)));
    Ok(())
}

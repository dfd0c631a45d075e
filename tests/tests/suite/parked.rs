//! References to people who come later (N22): they wait, are seen, and are applied.

use anyhow::{Context, Result};
use broker::ingest::{Answer, MAX_ARRIVING, MAX_PARKED, Request, Unknown};
use model::id::{GroupId, UserId};
use model::query::{Order, PageQuery};
use model::resource::{Parked, Referrer};
use model::tenant::Directory;
use scim::{Lenience, schema};
use serde_json::{Value, json};
use store::LogReader;
use tests::{Database, on_each_database};

use crate::world::{MIGRATED, World, patch_group, patch_user};

on_each_database!(MIGRATED:
    a_member_who_comes_joins,
    a_manager_who_comes_is_told,
    what_is_taken_back_waits_no_more,
    external_ids_name_members,
    two_with_one_external_id_are_nobody,
    many_who_share_external_ids_leave,
    a_deleted_member_does_not_wait,
    a_group_has_room_for_so_many,
    one_who_is_awaited_by_many_comes,
    a_user_of_another_directory_is_not_meant,
);

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

struct Scene {
    world: World,
    directory: Directory,
}

impl Scene {
    async fn new(database: &Database) -> Result<Self> {
        let world = World::new(database).await?;
        let (directory, _) = world.directory().await?;
        Ok(Self { world, directory })
    }

    async fn user(&self, name: &str, external_id: &str) -> Result<UserId> {
        self.world.user(&self.directory, json!({"userName": name, "externalId": external_id})).await
    }

    async fn group(&self, name: &str, members: &[&str]) -> Result<GroupId> {
        self.world.group(&self.directory, json!({"displayName": name, "members": references(members)})).await
    }

    /// Runs one operation on the group's members.
    async fn change(&self, group: GroupId, op: &str, members: &[&str]) -> Result<Unknown> {
        let operation = json!({"op": op, "path": "members", "value": references(members)});
        self.operate(group, operation).await
    }

    async fn operate(&self, group: GroupId, operation: Value) -> Result<Unknown> {
        let patch = patch_group(json!({"Operations": [operation]}))?;
        match self.world.write(&self.directory, Request::PatchGroup(group, patch)).await? {
            Answer::Group(answer) => Ok(answer.unknown_members),
            other => anyhow::bail!("not a group: {other:?}"),
        }
    }

    async fn members(&self, group: GroupId) -> Result<Vec<UserId>> {
        Ok(self.world.store.directory(self.directory.id).members_of(group).await?)
    }

    /// What waits, the oldest first; the directory counts the same.
    async fn parked(&self) -> Result<Vec<Parked>> {
        let id = self.directory.id.to_string();
        let all = PageQuery { limit: 200_000, order: Order::Oldest, before: None, after: None };
        let (parked, _) = self.world.broker.list_parked(self.world.environment, &id, all).await?;
        let counted = self.world.broker.find_directory(self.world.environment, &id).await?.counters.parked;
        assert_eq!(counted, i64::try_from(parked.items.len())?);
        Ok(parked.items)
    }

    async fn waiting(&self) -> Result<Vec<(Referrer, String)>> {
        Ok(self.parked().await?.into_iter().map(|parked| (parked.referrer, parked.value)).collect())
    }

    /// The names of the events past so many, without `dsync.`.
    async fn events(&self, past: usize) -> Result<Vec<String>> {
        let names = self.world.names().await?;
        Ok(names.iter().skip(past).map(|name| name.trim_start_matches("dsync.").to_owned()).collect())
    }

    /// The position of the newest event.
    async fn newest(&self) -> Result<i64> {
        let behind = self.world.store.system().environments_behind(LogReader::Relay).await?;
        let ours = behind.iter().find(|behind| behind.environment_id == self.world.environment);
        Ok(ours.context("an event")?.last)
    }

    async fn view(&self, user: UserId) -> Result<Value> {
        Ok(serde_json::from_str(&self.world.broker.find_user(self.world.environment, &user.to_string()).await?.view)?)
    }
}

fn references(members: &[&str]) -> Value {
    members.iter().map(|value| json!({"value": value})).collect()
}

async fn a_member_who_comes_joins(database: Database) -> Result<()> {
    let scene = Scene::new(&database).await?;
    let here = scene.user("here", "e0").await?;
    let group = scene.group("Pilots", &[&here.to_string(), "e1", "e1", "e2"]).await?;
    assert_eq!(scene.members(group).await?, [here]);
    let referrer = Referrer::Group(group);
    assert_eq!(scene.waiting().await?, [(referrer, "e1".to_owned()), (referrer, "e2".to_owned())]);
    let (before, since) = (scene.events(0).await?.len(), scene.parked().await?);
    assert_eq!(scene.change(group, "add", &["e1", "e2"]).await?, Unknown { waiting: 2, skipped: 0 });
    assert_eq!((scene.events(before).await?.len(), scene.parked().await?), (0, since), "they wait already");
    let came = scene.user("came", "e1").await?;
    assert_eq!(scene.events(before).await?, ["user.created", "group.user_added"]);
    assert_eq!(scene.members(group).await?, [here, came]);
    assert_eq!(scene.waiting().await?, [(referrer, "e2".to_owned())]);
    // Who gets the external id later comes then.
    let late = scene.world.user(&scene.directory, json!({"userName": "late"})).await?;
    let patch = patch_user(json!({"Operations": [{"op": "add", "path": "externalId", "value": "e2"}]}))?;
    scene.world.write(&scene.directory, Request::PatchUser(late, patch)).await?;
    assert_eq!(scene.members(group).await?, [here, came, late]);
    assert_eq!(scene.waiting().await?, []);
    Ok(())
}

async fn a_manager_who_comes_is_told(database: Database) -> Result<()> {
    let scene = Scene::new(&database).await?;
    let body = json!({"userName": "employee", ENTERPRISE: {"manager": {"value": "boss-1"}}});
    let employee = scene.world.user(&scene.directory, body.clone()).await?;
    assert_eq!(scene.view(employee).await?["custom_attributes"]["manager_id"], "boss-1");
    assert_eq!(scene.waiting().await?, [(Referrer::User(employee), "boss-1".to_owned())]);
    let before = scene.events(0).await?.len();
    let mail = json!([{"value": "boss@x.example", "primary": true}]);
    let boss = json!({"userName": "boss", "externalId": "boss-1", "emails": mail});
    let boss = scene.world.user(&scene.directory, boss).await?;
    assert_eq!(scene.events(before).await?, ["user.created", "user.updated"]);
    let custom = scene.view(employee).await?["custom_attributes"].clone();
    assert_eq!((&custom["manager_id"], &custom["manager_email"]), (&json!(boss), &json!("boss@x.example")));
    assert_eq!(scene.waiting().await?, []);
    // As it was written (N28), and resolved at once when it is written again.
    let reader = scene.world.broker.documents(scene.directory.id, "");
    let (everything, always) = (scim::Projection::everything(&schema::USER), scim::Preconditions::default());
    let (_, shown) = reader.get(&schema::USER, &employee.to_string(), &everything, &always).await?;
    let shown: Value = serde_json::from_str(&shown.context("shown")?.into_text())?;
    assert_eq!(shown[ENTERPRISE]["manager"]["value"], "boss-1");
    let next =
        scene.world.user(&scene.directory, json!({"userName": "next", ENTERPRISE: {"manager": "boss-1"}})).await?;
    assert_eq!(scene.view(next).await?["custom_attributes"]["manager_id"], json!(boss));
    Ok(())
}

async fn what_is_taken_back_waits_no_more(database: Database) -> Result<()> {
    let scene = Scene::new(&database).await?;
    let group = scene.group("Pilots", &["e1", "e2", "e3", "e4"]).await?;
    let other = scene.group("Crew", &["e1"]).await?;
    let waiting = async || Ok::<_, anyhow::Error>(scene.waiting().await?.into_iter().map(|(_, value)| value).collect());
    let is = async |expected: &[&str]| {
        let waiting: Vec<String> = waiting().await?;
        assert_eq!(waiting, expected);
        Ok::<_, anyhow::Error>(())
    };
    scene.change(group, "remove", &["e1"]).await?;
    is(&["e2", "e3", "e4", "e1"]).await?;
    scene.operate(group, json!({"op": "remove", "path": "members[value eq \"e2\"]"})).await?;
    is(&["e3", "e4", "e1"]).await?;
    scene.operate(group, json!({"op": "remove", "path": "members[value sw \"e3\"]"})).await?;
    is(&["e4", "e1"]).await?;
    scene.change(group, "replace", &["e5"]).await?;
    is(&["e1", "e5"]).await?;
    let parsed = scim::resource::parse(&schema::GROUP, json!({"displayName": "Pilots"}), &Lenience::all())?;
    scene.world.write(&scene.directory, Request::ReplaceGroup(group, parsed)).await?;
    is(&["e1"]).await?;
    scene.change(group, "add", &["e6"]).await?;
    scene.operate(group, json!({"op": "remove", "path": "members"})).await?;
    is(&["e1"]).await?;
    scene.world.write(&scene.directory, Request::DeleteGroup(other)).await?;
    is(&[]).await?;
    // A manager who is another, none, or whose employee goes.
    let body = |manager: &str| json!({"userName": "u", ENTERPRISE: {"manager": {"value": manager}}});
    let user = scene.world.user(&scene.directory, body("m1")).await?;
    let put = async |body: Value| -> Result<()> {
        let parsed = scim::resource::parse(&schema::USER, body, &Lenience::all())?;
        scene.world.write(&scene.directory, Request::ReplaceUser(user, parsed)).await?;
        Ok(())
    };
    is(&["m1"]).await?;
    put(body("m2")).await?;
    is(&["m2"]).await?;
    put(json!({"userName": "u"})).await?;
    is(&[]).await?;
    put(body("m3")).await?;
    scene.world.write(&scene.directory, Request::DeleteUser(user)).await?;
    is(&[]).await?;
    assert_eq!(scene.members(group).await?, []);
    Ok(())
}

async fn external_ids_name_members(database: Database) -> Result<()> {
    let scene = Scene::new(&database).await?;
    let (one, two) = (scene.user("one", "e1").await?, scene.user("two", "e2").await?);
    let group = scene.group("Pilots", &["e1", &two.to_string()]).await?;
    assert_eq!(scene.members(group).await?, [one, two]);
    assert_eq!(scene.change(group, "add", &["e2"]).await?, Unknown::default());
    scene.change(group, "remove", &["e1"]).await?;
    assert_eq!(scene.members(group).await?, [two]);
    // Never by user name; and a group is no member.
    let unknown = scene.change(group, "add", &["one", &group.to_string()]).await?;
    assert_eq!(unknown, Unknown { waiting: 1, skipped: 1 });
    assert_eq!(scene.members(group).await?, [two]);
    assert_eq!(scene.waiting().await?, [(Referrer::Group(group), "one".to_owned())]);
    Ok(())
}

async fn two_with_one_external_id_are_nobody(database: Database) -> Result<()> {
    let scene = Scene::new(&database).await?;
    let (one, two) = (scene.user("one", "e").await?, scene.user("two", "e").await?);
    let group = scene.group("Pilots", &["e"]).await?;
    assert_eq!((scene.members(group).await?, scene.waiting().await?.len()), (Vec::new(), 1));
    // One is left, and writes.
    scene.world.write(&scene.directory, Request::DeleteUser(one)).await?;
    let patch = patch_user(json!({"Operations": [{"op": "replace", "path": "title", "value": "T"}]}))?;
    scene.world.write(&scene.directory, Request::PatchUser(two, patch)).await?;
    assert_eq!((scene.members(group).await?, scene.waiting().await?), (vec![two], Vec::new()));
    // Access ends for whoever may be meant.
    scene.user("three", "e").await?;
    scene.change(group, "remove", &["e"]).await?;
    assert_eq!(scene.members(group).await?, []);
    Ok(())
}

/// A request of few names may be about more members than a batch takes: it goes alone then.
async fn many_who_share_external_ids_leave(database: Database) -> Result<()> {
    const NAMES: usize = 600;
    let scene = Scene::new(&database).await?;
    let make = async |n: usize| scene.user(&format!("u{n}"), &format!("e{}", n % NAMES)).await;
    let mut users = Vec::new();
    for piece in (0..2 * NAMES).collect::<Vec<_>>().chunks(300) {
        users.extend(futures::future::try_join_all(piece.iter().map(|n| make(*n))).await?);
    }
    let ids: Vec<_> = users.iter().map(UserId::to_string).collect();
    let group = scene.group("Pilots", &ids.iter().map(String::as_str).collect::<Vec<_>>()).await?;
    let names: Vec<_> = (0..NAMES).map(|n| format!("e{n}")).collect();
    scene.change(group, "remove", &names.iter().map(String::as_str).collect::<Vec<_>>()).await?;
    assert_eq!(scene.members(group).await?, []);
    Ok(())
}

async fn a_deleted_member_does_not_wait(database: Database) -> Result<()> {
    let scene = Scene::new(&database).await?;
    let one = scene.user("one", "e1").await?;
    let group = scene.group("Pilots", &["e1"]).await?;
    scene.world.write(&scene.directory, Request::DeleteUser(one)).await?;
    assert_eq!(scene.waiting().await?, []);
    scene.user("again", "e1").await?;
    assert_eq!(scene.members(group).await?, []);
    Ok(())
}

async fn a_group_has_room_for_so_many(database: Database) -> Result<()> {
    let scene = Scene::new(&database).await?;
    let group = scene.group("Pilots", &[]).await?;
    let values: Vec<_> = (0..MAX_PARKED).map(|n| format!("e{n}")).collect();
    let values: Vec<_> = values.iter().map(String::as_str).collect();
    assert_eq!(scene.change(group, "add", &values).await?, Unknown { waiting: MAX_PARKED, skipped: 0 });
    assert_eq!(scene.change(group, "add", &["past", "e0"]).await?, Unknown { waiting: 1, skipped: 1 });
    assert_eq!(scene.parked().await?.len(), MAX_PARKED);
    scene.change(group, "remove", &["e1"]).await?;
    assert_eq!(scene.change(group, "add", &["past"]).await?, Unknown { waiting: 1, skipped: 0 });
    // Another group has room of its own.
    scene.group("Crew", &["past"]).await?;
    assert_eq!(scene.parked().await?.len(), MAX_PARKED + 1);
    scene.world.write(&scene.directory, Request::DeleteGroup(group)).await?;
    assert_eq!(scene.parked().await?.len(), 1);
    Ok(())
}

async fn one_who_is_awaited_by_many_comes(database: Database) -> Result<()> {
    let scene = Scene::new(&database).await?;
    let create = |n: usize| {
        let body = json!({"userName": format!("u{n}"), ENTERPRISE: {"manager": {"value": "boss"}}});
        scene.world.user(&scene.directory, body)
    };
    // In pieces, so that the queue takes them.
    for piece in (0..=MAX_ARRIVING).collect::<Vec<_>>().chunks(500) {
        futures::future::try_join_all(piece.iter().map(|n| create(*n))).await?;
    }
    assert_eq!(scene.parked().await?.len(), MAX_ARRIVING + 1);
    let before = scene.newest().await?;
    let (boss, other) = tokio::join!(scene.user("boss", "boss"), scene.user("other", "other"));
    let (boss, _) = (boss?, other?);
    assert_eq!(scene.newest().await? - before, i64::try_from(MAX_ARRIVING)? + 2);
    assert_eq!(scene.parked().await?.len(), 1, "the rest waits for the next write");
    let patch = patch_user(json!({"Operations": [{"op": "replace", "path": "title", "value": "Boss"}]}))?;
    scene.world.write(&scene.directory, Request::PatchUser(boss, patch)).await?;
    assert_eq!(scene.parked().await?.len(), 0);
    Ok(())
}

async fn a_user_of_another_directory_is_not_meant(database: Database) -> Result<()> {
    let scene = Scene::new(&database).await?;
    let (elsewhere, _) = scene.world.directory().await?;
    let stranger = scene.world.user(&elsewhere, json!({"userName": "s", "externalId": "e1"})).await?;
    let group = scene.group("Pilots", &["e1", &stranger.to_string()]).await?;
    assert_eq!(scene.waiting().await?.len(), 2);
    scene.world.user(&elsewhere, json!({"userName": "s2", "externalId": "e2"})).await?;
    scene.change(group, "add", &["e2"]).await?;
    assert_eq!((scene.members(group).await?, scene.waiting().await?.len()), (Vec::new(), 3));
    Ok(())
}

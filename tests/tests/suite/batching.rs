//! One batch or one by one: any sequence of requests gives the same rows, events and answers.

use std::collections::HashMap;
use std::fmt::Write as _;

use anyhow::{Result, anyhow};
use broker::ingest::{Answer, Refusal, Request};
use model::id::{GroupId, UserId};
use model::query::{IndexPage, Order, PageQuery, UserFilter};
use model::tenant::Directory;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use scim::{Lenience, resource, schema};
use serde_json::{Value, json};
use tests::{Database, on_each_database};

use crate::world::{MIGRATED, World, patch_group, patch_user};

on_each_database!(MIGRATED: a_batch_is_its_requests_in_order);

/// How many sequences are tried on each database.
const SEQUENCES: usize = 60;
/// How many users and groups stand before each.
const SEEDED: usize = 5;

/// A request over the users and groups that stand, by number, and names from a small pool.
#[derive(Debug, Clone)]
enum Step {
    CreateUser { name: usize, manager: Option<usize> },
    PutUser { user: usize, name: usize },
    PatchUser { user: usize, title: u8, active: bool },
    RenameUser { user: usize, name: usize },
    DeleteUser { user: usize },
    CreateGroup { name: usize, members: Vec<usize> },
    PutGroup { group: usize, name: usize, members: Vec<usize> },
    AddMembers { group: usize, members: Vec<usize> },
    RemoveMembers { group: usize, members: Vec<usize> },
    ReplaceMembers { group: usize, members: Vec<usize> },
    RemoveAll { group: usize },
    RenameGroup { group: usize, name: usize },
    DeleteGroup { group: usize },
}

fn step() -> impl Strategy<Value = Step> {
    let (one, name) = (0..SEEDED, 0..SEEDED + 3);
    let some = || prop::collection::vec(0..SEEDED, 0..4);
    prop_oneof![
        3 => (name.clone(), prop::option::of(one.clone())).prop_map(|(name, manager)| Step::CreateUser { name, manager }),
        1 => (one.clone(), name.clone()).prop_map(|(user, name)| Step::PutUser { user, name }),
        3 => (one.clone(), 0..2_u8, any::<bool>()).prop_map(|(user, title, active)| Step::PatchUser { user, title, active }),
        1 => (one.clone(), name.clone()).prop_map(|(user, name)| Step::RenameUser { user, name }),
        2 => one.clone().prop_map(|user| Step::DeleteUser { user }),
        1 => (name.clone(), some()).prop_map(|(name, members)| Step::CreateGroup { name, members }),
        1 => (one.clone(), name.clone(), some()).prop_map(|(group, name, members)| Step::PutGroup { group, name, members }),
        3 => (one.clone(), some()).prop_map(|(group, members)| Step::AddMembers { group, members }),
        2 => (one.clone(), some()).prop_map(|(group, members)| Step::RemoveMembers { group, members }),
        1 => (one.clone(), some()).prop_map(|(group, members)| Step::ReplaceMembers { group, members }),
        1 => one.clone().prop_map(|group| Step::RemoveAll { group }),
        1 => (one.clone(), name).prop_map(|(group, name)| Step::RenameGroup { group, name }),
        1 => one.prop_map(|group| Step::DeleteGroup { group }),
    ]
}

async fn a_batch_is_its_requests_in_order(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let mut runner = TestRunner::deterministic();
    let sequences = prop::collection::vec(step(), 1..24);
    for _ in 0..SEQUENCES {
        let steps = sequences.new_tree(&mut runner).map_err(|error| anyhow!("{error}"))?.current();
        let (together, singly) = (Scene::new(&world).await?, Scene::new(&world).await?);
        let batched = futures::future::join_all(steps.iter().map(|step| together.run(step))).await;
        let mut one_by_one = Vec::new();
        for step in &steps {
            one_by_one.push(singly.run(step).await);
        }
        let (a, b) = (together.dump(batched).await?, singly.dump(one_by_one).await?);
        assert_eq!(a, b, "{steps:#?}");
    }
    Ok(())
}

struct Scene<'a> {
    world: &'a World,
    directory: Directory,
    users: Vec<UserId>,
    groups: Vec<GroupId>,
}

impl<'a> Scene<'a> {
    async fn new(world: &'a World) -> Result<Self> {
        let (directory, _) = world.directory().await?;
        let mut scene = Self { world, directory, users: Vec::new(), groups: Vec::new() };
        for name in 0..SEEDED {
            let user = world.user(&scene.directory, user_body(name, None)).await?;
            scene.users.push(user);
            let members = scene.references(&[name / 2, name]);
            let body = json!({"displayName": format!("Group {name}"), "members": members});
            scene.groups.push(world.group(&scene.directory, body).await?);
        }
        Ok(scene)
    }

    async fn run(&self, step: &Step) -> Result<Answer, Refusal> {
        self.world.write(&self.directory, self.request(step).unwrap()).await
    }

    fn references(&self, members: &[usize]) -> Vec<Value> {
        members.iter().filter_map(|n| self.users.get(*n)).map(|id| json!({"value": id})).collect()
    }

    fn request(&self, step: &Step) -> Result<Request> {
        let manager = |manager: &Option<usize>| manager.map(|n| self.users[n].to_string());
        let members = |group: &usize, operations: Value| {
            Ok::<_, anyhow::Error>(Request::PatchGroup(
                self.groups[*group],
                patch_group(json!({"Operations": [operations]}))?,
            ))
        };
        let group = |name: &usize, members: &[usize]| {
            let body = json!({"displayName": format!("group {name}"), "members": self.references(members)});
            resource::parse(&schema::GROUP, body, &Lenience::all())
        };
        let user = |body| resource::parse(&schema::USER, body, &Lenience::all());
        let replace = |user: &usize, value: Value| {
            let patch = patch_user(json!({"Operations": [{"op": "replace", "value": value}]}))?;
            Ok::<_, anyhow::Error>(Request::PatchUser(self.users[*user], patch))
        };
        Ok(match step {
            Step::CreateUser { name, manager: of } => Request::CreateUser(user(user_body(*name, manager(of)))?),
            Step::PutUser { user: id, name } => Request::ReplaceUser(self.users[*id], user(user_body(*name, None))?),
            Step::PatchUser { user, title, active } => {
                replace(user, json!({"title": title.to_string(), "active": active}))?
            }
            Step::RenameUser { user, name } => replace(user, json!({"userName": format!("USER{name}@x.example")}))?,
            Step::DeleteUser { user } => Request::DeleteUser(self.users[*user]),
            Step::CreateGroup { name, members } => Request::CreateGroup(group(name, members)?),
            Step::PutGroup { group: id, name, members } => {
                Request::ReplaceGroup(self.groups[*id], group(name, members)?)
            }
            Step::AddMembers { group, members: who } => {
                members(group, json!({"op": "add", "path": "members", "value": self.references(who)}))?
            }
            Step::RemoveMembers { group, members: who } => {
                members(group, json!({"op": "remove", "path": "members", "value": self.references(who)}))?
            }
            Step::ReplaceMembers { group, members: who } => {
                members(group, json!({"op": "replace", "path": "members", "value": self.references(who)}))?
            }
            Step::RemoveAll { group } => members(group, json!({"op": "remove", "path": "members"}))?,
            Step::RenameGroup { group, name } => {
                members(group, json!({"op": "replace", "path": "displayName", "value": format!("Group {name}")}))?
            }
            Step::DeleteGroup { group } => Request::DeleteGroup(self.groups[*group]),
        })
    }

    /// Everything that can be seen of the directory, with ids and times replaced by their order of appearance.
    async fn dump(&self, answers: Vec<Result<Answer, Refusal>>) -> Result<String> {
        let (world, directory) = (self.world, &self.directory);
        let log = world.log().await?;
        let organization = directory.organization_id.to_string();
        let random = |event: &Value| event["event"] == "dsync.token.created";
        let of_us = |event: &Value| event.to_string().contains(&organization) && !random(event);
        let mut text = String::new();
        log.iter().filter(|(_, event)| of_us(event)).for_each(|(_, event)| _ = writeln!(text, "{event}"));
        answers.iter().for_each(|answer| _ = writeln!(text, "{answer:?}"));
        let reader = world.store.directory(directory.id);
        let page = IndexPage { start_index: 1, count: 1000 };
        let (users, groups) = (reader.list_users(&[], page).await?, reader.list_groups(&[], page).await?);
        let ids: Vec<_> = groups.iter().map(|group| group.id).collect();
        let members = reader.members_of(&ids).await?;
        _ = writeln!(text, "{users:?}\n{groups:?}\n{members:?}");
        let filter = UserFilter { directory_id: Some(directory.id), ..UserFilter::default() };
        let all = PageQuery { limit: 1000, order: Order::Oldest, before: None, after: None };
        _ = writeln!(text, "{:?}", world.broker.list_users(world.environment, &filter, all).await?);
        let shown = world.broker.find_directory(world.environment, &directory.id.to_string()).await?;
        _ = write!(text, "{:?}", shown.counters);
        Ok(anonymous(&text))
    }
}

fn user_body(name: usize, manager: Option<String>) -> Value {
    let mut body = json!({"userName": format!("user{name}@x.example"), "displayName": format!("User {name}")});
    if let Some(manager) = manager {
        body["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"] = json!({"manager": {"value": manager}});
    }
    body
}

/// Ids by order of appearance; times are all the same.
fn anonymous(text: &str) -> String {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut out = String::with_capacity(text.len());
    for word in
        text.split_inclusive(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':' || c == '.' || c == '-'))
    {
        let (body, end) = word.split_at(word.len() - word.chars().next_back().map_or(0, char::len_utf8));
        let is_id = body.rsplit_once('_').is_some_and(|(_, ulid)| ulid.len() == 26);
        let is_time = body.ends_with('Z') && body.contains('T') && body.len() == 24;
        let is_ms = body.len() == 13 && body.bytes().all(|byte| byte.is_ascii_digit());
        if is_id {
            let next = seen.len();
            _ = write!(out, "#{}", seen.entry(body.to_owned()).or_insert(next));
        } else if !is_time && !is_ms {
            out.push_str(body);
        }
        out.push_str(end);
    }
    out
}

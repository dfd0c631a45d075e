//! Three directories with a few users and groups each.

use anyhow::Result;
use broker::ingest::{Answer, Refusal, Request};
use futures::future::try_join_all;
use model::id::{GroupId, UserId};
use model::tenant::{Directory, DirectoryType};
use scim::{Lenience, Parsed, resource, schema};
use serde_json::{Value, json};
use store::LogReader;

use super::step::{DIRECTORIES, Kind, SEEDED, Step};
use crate::world::{World, patch_group, patch_user};

pub(super) struct Scene<'a> {
    pub(super) world: &'a World,
    pub(super) places: Vec<Place>,
    /// The position of the log when the scene stood.
    pub(super) since: i64,
}

pub(super) struct Place {
    pub(super) directory: Directory,
    users: Vec<UserId>,
    groups: Vec<GroupId>,
}

impl<'a> Scene<'a> {
    pub(super) async fn new(world: &'a World) -> Result<Self> {
        let (first, _) = world.directory().await?;
        let organization = first.organization_id.to_string();
        let made =
            world.broker.create_directory(world.environment, &organization, DirectoryType::Generic, "Second").await?;
        let (third, _) = world.directory().await?;
        let places = try_join_all([first, made.0, third].map(|directory| Place::stand(world, directory))).await?;
        // No relay runs in this world: every environment is behind, from its newest event.
        let behind = world.store.system().environments_behind(LogReader::Relay).await?;
        let since =
            behind.iter().find(|behind| behind.environment_id == world.environment).map_or(0, |behind| behind.last);
        Ok(Self { world, places, since })
    }

    pub(super) async fn run(&self, step: &Step) -> Result<Answer, Refusal> {
        let request = self.request(step).map_err(|_| Refusal::Unavailable)?;
        self.world.write(&self.places[step.directory].directory, request).await
    }

    /// How a member or manager is referred to.
    fn reference(&self, directory: usize, number: usize) -> String {
        let stranger = || self.places[(directory + 1) % DIRECTORIES].users[0];
        match number.checked_sub(SEEDED + 1) {
            Some(external) => external_id(external),
            None => self.places[directory].users.get(number).copied().unwrap_or_else(stranger).to_string(),
        }
    }

    fn request(&self, step: &Step) -> Result<Request> {
        let Place { users, groups, .. } = &self.places[step.directory];
        let id = |number: &usize| self.reference(step.directory, *number);
        let some = |members: &[usize]| members.iter().map(id).collect::<Vec<_>>();
        let manager = |manager: &Option<usize>| manager.as_ref().map(id);
        Ok(match &step.kind {
            Kind::CreateUser { name, external, manager: of } => {
                Request::CreateUser(user(*name, *external, manager(of))?)
            }
            Kind::PutUser { user: of, name, external, manager: under } => {
                Request::ReplaceUser(users[*of], user(*name, *external, manager(under))?)
            }
            Kind::PatchUser { user, title, active } => {
                replace(users[*user], &json!({"title": title.to_string(), "active": active}))?
            }
            Kind::RenameUser { user, name } => {
                replace(users[*user], &json!({"userName": format!("USER{name}@x.example")}))?
            }
            Kind::DeleteUser { user } => Request::DeleteUser(users[*user]),
            Kind::CreateGroup { name, members } => Request::CreateGroup(group(*name, &some(members))?),
            Kind::PutGroup { group: of, name, members } => {
                Request::ReplaceGroup(groups[*of], group(*name, &some(members))?)
            }
            Kind::AddMembers { group, members } => change(groups[*group], "add", Some(references(&some(members))))?,
            Kind::RemoveMembers { group, members } => {
                change(groups[*group], "remove", Some(references(&some(members))))?
            }
            Kind::ReplaceMembers { group, members } => {
                change(groups[*group], "replace", Some(references(&some(members))))?
            }
            Kind::RemoveAll { group } => change(groups[*group], "remove", None)?,
            Kind::RenameGroup { group, name } => {
                let operation = json!({"op": "replace", "path": "displayName", "value": format!("Group {name}")});
                Request::PatchGroup(groups[*group], patch_group(json!({"Operations": [operation]}))?)
            }
            Kind::DeleteGroup { group } => Request::DeleteGroup(groups[*group]),
        })
    }
}

impl Place {
    /// Users at once, then groups at once: each directory's writes keep their order.
    async fn stand(world: &World, directory: Directory) -> Result<Self> {
        let create = |name| world.user(&directory, user_body(name, None, None));
        let users = try_join_all((0..SEEDED).map(create)).await?;
        let create = |name: usize| {
            let members = references(&[users[name / 2], users[name]].map(|id| id.to_string()));
            world.group(&directory, json!({"displayName": format!("Group {name}"), "members": members}))
        };
        let groups = try_join_all((0..SEEDED).map(create)).await?;
        Ok(Self { directory, users, groups })
    }
}

fn external_id(number: usize) -> String {
    format!("external {number}")
}

fn user_body(name: usize, external: Option<usize>, manager: Option<String>) -> Value {
    let mut body = json!({"userName": format!("user{name}@x.example"), "displayName": format!("User {name}")});
    if let Some(external) = external {
        body["externalId"] = external_id(external).into();
    }
    if let Some(manager) = manager {
        body["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"] = json!({"manager": {"value": manager}});
    }
    body
}

fn user(name: usize, external: Option<usize>, manager: Option<String>) -> Result<Parsed> {
    Ok(resource::parse(&schema::USER, user_body(name, external, manager), &Lenience::all())?)
}

fn group(name: usize, members: &[String]) -> Result<Parsed> {
    let body = json!({"displayName": format!("group {name}"), "members": references(members)});
    Ok(resource::parse(&schema::GROUP, body, &Lenience::all())?)
}

fn references(members: &[String]) -> Value {
    members.iter().map(|id| json!({"value": id})).collect()
}

fn replace(user: UserId, value: &Value) -> Result<Request> {
    Ok(Request::PatchUser(user, patch_user(json!({"Operations": [{"op": "replace", "value": value}]}))?))
}

/// Of the members.
fn change(group: GroupId, op: &str, value: Option<Value>) -> Result<Request> {
    let mut operation = json!({"op": op, "path": "members"});
    if let Some(value) = value {
        operation["value"] = value;
    }
    Ok(Request::PatchGroup(group, patch_group(json!({"Operations": [operation]}))?))
}

//! What a lone SCIM write costs in statements (BEGIN and COMMIT apart): few, and as many in a large directory as in a small one.

use std::collections::BTreeMap;

use anyhow::{Result, anyhow};
use broker::ingest::{Answer, Request};
use model::id::{GroupId, UserId};
use model::tenant::Directory;
use scim::{Lenience, resource, schema};
use serde_json::{Value, json};
use tests::{Database, on_each_database};

use crate::world::{MIGRATED, World, patch_group, patch_user};

on_each_database!(MIGRATED:
    a_write_costs_the_same_whatever_is_there,
    members_that_come_together_cost_no_more,
    more_rows_go_in_pieces,
);

/// Statements of a lone write.
const MOST: u64 = 8;
/// Users of a directory, all of them in one group; one of them is in as many groups.
const FEW: usize = 3;
const MANY: usize = 2000;
/// Rows that one statement carries: mirrors `store`'s `MAX_ROWS`.
const PIECE: usize = 1000;

/// The statements of each kind of write.
type Costs = BTreeMap<&'static str, u64>;

struct Scene<'a> {
    world: &'a World,
    directory: Directory,
    users: Vec<UserId>,
    costs: Costs,
}

impl<'a> Scene<'a> {
    async fn with(world: &'a World, users: usize) -> Result<Self> {
        let (directory, _) = world.directory().await?;
        let create = |n: usize| world.user(&directory, user_body(&format!("user{n}")));
        let users = in_crowds((0..users).map(create)).await?;
        Ok(Self { world, directory, users, costs: Costs::new() })
    }

    async fn cost(&mut self, kind: &'static str, request: Request) -> Result<Answer> {
        let before = self.world.store.statements();
        let answer =
            self.world.write(&self.directory, request).await.map_err(|refusal| anyhow!("{kind}: {refusal}"))?;
        self.costs.insert(kind, self.world.store.statements() - before);
        Ok(answer)
    }

    async fn user(&self, name: &str) -> Result<UserId> {
        self.world.user(&self.directory, user_body(name)).await
    }

    async fn group(&self, name: &str, members: &[UserId]) -> Result<GroupId> {
        self.world.group(&self.directory, group_body(name, members)).await
    }
}

/// So many at once that the queue takes them.
async fn in_crowds<T>(writes: impl Iterator<Item = impl Future<Output = Result<T>>>) -> Result<Vec<T>> {
    let (mut done, mut writes) = (Vec::new(), writes.peekable());
    while writes.peek().is_some() {
        done.extend(futures::future::try_join_all(writes.by_ref().take(200)).await?);
    }
    Ok(done)
}

fn user_body(name: &str) -> Value {
    json!({"userName": format!("{name}@x.example"), "displayName": name, "title": "Pilot"})
}

fn references(members: &[UserId]) -> Vec<Value> {
    members.iter().map(|id| json!({"value": id})).collect()
}

fn group_body(name: &str, members: &[UserId]) -> Value {
    json!({"displayName": name, "members": references(members)})
}

fn create_user(body: Value) -> Result<Request> {
    Ok(Request::CreateUser(resource::parse(&schema::USER, body, &Lenience::all())?))
}

fn create_group(name: &str, members: &[UserId]) -> Result<Request> {
    Ok(Request::CreateGroup(resource::parse(&schema::GROUP, group_body(name, members), &Lenience::all())?))
}

fn put_group(group: GroupId, name: &str, members: &[UserId]) -> Result<Request> {
    Ok(Request::ReplaceGroup(group, resource::parse(&schema::GROUP, group_body(name, members), &Lenience::all())?))
}

fn change_user(user: UserId, value: &Value) -> Result<Request> {
    Ok(Request::PatchUser(user, patch_user(json!({"Operations": [{"op": "replace", "value": value}]}))?))
}

fn change_group(group: GroupId, operation: &Value) -> Result<Request> {
    Ok(Request::PatchGroup(group, patch_group(json!({"Operations": [operation]}))?))
}

fn members(op: &str, members: &[UserId]) -> Value {
    json!({"op": op, "path": "members", "value": references(members)})
}

fn group_of(answer: Answer) -> Result<GroupId> {
    match answer {
        Answer::Group(answer) => Ok(answer.group.id),
        other => Err(anyhow!("not a group: {other:?}")),
    }
}

async fn a_write_costs_the_same_whatever_is_there(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let (few, many) = (of_all_kinds(&world, FEW).await?, of_all_kinds(&world, MANY).await?);
    assert!(few.len() >= 20, "{few:?}");
    assert_eq!(few, many, "{FEW} and {MANY} users, members and groups");
    assert!(few.values().all(|statements| *statements <= MOST), "{few:#?}");
    Ok(())
}

/// Every kind of write that names few rows, where `size` users are in one group and one user is in `size` groups.
async fn of_all_kinds(world: &World, size: usize) -> Result<Costs> {
    let mut scene = Scene::with(world, size).await?;
    let crowd = scene.group("Crowd", &scene.users).await?;
    let joiner = scene.user("joiner").await?;
    in_crowds((0..size).map(|n| scene.world.group(&scene.directory, group_body(&n.to_string(), &[joiner])))).await?;
    users(&mut scene, joiner).await?;
    groups(&mut scene, crowd).await?;
    Ok(scene.costs)
}

async fn users(scene: &mut Scene<'_>, in_many_groups: UserId) -> Result<()> {
    let (of_one_group, manager) = (scene.users[0], scene.users[1]);
    let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let mut report = user_body("report");
    report[enterprise] = json!({"manager": {"value": manager}});
    scene.cost("create a user", create_user(user_body("made"))?).await?;
    scene.cost("create a user with a manager", create_user(report)?).await?;
    let put = resource::parse(&schema::USER, user_body("put"), &Lenience::all())?;
    scene.cost("replace a user", Request::ReplaceUser(of_one_group, put)).await?;
    scene.cost("change a title", change_user(of_one_group, &json!({"title": "Captain"}))?).await?;
    scene.cost("change nothing", change_user(of_one_group, &json!({"title": "Captain"}))?).await?;
    scene.cost("rename a user", change_user(of_one_group, &json!({"userName": "renamed@x.example"}))?).await?;
    scene.cost("deactivate", change_user(of_one_group, &json!({"active": false}))?).await?;
    scene.cost("reactivate", change_user(of_one_group, &json!({"active": true}))?).await?;
    let loner = scene.user("loner").await?;
    scene.cost("delete a user of no group", Request::DeleteUser(loner)).await?;
    scene.cost("delete a user of one group", Request::DeleteUser(of_one_group)).await?;
    scene.cost("delete a user of many groups", Request::DeleteUser(in_many_groups)).await?;
    Ok(())
}

async fn groups(scene: &mut Scene<'_>, crowd: GroupId) -> Result<()> {
    let (one, other) = (scene.users[1], scene.users[2]);
    let newcomer = scene.user("newcomer").await?;
    scene.cost("create a group", create_group("Empty", &[])?).await?;
    let small = group_of(scene.cost("create a group with members", create_group("Small", &[one, other])?).await?)?;
    scene.cost("replace a group and its members", put_group(small, "Little", &[newcomer])?).await?;
    let rename = json!({"op": "replace", "path": "displayName", "value": "Everybody"});
    scene.cost("rename a group", change_group(crowd, &rename)?).await?;
    scene.cost("add a member", change_group(crowd, &members("add", &[newcomer]))?).await?;
    scene.cost("add a member again", change_group(crowd, &members("add", &[newcomer]))?).await?;
    let leave = json!({"op": "remove", "path": format!("members[value eq \"{newcomer}\"]")});
    scene.cost("remove a member by filter", change_group(crowd, &leave)?).await?;
    scene.cost("remove a member by value", change_group(crowd, &members("remove", &[one]))?).await?;
    let both = json!({"Operations": [members("add", &[newcomer]), members("remove", &[other])]});
    scene.cost("one comes, one goes", Request::PatchGroup(crowd, patch_group(both)?)).await?;
    scene.cost("replace all members", change_group(small, &members("replace", &[one, other]))?).await?;
    scene.cost("remove all members", change_group(small, &json!({"op": "remove", "path": "members"}))?).await?;
    scene.cost("delete a group", Request::DeleteGroup(small)).await?;
    Ok(())
}

async fn members_that_come_together_cost_no_more(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let (few, many) = (of_whole_lists(&world, FEW).await?, of_whole_lists(&world, PIECE / 2).await?);
    assert_eq!(few, many, "{FEW} and {} members that come or go, or as many of both", PIECE / 2);
    assert!(few.values().all(|statements| *statements <= MOST), "{few:#?}");
    Ok(())
}

/// Every kind of write that names `size` members, or two times as many.
async fn of_whole_lists(world: &World, size: usize) -> Result<Costs> {
    let mut scene = Scene::with(world, 2 * size).await?;
    let (first, second) = (scene.users[..size].to_vec(), scene.users[size..].to_vec());
    let group = group_of(scene.cost("create a group with members", create_group("Crowd", &first)?).await?)?;
    scene.cost("replace a group and its members", put_group(group, "Crowd", &second)?).await?;
    scene.cost("replace all members", change_group(group, &members("replace", &first))?).await?;
    scene.cost("remove members by value", change_group(group, &members("remove", &first))?).await?;
    scene.cost("add members", change_group(group, &members("add", &second))?).await?;
    scene.cost("remove all members", change_group(group, &json!({"op": "remove", "path": "members"}))?).await?;
    scene.cost("add members", change_group(group, &members("add", &first))?).await?;
    scene.cost("delete a group", Request::DeleteGroup(group)).await?;
    Ok(scene.costs)
}

/// Past a piece, each further thousand members costs a statement per table that is written: memberships, events, bodies. Once,
/// what went in one call, or in one script, goes apart: the locks, the rows, the draw.
async fn more_rows_go_in_pieces(database: Database) -> Result<()> {
    const TABLES: u64 = 3;
    let world = World::new(&database).await?;
    let mut costs = Vec::new();
    for pieces in [1, 2, 3] {
        let mut scene = Scene::with(&world, pieces * PIECE).await?;
        let everybody = scene.users.clone();
        let group = group_of(scene.cost("create", create_group("Crowd", &everybody)?).await?)?;
        scene.cost("remove all members", change_group(group, &json!({"op": "remove", "path": "members"}))?).await?;
        scene.cost("add all", change_group(group, &members("add", &everybody))?).await?;
        scene.cost("delete", Request::DeleteGroup(group)).await?;
        costs.push(scene.costs);
    }
    assert!(costs[0].values().all(|statements| *statements <= MOST), "{:#?}", costs[0]);
    for (more, of_more) in (1..).zip(&costs[1..]) {
        for (kind, cost) in &costs[0] {
            let most = cost + MOST + more * TABLES;
            assert!(
                (*cost..=most).contains(&of_more[kind]),
                "{kind}: {cost}, {more} thousand members more: {of_more:#?}"
            );
        }
    }
    Ok(())
}

//! Group push.

use serde_json::{Value, json};

use super::super::scim::{self, GROUP, MEMBERS_PER_PATCH, Member, patch};
use super::super::{Expect, Request, Step};
use crate::cast::Group;
use crate::phase::Phase;

/// Somebody who is in Okta's group but was never assigned to the app. A server that refuses the whole push for it
/// blocks the group for good.
const GHOST: &str = "00000000-dead-4bad-8bad-000000000000";

/// Every other group is created with its members, as happens when it is pushed after its people were provisioned.
pub(super) fn create(group: &Group, members: &[Member]) -> Request {
    let with_members = group.number % 2 == 1 && members.len() <= MEMBERS_PER_PATCH;
    let members = if with_members { members } else { &[] };
    let body = json!({"schemas": [GROUP], "displayName": group.display_name, "members": entries(members)});
    Request::post("/Groups", body)
}

/// A full push: the first PATCH replaces the members, those after it add the rest.
pub(super) fn fill(id: &str, members: &[Member]) -> Vec<Step> {
    let read = Request::get(scim::group(id)).step(Phase::Members, Expect::Group { id: id.to_owned() });
    let pushes = members.chunks(MEMBERS_PER_PATCH).enumerate().map(|(number, part)| {
        let op = if number == 0 { "replace" } else { "add" };
        push(id, [json!({"op": op, "path": "members", "value": entries(part)})])
    });
    std::iter::once(read).chain(pushes).collect()
}

pub(super) fn swap(id: &str, goes: &Member, comes: &Member) -> Vec<Step> {
    let ghost = Member { id: GHOST.to_owned(), user_name: format!("ghost@{}", crate::cast::DOMAIN) };
    let both = [remove(goes), json!({"op": "add", "path": "members", "value": entries(std::slice::from_ref(comes))})];
    let with_ghost = json!({"op": "add", "path": "members", "value": entries(&[ghost, comes.clone()])});
    vec![push(id, both), push(id, [with_ghost])]
}

/// "Push now" of a group that has become empty; then somebody's removal arrives late.
pub(super) fn empty(id: &str, members: &[Member]) -> Vec<Step> {
    let all = push(id, [json!({"op": "replace", "path": "members", "value": []})]);
    std::iter::once(all).chain(members.first().map(|late| push(id, [remove(late)]))).collect()
}

pub(super) fn rename(id: &str, display_name: &str) -> Vec<Step> {
    let body = patch([json!({"op": "replace", "value": {"id": id, "displayName": display_name}})]);
    vec![Request::patch(scim::group(id), body).step(Phase::Rename, Expect::Done)]
}

pub(super) fn delete(id: &str) -> Vec<Step> {
    vec![Request::delete(scim::group(id)).step(Phase::Delete, Expect::Deleted)]
}

fn push<const N: usize>(id: &str, operations: [Value; N]) -> Step {
    Request::patch(scim::group(id), patch(operations)).step(Phase::Members, Expect::Done)
}

fn remove(member: &Member) -> Value {
    json!({"op": "remove", "path": format!("members[value eq \"{}\"]", member.id)})
}

fn entries(members: &[Member]) -> Vec<Value> {
    members.iter().map(|it| json!({"value": it.id, "display": it.user_name})).collect()
}

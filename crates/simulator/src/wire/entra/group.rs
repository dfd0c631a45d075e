use serde_json::{Value, json};

use super::super::scim::{self, GROUP, MEMBERS_PER_PATCH, Member, equals, patch, plus_encoded};
use super::super::{Expect, Request, Step};
use crate::cast::Group;
use crate::phase::Phase;

const MARKER: &str = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";

pub(super) fn create(group: &Group) -> Request {
    let body = json!({
        "schemas": [GROUP, MARKER],
        "externalId": group.source_id,
        "displayName": group.display_name,
        "meta": {"resourceType": "Group"},
    });
    Request::post("/Groups", body)
}

/// Adds everyone, several at a time; repeats one as after a lost answer; looks at the group without its members; asks
/// whether a reference is there.
pub(super) fn fill(id: &str, members: &[Member]) -> Vec<Step> {
    let mut steps: Vec<Step> = members.chunks(MEMBERS_PER_PATCH).map(|part| write(id, "Add", part)).collect();
    let read = Request::get(format!("{}?excludedAttributes=members", scim::group(id)));
    if let [first, ..] = members {
        steps.push(write(id, "Add", std::slice::from_ref(first)));
        steps.push(has_member(id, &first.id));
    }
    steps.push(read.step(Phase::Members, Expect::GroupWithoutMembers { id: id.to_owned() }));
    steps
}

/// Removes with a value array, adds, and removes once more somebody who is already gone.
pub(super) fn swap(id: &str, goes: &Member, comes: &Member) -> Vec<Step> {
    let (goes, comes) = (std::slice::from_ref(goes), std::slice::from_ref(comes));
    vec![write(id, "Remove", goes), write(id, "Add", comes), write(id, "Remove", goes)]
}

pub(super) fn empty(id: &str, members: &[Member]) -> Vec<Step> {
    members.chunks(MEMBERS_PER_PATCH).map(|part| write(id, "Remove", part)).collect()
}

pub(super) fn rename(id: &str, display_name: &str) -> Vec<Step> {
    let body = patch([json!({"op": "Replace", "path": "displayName", "value": display_name})]);
    vec![Request::patch(scim::group(id), body).step(Phase::Rename, Expect::Done)]
}

pub(super) fn delete(id: &str) -> Vec<Step> {
    vec![Request::delete(scim::group(id)).step(Phase::Delete, Expect::Deleted)]
}

fn write(id: &str, op: &str, members: &[Member]) -> Step {
    let entries: Vec<Value> = members.iter().map(|it| json!({"$ref": null, "value": it.id})).collect();
    let body = patch([json!({"op": op, "path": "members", "value": entries})]);
    Request::patch(scim::group(id), body).step(Phase::Members, Expect::Done)
}

fn has_member(id: &str, member_id: &str) -> Step {
    let filter = format!("{} and {}", equals("id", id), equals("members", member_id));
    Request::get(format!("/Groups?filter={}&attributes=id", plus_encoded(&filter)))
        .step(Phase::Members, Expect::Hit(id.to_owned()))
}

//! The members of a group.

use anyhow::Result;
use serde_json::json;

use super::{ADD, REMOVE, REPLACE};
use crate::conformance::probe::{GROUP, Probe, USER};

pub(super) async fn members(probe: &mut Probe) -> Result<()> {
    let ids =
        [probe.user(&json!({})).await?.id(), probe.user(&json!({})).await?.id(), probe.user(&json!({})).await?.id()];
    let path = format!("/Groups/{}", probe.group(&json!({})).await?.id());
    let entry = |at: usize| json!({ "value": ids[at] });
    let cases = [
        (ADD, "members", json!([{ "op": "add", "path": "members", "value": [entry(0), entry(1)] }]), vec![0, 1]),
        (ADD, "a member twice", json!([{ "op": "add", "path": "members", "value": [entry(0)] }]), vec![0, 1]),
        (
            REMOVE,
            "a member by a filter",
            json!([{ "op": "remove", "path": format!("members[value eq \"{}\"]", ids[0]) }]),
            vec![1],
        ),
        (
            REPLACE,
            "all members",
            json!([{ "op": "replace", "path": "members", "value": [entry(0), entry(2)] }]),
            vec![0, 2],
        ),
        (
            REPLACE,
            "a name leaves the members",
            json!([{ "op": "replace", "path": "displayName", "value": probe.name("Renamed") }]),
            vec![0, 2],
        ),
        (ADD, "without a path", json!([{ "op": "add", "value": { "members": [entry(1)] } }]), vec![0, 1, 2]),
        (REMOVE, "all members", json!([{ "op": "remove", "path": "members" }]), vec![]),
    ];
    for (section, what, operations, left) in cases {
        let done = probe.patch(&path, &operations).await?;
        let read = probe.get(&path).await?;
        let members = read.at("/members").as_array().cloned().unwrap_or_default();
        let mut found: Vec<_> =
            members.iter().filter_map(|member| ids.iter().position(|id| member["value"] == **id)).collect();
        found.sort_unstable();
        let holds = matches!(done.status, 200 | 204) && found == left && read.text("/schemas/0") == GROUP;
        probe.must(
            section,
            format!("{what} of a group"),
            holds,
            format!("{operations}: {} then {}", done.seen(), read.seen()),
        );
    }
    let user = probe.get(&format!("/Users/{}", ids[0])).await?;
    probe.must(
        "RFC 7643 4.1.2",
        "who left is in no group",
        user.at("/groups").as_array().is_none_or(Vec::is_empty),
        user.seen(),
    );
    probe.must("RFC 7643 3", "a user's schemas name the core", user.text("/schemas/0") == USER, user.seen());
    Ok(())
}

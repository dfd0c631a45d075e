//! RFC 7643 sections 2.4, 4.1.2, 4.2 and RFC 7644 section 3.6: who is in which group, seen from both sides.

use anyhow::Result;
use serde_json::{Value, json};

use super::probe::{Answer, GROUP, Probe, USER, query};

pub(super) async fn check(probe: &mut Probe) -> Result<()> {
    let user = probe.user(&json!({})).await?;
    let group = probe.group(&json!({ "members": [{ "value": user.id() }, { "value": user.id() }] })).await?;
    seen_from_the_group(probe, &group, &user).await?;
    seen_from_the_user(probe, &group, &user).await?;
    not_the_users_to_change(probe, &group, &user).await?;
    replaced(probe, &group, &user).await?;
    deleted(probe, &group, &user).await
}

/// Absent or empty: one state (section 2.5).
fn none(list: &Value) -> bool {
    list.as_array().is_none_or(Vec::is_empty)
}

async fn seen_from_the_group(probe: &mut Probe, group: &Answer, user: &Answer) -> Result<()> {
    let read = probe.get(&format!("/Groups/{}", group.id())).await?;
    for (what, answer) in [("POST", group), ("GET", &read)] {
        let members = answer.all("/members");
        let once = members.len() == 1 && members[0]["value"] == user.id();
        probe.must("RFC 7643 4.2", format!("{what}: who is named twice is in once"), once, answer.seen());
        let kind = members.iter().all(|member| member.get("type").is_none_or(|kind| kind == "User"));
        probe.must("RFC 7643 4.2", format!("{what}: a member's type, if any, is User"), kind, answer.seen());
    }
    let location = read.text("/members/0/$ref").to_owned();
    let member = probe.get(location.trim_start_matches(probe.base())).await?;
    probe.must("RFC 7643 2.4", "a member's $ref is where it is found", member.id() == user.id(), member.seen());
    let empty = probe.group(&json!({ "members": [] })).await?;
    probe.must("RFC 7643 2.5", "a group may be empty", empty.status == 201 && none(empty.at("/members")), empty.seen());
    Ok(())
}

async fn seen_from_the_user(probe: &mut Probe, group: &Answer, user: &Answer) -> Result<()> {
    let by_id = format!("id eq \"{}\"", user.id());
    let read = probe.get(&format!("/Users/{}", user.id())).await?;
    let list = probe.get(&query("/Users", &[("filter", &by_id)])).await?;
    let search = probe.search("/Users/.search", &json!({ "filter": by_id })).await?;
    for (what, found) in [("GET", &read.body), ("list", list.at("/Resources/0")), ("search", search.at("/Resources/0"))]
    {
        let entry = &found["groups"][0];
        let named = entry["value"] == group.id() && found["groups"].as_array().map(Vec::len) == Some(1);
        probe.must("RFC 7643 4.1.2", format!("{what}: groups.value is the group's id"), named, found.to_string());
        let direct = entry["type"] == "direct";
        probe.must("RFC 7643 4.1.2", format!("{what}: groups.type is direct"), direct, found.to_string());
        let display = entry.get("display").is_none_or(|name| name == group.text("/displayName"));
        probe.must(
            "RFC 7643 4.1.2",
            format!("{what}: groups.display, if any, is its name"),
            display,
            found.to_string(),
        );
    }
    let location = read.text("/groups/0/$ref").to_owned();
    let found = probe.get(location.trim_start_matches(probe.base())).await?;
    probe.must("RFC 7643 2.4", "groups.$ref is where the group is found", found.id() == group.id(), found.seen());
    Ok(())
}

/// Read-only: a body may name them, and nothing comes of it (RFC 7644 sections 3.3 and 3.5.1).
async fn not_the_users_to_change(probe: &mut Probe, group: &Answer, user: &Answer) -> Result<()> {
    let other = probe.group(&json!({})).await?;
    let into = json!([{ "value": other.id() }]);
    let path = format!("/Users/{}", user.id());
    let body = json!({ "schemas": [USER], "userName": user.text("/userName"), "groups": into });
    let put = probe.put(&path, &body).await?;
    let read = probe.get(&path).await?;
    let stays = put.status == 200 && read.all("/groups").len() == 1 && read.text("/groups/0/value") == group.id();
    probe.must("RFC 7643 4.1.2", "a PUT of a user leaves its groups", stays, read.seen());
    let made = probe.user(&json!({ "groups": into })).await?;
    let read = probe.get(&format!("/Users/{}", made.id())).await?;
    probe.must("RFC 7643 4.1.2", "a new user is in no group", none(read.at("/groups")), read.seen());
    let left = probe.get(&format!("/Groups/{}", other.id())).await?;
    probe.must("RFC 7643 4.1.2", "nobody joins by their own body", none(left.at("/members")), left.seen());
    Ok(())
}

async fn replaced(probe: &mut Probe, group: &Answer, user: &Answer) -> Result<()> {
    let other = probe.user(&json!({})).await?.id();
    let path = format!("/Groups/{}", group.id());
    let named = |name: &str, members: Value| json!({ "schemas": [GROUP], "displayName": name, "members": members });
    let name = probe.name("Renamed");
    let both = json!([{ "value": other }, { "value": user.id() }]);
    let put = probe.put(&path, &named(&name, both)).await?;
    let renamed = put.status == 200 && put.text("/displayName") == name && put.id() == group.id();
    probe.must("RFC 7644 3.5.1", "a PUT renames a group", renamed, put.seen());
    probe.must("RFC 7644 3.5.1", "a PUT adds members", put.all("/members").len() == 2, put.seen());
    let read = probe.get(&format!("/Users/{other}")).await?;
    probe.must("RFC 7643 4.1.2", "who is added has the group", read.text("/groups/0/value") == group.id(), read.seen());
    let shown = read.at("/groups/0").get("display").is_none_or(|display| *display == name);
    probe.must("RFC 7643 4.1.2", "groups.display, if any, follows the name", shown, read.seen());
    let taken = probe.group(&json!({})).await?;
    let stolen = probe.put(&path, &named(taken.text("/displayName"), json!([]))).await?;
    if stolen.status != 200 {
        probe.refused("RFC 7644 3.5.1", "a PUT with another group's name", &stolen, 409, "uniqueness");
        let read = probe.get(&path).await?;
        probe.must("RFC 7644 3.5.1", "what is refused changes nothing", read.all("/members").len() == 2, read.seen());
    }
    let unnamed = probe.put(&path, &json!({ "schemas": [GROUP], "members": [] })).await?;
    probe.refused("RFC 7643 4.2", "a PUT without displayName", &unnamed, 400, "invalidValue");
    Ok(())
}

async fn deleted(probe: &mut Probe, group: &Answer, user: &Answer) -> Result<()> {
    let path = format!("/Groups/{}", group.id());
    let gone = probe.delete(&path).await?;
    probe.must(
        "RFC 7644 3.6",
        "a deleted group is 204 without a body",
        gone.status == 204 && gone.length == 0,
        gone.seen(),
    );
    let change = json!([{ "op": "add", "path": "externalId", "value": "e" }]);
    let body = json!({ "schemas": [GROUP], "displayName": "x" });
    for (what, answer) in [
        ("a GET", probe.get(&path).await?),
        ("a PUT", probe.put(&path, &body).await?),
        ("a PATCH", probe.patch(&path, &change).await?),
        ("a DELETE", probe.delete(&path).await?),
    ] {
        probe.refused("RFC 7644 3.6", &format!("{what} of a group that was deleted"), &answer, 404, "");
    }
    let by_id = query("/Groups", &[("filter", &format!("id eq \"{}\"", group.id()))]);
    let found = probe.get(&by_id).await?;
    probe.must("RFC 7644 3.6", "it is in no list", found.at("/totalResults") == &json!(0), found.seen());
    let read = probe.get(&format!("/Users/{}", user.id())).await?;
    let alone = read.status == 200 && none(read.at("/groups"));
    probe.must("RFC 7644 3.6", "its members stay, and are in it no more", alone, read.seen());
    Ok(())
}

//! What the letter refuses in a PATCH.

use anyhow::Result;
use serde_json::{Value, json};

use crate::conformance::probe::{ENTERPRISE, GROUP, Probe, USER};

const SECTION: &str = "RFC 7644 3.5.2";

pub(super) async fn check(probe: &mut Probe) -> Result<()> {
    let member = probe.user(&json!({ "title": "T" })).await?;
    let user = format!("/Users/{}", member.id());
    let made = probe.group(&json!({ "members": [{ "value": member.id() }] })).await?;
    let group = format!("/Groups/{}", made.id());
    let before = (probe.get(&user).await?, probe.get(&group).await?);
    read_only(probe, &user).await?;
    paths(probe, &user).await?;
    targets(probe, &user).await?;
    members(probe, &group, &member.id()).await?;
    let after = (probe.get(&user).await?, probe.get(&group).await?);
    let same = before.0.body == after.0.body && before.1.body == after.1.body;
    probe.must(SECTION, "what is refused changes nothing", same, format!("{} and {}", after.0.seen(), after.1.seen()));
    Ok(())
}

/// `mutability`, by each operation.
async fn read_only(probe: &mut Probe, user: &str) -> Result<()> {
    let values = [
        ("id", json!("x")),
        ("meta", json!({ "resourceType": "User" })),
        ("meta.created", json!("2000-01-01T00:00:00Z")),
        ("meta.location", json!("https://x.example/")),
        ("groups", json!([{ "value": "x" }])),
        ("groups[value eq \"x\"].display", json!("x")),
    ];
    for (path, value) in values {
        for operation in [
            json!({ "op": "add", "path": path, "value": value }),
            json!({ "op": "replace", "path": path, "value": value }),
            json!({ "op": "remove", "path": path }),
        ] {
            let answer = probe.patch(user, &json!([operation])).await?;
            probe.refused(SECTION, &operation.to_string(), &answer, 400, "mutability");
        }
    }
    let pathless = json!([{ "op": "replace", "value": { "title": "U", "id": "x" } }]);
    let answer = probe.patch(user, &pathless).await?;
    probe.refused(SECTION, "a read-only attribute without a path", &answer, 400, "mutability");
    Ok(())
}

/// `invalidPath`: an attribute that there is not.
async fn paths(probe: &mut Probe, user: &str) -> Result<()> {
    for path in [
        "shoeSize".to_owned(),
        "name.shoe".to_owned(),
        "title.shoe".to_owned(),
        "emails[type eq \"work\"].shoe".to_owned(),
        "shoes[size eq \"43\"]".to_owned(),
        format!("{USER}:shoeSize"),
        format!("{ENTERPRISE}:shoeSize"),
        format!("{ENTERPRISE}:userName"),
        format!("{GROUP}:displayName"),
        "urn:x:Harbour:2.0:User:berth".to_owned(),
        String::new(),
    ] {
        let answer = probe.patch(user, &json!([{ "op": "add", "path": path, "value": "x" }])).await?;
        probe.refused(SECTION, &format!("the path {path:?}"), &answer, 400, "invalidPath");
    }
    Ok(())
}

/// `noTarget`, RFC 7644 section 3.5.2.3.
async fn targets(probe: &mut Probe, user: &str) -> Result<()> {
    for (path, value) in [
        ("emails[type eq \"work\"]", json!({ "value": "x" })),
        ("emails[type eq \"work\"].value", json!("x")),
        ("emails[type eq \"work\" and value sw \"x\"].display", json!("x")),
        ("addresses[type eq \"work\"].locality", json!("x")),
        ("emails[not (type eq \"work\")].value", json!("x")),
    ] {
        let answer = probe.patch(user, &json!([{ "op": "replace", "path": path, "value": value }])).await?;
        probe.refused("RFC 7644 3.5.2.3", &format!("{path} selects nothing"), &answer, 400, "noTarget");
    }
    Ok(())
}

/// RFC 7643 section 4.2: members come and go, their parts never change.
async fn members(probe: &mut Probe, group: &str, member: &str) -> Result<()> {
    let at = |sub: &str| format!("members[value eq \"{member}\"].{sub}");
    let set = |path: String, value: Value| json!([{ "op": "replace", "path": path, "value": value }]);
    for (what, operations, scim_type) in [
        ("a member's value", set(at("value"), json!("x")), "mutability"),
        ("a member's $ref", set(at("$ref"), json!("x")), "mutability"),
        ("a member's type", set(at("type"), json!("Group")), "mutability"),
        ("to remove a member's value", json!([{ "op": "remove", "path": at("value") }]), "mutability"),
        ("the id of a group", set("id".to_owned(), json!("x")), "mutability"),
        ("a member that is a string", json!([{ "op": "add", "path": "members", "value": ["x"] }]), "invalidValue"),
        ("a user's attribute", set("userName".to_owned(), json!("x")), "invalidPath"),
    ] {
        let answer = probe.patch(group, &operations).await?;
        probe.refused(SECTION, what, &answer, 400, scim_type);
    }
    Ok(())
}

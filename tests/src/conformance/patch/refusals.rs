//! RFC 7644 sections 3.5.2 and 3.12: what is wrong with a PATCH, by its `scimType`.

use anyhow::Result;
use reqwest::Method;
use serde_json::{Value, json};

use crate::conformance::probe::{PATCH, Probe};

const SECTION: &str = "RFC 7644 3.12";

pub(super) async fn check(probe: &mut Probe) -> Result<()> {
    let user = format!("/Users/{}", probe.user(&json!({ "title": "T" })).await?.id());
    bodies(probe, &user).await?;
    let before = probe.get(&user).await?;
    for (what, operation, scim_type) in of_users() {
        let answer = probe.patch(&user, &json!([operation])).await?;
        probe.refused(SECTION, what, &answer, 400, scim_type);
    }
    let after = probe.get(&user).await?;
    probe.must("RFC 7644 3.5.2", "what is refused changes nothing", before.body == after.body, after.seen());
    let group = format!("/Groups/{}", probe.group(&json!({})).await?.id());
    for (what, operation, scim_type) in [
        ("to remove a group's name", json!({ "op": "remove", "path": "displayName" }), "mutability"),
        ("a number for members", json!({ "op": "add", "path": "members", "value": 7 }), "invalidValue"),
        (
            "a member that is a number",
            json!({ "op": "add", "path": "members", "value": [{ "value": 7 }] }),
            "invalidValue",
        ),
        ("a filter of members that does not parse", json!({ "op": "remove", "path": "members[value eq" }), ""),
        ("a number for a group's name", json!({ "op": "replace", "path": "displayName", "value": 7 }), "invalidValue"),
    ] {
        let answer = probe.patch(&group, &json!([operation])).await?;
        probe.refused(SECTION, what, &answer, 400, scim_type);
    }
    let taken = probe.group(&json!({})).await?.text("/displayName").to_owned();
    let stolen = probe.patch(&group, &json!([{ "op": "replace", "path": "displayName", "value": taken }])).await?;
    if !matches!(stolen.status, 200 | 204) {
        probe.refused("RFC 7644 3.5.2", "another group's name", &stolen, 409, "uniqueness");
    }
    Ok(())
}

/// `invalidSyntax`: the body is no PATCH.
async fn bodies(probe: &mut Probe, user: &str) -> Result<()> {
    let schemas = json!([PATCH]);
    for (what, body) in [
        ("an array", json!([])),
        ("no Operations", json!({ "schemas": schemas })),
        ("Operations that are an object", json!({ "schemas": schemas, "Operations": {} })),
        ("an operation that is a number", json!({ "schemas": schemas, "Operations": [7] })),
        (
            "an op that is a number",
            json!({ "schemas": schemas, "Operations": [{ "op": 7, "path": "title", "value": "x" }] }),
        ),
        (
            "an op that there is not",
            json!({ "schemas": schemas, "Operations": [{ "op": "test", "path": "title", "value": "x" }] }),
        ),
    ] {
        let answer = probe.send((Method::PATCH, user), &[], Some(body.to_string())).await?;
        probe.refused(SECTION, &format!("a PATCH with {what}"), &answer, 400, "invalidSyntax");
    }
    let answer = probe.send((Method::PATCH, user), &[], Some("{".to_owned())).await?;
    probe.refused(SECTION, "a PATCH that is no JSON", &answer, 400, "invalidSyntax");
    Ok(())
}

fn of_users() -> Vec<(&'static str, Value, &'static str)> {
    let replace = |path: &str, value: Value| json!({ "op": "replace", "path": path, "value": value });
    vec![
        ("a path with a blank", replace("name familyName", json!("x")), "invalidPath"),
        ("a path with a bracket too many", replace("title]", json!("x")), "invalidPath"),
        ("a path that is a number", json!({ "op": "replace", "path": 7, "value": "x" }), "invalidPath"),
        ("a filter of what has no entries", replace("title[value eq \"x\"]", json!("x")), "invalidPath"),
        ("a filter that does not end", replace("emails[type eq \"work\"", json!("x")), ""),
        ("a filter by what is not there", replace("emails[shoe eq \"x\"].value", json!("x")), ""),
        ("an object for a string", replace("title", json!({ "a": 1 })), "invalidValue"),
        ("a number for a string", replace("title", json!(7)), "invalidValue"),
        ("a number for a boolean", replace("active", json!(1)), "invalidValue"),
        ("a number for a complex attribute", replace("name", json!(7)), "invalidValue"),
        ("a number for a list", replace("emails", json!(7)), "invalidValue"),
        ("numbers for a list", replace("emails", json!([7])), "invalidValue"),
        ("a number for a sub-attribute", replace("name.givenName", json!(7)), "invalidValue"),
        ("a number in an entry", replace("emails", json!([{ "value": 7 }])), "invalidValue"),
        ("a word for primary", replace("emails", json!([{ "value": "a", "primary": "perhaps" }])), "invalidValue"),
        ("no base64 for a certificate", replace("x509Certificates", json!([{ "value": "é" }])), "invalidValue"),
        ("without a path, a value of the wrong type", json!({ "op": "add", "value": { "active": 7 } }), "invalidValue"),
        ("without a path, a list of values", json!({ "op": "add", "value": ["title"] }), "invalidValue"),
        ("replace without a value", json!({ "op": "replace", "path": "title" }), "invalidValue"),
        ("to unassign what is required", replace("userName", Value::Null), ""),
        ("remove without a path but with a value", json!({ "op": "remove", "value": { "title": "T" } }), "noTarget"),
    ]
}

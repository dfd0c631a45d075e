//! The letter: what departs from it is refused.

mod answers;
mod patches;

use anyhow::Result;
use reqwest::Method;
use serde_json::json;

use super::probe::{Probe, USER, query};

pub(super) async fn check(probe: &mut Probe) -> Result<()> {
    let name = probe.name("conformance");
    let bodies = [
        ("RFC 7643 3", "a body without schemas", json!({ "userName": name }), "invalidSyntax"),
        (
            "RFC 7643 3",
            "schemas of another resource",
            json!({ "schemas": ["urn:x:y"], "userName": name }),
            "invalidSyntax",
        ),
        (
            "RFC 7643 2.3.2",
            "a boolean as a string",
            json!({ "schemas": [USER], "userName": name, "active": "True" }),
            "invalidValue",
        ),
        (
            "RFC 7643 2.4",
            "one object for a list",
            json!({ "schemas": [USER], "userName": name, "emails": { "value": "a" } }),
            "invalidValue",
        ),
        (
            "RFC 7643 2.4",
            "a list for one value",
            json!({ "schemas": [USER], "userName": name, "title": ["a"] }),
            "invalidValue",
        ),
        (
            "RFC 7643 2.4",
            "two primaries",
            json!({ "schemas": [USER], "userName": name, "emails": [{ "value": "a", "primary": true }, { "value": "b", "primary": true }] }),
            "invalidValue",
        ),
        (
            "RFC 7643 2.1",
            "an attribute that no schema has",
            json!({ "schemas": [USER], "userName": name, "shoeSize": 43 }),
            "invalidSyntax",
        ),
    ];
    for (section, what, body, scim_type) in bodies {
        let answer = probe.post("/Users", &body).await?;
        probe.refused(section, what, &answer, 400, scim_type);
    }
    let path = format!("/Users/{}", probe.user(&json!({})).await?.id());
    let operations = [
        ("an op in capitals", json!([{ "op": "Replace", "path": "title", "value": "x" }]), "invalidSyntax"),
        ("no op", json!([{ "path": "title", "value": "x" }]), "invalidSyntax"),
        ("no operations", json!([]), "invalidSyntax"),
        (
            "a filter that selects nothing",
            json!([{ "op": "replace", "path": "emails[type eq \"work\"].value", "value": "x" }]),
            "noTarget",
        ),
        ("a read-only attribute", json!([{ "op": "replace", "path": "id", "value": "x" }]), "mutability"),
        ("an attribute that no schema has", json!([{ "op": "add", "path": "shoeSize", "value": 43 }]), "invalidPath"),
        (
            "remove with a value",
            json!([{ "op": "remove", "path": "emails", "value": [{ "value": "x" }] }]),
            "invalidSyntax",
        ),
    ];
    for (what, operations, scim_type) in operations {
        let answer = probe.patch(&path, &operations).await?;
        probe.refused("RFC 7644 3.5.2", what, &answer, 400, scim_type);
    }
    let bare = json!({ "Operations": [{ "op": "replace", "path": "title", "value": "x" }] }).to_string();
    let answer = probe.send((Method::PATCH, &path), &[], Some(bare)).await?;
    probe.refused("RFC 7644 3.5.2", "a PATCH that does not name its schema", &answer, 400, "invalidSyntax");
    for filter in
        ["userName eq nobody", "emails[type eq \"work\"].value eq \"x\"", "department eq \"x\"", "name eq \"x\""]
    {
        let answer = probe.get(&query("/Users", &[("filter", filter)])).await?;
        probe.refused("RFC 7644 3.4.2.2", filter, &answer, 400, "invalidFilter");
    }
    let token = probe.token().to_owned();
    let bare = probe.send((Method::GET, "/Users"), &[("authorization", &token)], None).await?;
    probe.refused("RFC 6750 2.1", "a token without its scheme", &bare, 401, "");
    let search = probe.send((Method::POST, "/Users/.search"), &[], Some("{}".to_owned())).await?;
    probe.refused("RFC 7644 3.4.3", "a search that does not name its schema", &search, 400, "invalidSyntax");
    let removed = probe.patch(&path, &json!([{ "op": "remove", "path": "active" }])).await?;
    let gone = removed.status == 200 && removed.body.get("active").is_none();
    probe.must("RFC 7644 3.5.2.2", "what is not required can be removed", gone, removed.seen());
    answers::check(probe).await?;
    patches::check(probe).await
}

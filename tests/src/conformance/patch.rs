//! RFC 7644 section 3.5.2: PATCH.

mod atomic;
mod members;
mod paths;
mod refusals;

use anyhow::Result;
use serde_json::{Value, json};

use super::probe::{ENTERPRISE, Probe};

/// A user before, the operations, and what some of its attributes are then (null: unassigned).
struct Case {
    section: &'static str,
    what: &'static str,
    before: Value,
    operations: Value,
    after: Vec<(&'static str, Value)>,
}

fn case(
    section: &'static str,
    what: &'static str,
    before: Value,
    operations: Value,
    after: Vec<(&'static str, Value)>,
) -> Case {
    Case { section, what, before, operations, after }
}

const ADD: &str = "RFC 7644 3.5.2.1";
const REMOVE: &str = "RFC 7644 3.5.2.2";
const REPLACE: &str = "RFC 7644 3.5.2.3";

fn mails() -> Value {
    json!({ "emails": [
        { "value": "w@x.example", "type": "work", "primary": true }, { "value": "h@x.example", "type": "home" },
    ] })
}

fn name() -> Value {
    json!({ "name": { "givenName": "G", "familyName": "F" }, "title": "T" })
}

fn added() -> Vec<Case> {
    vec![
        case(
            ADD,
            "a simple attribute",
            json!({}),
            json!([{ "op": "add", "path": "title", "value": "T" }]),
            vec![("/title", json!("T"))],
        ),
        case(
            ADD,
            "without a path, each attribute of the value",
            name(),
            json!([{ "op": "add", "value": { "nickName": "N", "name": { "givenName": "H" } } }]),
            vec![
                ("/nickName", json!("N")),
                ("/name", json!({ "givenName": "H", "familyName": "F" })),
                ("/title", json!("T")),
            ],
        ),
        case(
            ADD,
            "a sub-attribute",
            name(),
            json!([{ "op": "add", "path": "name.middleName", "value": "M" }]),
            vec![("/name", json!({ "givenName": "G", "familyName": "F", "middleName": "M" }))],
        ),
        case(
            ADD,
            "to a list, behind what is there",
            mails(),
            json!([{ "op": "add", "path": "emails", "value": [{ "value": "o@x.example", "type": "other" }] }]),
            vec![("/emails/0/value", json!("w@x.example")), ("/emails/2/value", json!("o@x.example"))],
        ),
        case(
            ADD,
            "what is in the list already changes nothing",
            mails(),
            json!([{ "op": "add", "path": "emails", "value": [{ "value": "h@x.example", "type": "home" }] }]),
            vec![("/emails/2", Value::Null)],
        ),
        case(
            ADD,
            "an attribute of an extension",
            json!({}),
            json!([{ "op": "add", "path": format!("{ENTERPRISE}:department"), "value": "D" }]),
            vec![
                ("/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User/department", json!("D")),
                ("/schemas/1", json!(ENTERPRISE)),
            ],
        ),
        case(
            "RFC 7643 2.4",
            "a new primary takes the mark from the old",
            mails(),
            json!([{ "op": "add", "path": "emails", "value": [{ "value": "o@x.example", "primary": true }] }]),
            vec![("/emails/0/primary", json!(false)), ("/emails/2/primary", json!(true))],
        ),
    ]
}

fn removed() -> Vec<Case> {
    let home = json!([{ "value": "h@x.example", "type": "home" }]);
    vec![
        case(
            REMOVE,
            "a simple attribute",
            name(),
            json!([{ "op": "remove", "path": "title" }]),
            vec![("/title", Value::Null)],
        ),
        case(
            REMOVE,
            "a sub-attribute",
            name(),
            json!([{ "op": "remove", "path": "name.givenName" }]),
            vec![("/name", json!({ "familyName": "F" }))],
        ),
        case(
            REMOVE,
            "a whole list",
            mails(),
            json!([{ "op": "remove", "path": "emails" }]),
            vec![("/emails", Value::Null)],
        ),
        case(
            REMOVE,
            "the values that a filter selects",
            mails(),
            json!([{ "op": "remove", "path": "emails[type eq \"work\"]" }]),
            vec![("/emails", home)],
        ),
        case(
            REMOVE,
            "a sub-attribute of those that a filter selects",
            mails(),
            json!([{ "op": "remove", "path": "emails[type eq \"work\"].primary" }]),
            vec![("/emails/0/primary", Value::Null), ("/emails/0/type", json!("work"))],
        ),
        case(
            REMOVE,
            "the last value of a list unassigns it",
            mails(),
            json!([{ "op": "remove", "path": "emails[value pr]" }]),
            vec![("/emails", Value::Null)],
        ),
    ]
}

fn replaced() -> Vec<Case> {
    vec![
        case(
            REPLACE,
            "a simple attribute",
            name(),
            json!([{ "op": "replace", "path": "title", "value": "U" }]),
            vec![("/title", json!("U"))],
        ),
        case(
            REPLACE,
            "what is not there is added",
            json!({}),
            json!([{ "op": "replace", "path": "nickName", "value": "N" }]),
            vec![("/nickName", json!("N"))],
        ),
        case(
            REPLACE,
            "a whole list",
            mails(),
            json!([{ "op": "replace", "path": "emails", "value": [{ "value": "o@x.example" }] }]),
            vec![("/emails", json!([{ "value": "o@x.example" }]))],
        ),
        case(
            REPLACE,
            "a sub-attribute of those that a filter selects",
            mails(),
            json!([{ "op": "replace", "path": "emails[type eq \"home\"].value", "value": "n@x.example" }]),
            vec![("/emails/1/value", json!("n@x.example")), ("/emails/0/value", json!("w@x.example"))],
        ),
        case(
            REPLACE,
            "without a path, only what is named",
            name(),
            json!([{ "op": "replace", "value": { "title": "U" } }]),
            vec![("/title", json!("U")), ("/name/familyName", json!("F"))],
        ),
        case(
            REPLACE,
            "null unassigns",
            name(),
            json!([{ "op": "replace", "path": "title", "value": null }]),
            vec![("/title", Value::Null)],
        ),
        case(
            "RFC 7644 3.5.2",
            "operations are done in order",
            json!({}),
            json!([{ "op": "add", "path": "title", "value": "1" }, { "op": "remove", "path": "title" }, { "op": "add", "path": "title", "value": "2" }]),
            vec![("/title", json!("2"))],
        ),
        case(
            "RFC 7643 2.1",
            "paths are without case",
            name(),
            json!([{ "op": "replace", "path": "NAME.GIVENNAME", "value": "H" }]),
            vec![("/name/givenName", json!("H"))],
        ),
    ]
}

fn refusals() -> Vec<(&'static str, Value, u16, &'static str)> {
    vec![
        ("remove without a path", json!([{ "op": "remove" }]), 400, "noTarget"),
        ("an unknown operation", json!([{ "op": "move", "path": "title" }]), 400, "invalidSyntax"),
        ("a path that does not parse", json!([{ "op": "replace", "path": "emails[type eq", "value": "x" }]), 400, ""),
        (
            "a value of the wrong type",
            json!([{ "op": "replace", "path": "active", "value": "perhaps" }]),
            400,
            "invalidValue",
        ),
        ("to remove what is required", json!([{ "op": "remove", "path": "userName" }]), 400, "mutability"),
        ("add without a value", json!([{ "op": "add", "path": "title" }]), 400, "invalidValue"),
        ("no path and no object", json!([{ "op": "replace", "value": "x" }]), 400, "invalidValue"),
    ]
}

async fn run(probe: &mut Probe, cases: Vec<Case>) -> Result<()> {
    for Case { section, what, before, operations, after } in cases {
        let path = format!("/Users/{}", probe.user(&before).await?.id());
        let done = probe.patch(&path, &operations).await?;
        let read = probe.get(&path).await?;
        let holds = matches!(done.status, 200 | 204) && after.iter().all(|(at, expected)| read.at(at) == expected);
        probe.must(section, what, holds, format!("{operations}: {} then {}", done.seen(), read.seen()));
    }
    Ok(())
}

pub(super) async fn check(probe: &mut Probe) -> Result<()> {
    run(probe, added()).await?;
    run(probe, removed()).await?;
    run(probe, replaced()).await?;
    paths::check(probe).await?;
    refusals::check(probe).await?;
    atomic::check(probe).await?;
    let path = format!("/Users/{}", probe.user(&json!({ "title": "T" })).await?.id());
    for (what, operations, status, scim_type) in refusals() {
        let answer = probe.patch(&path, &operations).await?;
        probe.refused("RFC 7644 3.5.2", what, &answer, status, scim_type);
    }
    let half = json!([{ "op": "replace", "path": "title", "value": "U" }, { "op": "remove", "path": "userName" }]);
    probe.patch(&path, &half).await?;
    let read = probe.get(&path).await?;
    probe.must("RFC 7644 3.5.2", "one that fails changes nothing", read.text("/title") == "T", read.seen());
    let taken = probe.user(&json!({})).await?.text("/userName").to_owned();
    let stolen = probe.patch(&path, &json!([{ "op": "replace", "path": "userName", "value": taken }])).await?;
    probe.refused("RFC 7644 3.5.2", "another's userName", &stolen, 409, "uniqueness");
    let absent = probe.patch("/Users/nobody", &json!([{ "op": "replace", "path": "title", "value": "U" }])).await?;
    probe.refused("RFC 7644 3.5.2", "of what is not there", &absent, 404, "");
    members::members(probe).await
}

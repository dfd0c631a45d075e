//! RFC 7644 section 3.5.2, figure 7: each form of a path, under each operation.

use anyhow::Result;
use serde_json::{Value, json};

use super::{ADD, Case, REMOVE, REPLACE, case, mails, name, run};
use crate::conformance::probe::{ENTERPRISE, Probe, USER};

/// Where an attribute of the enterprise extension stands (its URN has no slash).
const DEPARTMENT: &str = "/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User/department";
const NUMBER: &str = "/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User/employeeNumber";
const MANAGER: &str = "/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User/manager/value";

pub(super) async fn check(probe: &mut Probe) -> Result<()> {
    run(probe, added()).await?;
    run(probe, removed()).await?;
    run(probe, replaced()).await?;
    run(probe, behind_a_urn()).await
}

fn employee() -> Value {
    json!({ "schemas": [USER, ENTERPRISE], ENTERPRISE: { "department": "D", "employeeNumber": "1" } })
}

/// One operation.
fn operation(op: &str, path: &str, value: Value) -> Value {
    let mut operation = json!({ "op": op, "path": path });
    if op != "remove" {
        operation["value"] = value;
    }
    json!([operation])
}

fn added() -> Vec<Case> {
    vec![
        case(
            ADD,
            "a single value is replaced",
            name(),
            operation("add", "title", json!("U")),
            vec![("/title", json!("U"))],
        ),
        case(
            ADD,
            "sub-attributes of a complex attribute",
            name(),
            operation("add", "name", json!({ "middleName": "M", "givenName": "H" })),
            vec![("/name", json!({ "givenName": "H", "familyName": "F", "middleName": "M" }))],
        ),
        case(
            ADD,
            "several values at once",
            json!({}),
            operation("add", "emails", json!([{ "value": "a@x.example" }, { "value": "b@x.example" }])),
            vec![("/emails/0/value", json!("a@x.example")), ("/emails/1/value", json!("b@x.example"))],
        ),
        case(
            ADD,
            "a sub-attribute of those that a filter selects",
            mails(),
            operation("add", "emails[type eq \"work\"].display", json!("D")),
            vec![("/emails/0/display", json!("D")), ("/emails/1/display", Value::Null)],
        ),
        case(
            ADD,
            "sub-attributes of those that a filter selects",
            mails(),
            operation("add", "emails[type eq \"home\"]", json!({ "display": "D" })),
            vec![("/emails/1", json!({ "value": "h@x.example", "type": "home", "display": "D" }))],
        ),
        case(
            ADD,
            "a block of an extension, without a path",
            employee(),
            json!([{ "op": "add", "value": { ENTERPRISE: { "department": "E" }, "title": "T" } }]),
            vec![(DEPARTMENT, json!("E")), (NUMBER, json!("1")), ("/title", json!("T"))],
        ),
    ]
}

fn removed() -> Vec<Case> {
    let (work, home) = (mails()["emails"][0].take(), mails()["emails"][1].take());
    let only = |one: &Value| vec![("/emails", json!([one]))];
    vec![
        case(
            REMOVE,
            "a complex attribute",
            name(),
            operation("remove", "name", Value::Null),
            vec![("/name", Value::Null)],
        ),
        case(
            REMOVE,
            "the last sub-attribute unassigns it",
            json!({ "name": { "givenName": "G" } }),
            operation("remove", "name.givenName", Value::Null),
            vec![("/name", Value::Null)],
        ),
        case(
            REMOVE,
            "by two conditions",
            mails(),
            operation("remove", "emails[type eq \"work\" and value ew \".example\"]", Value::Null),
            only(&home),
        ),
        case(
            REMOVE,
            "by what is not so",
            mails(),
            operation("remove", "emails[not (type eq \"work\")]", Value::Null),
            only(&work),
        ),
        case(REMOVE, "by a boolean", mails(), operation("remove", "emails[primary eq true]", Value::Null), only(&home)),
        case(
            REMOVE,
            "by either of two values",
            mails(),
            operation("remove", "emails[value eq \"w@x.example\" or value eq \"o@x.example\"]", Value::Null),
            only(&home),
        ),
        case(
            REMOVE,
            "the last attribute of an extension, and its URN",
            json!({ "schemas": [USER, ENTERPRISE], ENTERPRISE: { "department": "D" } }),
            operation("remove", &format!("{ENTERPRISE}:department"), Value::Null),
            vec![(DEPARTMENT, Value::Null), ("/schemas", json!([USER]))],
        ),
    ]
}

fn replaced() -> Vec<Case> {
    vec![
        case(
            REPLACE,
            "sub-attributes of a complex attribute",
            name(),
            operation("replace", "name", json!({ "familyName": "X" })),
            vec![("/name", json!({ "givenName": "G", "familyName": "X" }))],
        ),
        case(
            REPLACE,
            "a sub-attribute that is not there is added",
            json!({}),
            operation("replace", "name.familyName", json!("F")),
            vec![("/name", json!({ "familyName": "F" }))],
        ),
        case(
            REPLACE,
            "the values that a filter selects",
            mails(),
            operation("replace", "emails[type eq \"work\"]", json!({ "value": "n@x.example", "type": "work" })),
            vec![
                ("/emails/0", json!({ "value": "n@x.example", "type": "work" })),
                ("/emails/1", json!({ "value": "h@x.example", "type": "home" })),
            ],
        ),
        case(
            REPLACE,
            "a sub-attribute of all that a filter selects",
            mails(),
            operation("replace", "emails[value pr].type", json!("other")),
            vec![("/emails/0/type", json!("other")), ("/emails/1/type", json!("other"))],
        ),
        case(
            "RFC 7644 3.5.2",
            "a new primary takes the mark from the old",
            mails(),
            operation("replace", "emails[type eq \"home\"].primary", json!(true)),
            vec![("/emails/0/primary", json!(false)), ("/emails/1/primary", json!(true))],
        ),
        case(
            "RFC 7643 2.5",
            "an empty list unassigns",
            mails(),
            operation("replace", "emails", json!([])),
            vec![("/emails", Value::Null)],
        ),
        case(
            "RFC 7643 2.1",
            "a path with a filter is without case",
            mails(),
            operation("replace", "EMAILS[TYPE EQ \"work\"].VALUE", json!("n@x.example")),
            vec![("/emails/0/value", json!("n@x.example")), ("/emails/1/value", json!("h@x.example"))],
        ),
        case(
            REPLACE,
            "a boolean",
            json!({ "active": true }),
            operation("replace", "active", json!(false)),
            vec![("/active", json!(false))],
        ),
    ]
}

/// RFC 7644 section 3.10.
fn behind_a_urn() -> Vec<Case> {
    let section = "RFC 7644 3.10";
    let core = |path: &str| format!("{USER}:{path}");
    let extension = |path: &str| format!("{ENTERPRISE}:{path}");
    vec![
        case(
            section,
            "PATCH of a core attribute behind its URN",
            name(),
            operation("replace", &core("title"), json!("U")),
            vec![("/title", json!("U")), ("/name/familyName", json!("F"))],
        ),
        case(
            section,
            "PATCH of a core sub-attribute behind its URN",
            name(),
            operation("replace", &core("name.givenName"), json!("H")),
            vec![("/name", json!({ "givenName": "H", "familyName": "F" }))],
        ),
        case(
            section,
            "PATCH by a filter behind a URN",
            mails(),
            operation("replace", &core("emails[type eq \"home\"].value"), json!("n@x.example")),
            vec![("/emails/1/value", json!("n@x.example")), ("/emails/0/value", json!("w@x.example"))],
        ),
        case(
            section,
            "PATCH of an attribute of an extension",
            employee(),
            operation("replace", &extension("department"), json!("E")),
            vec![(DEPARTMENT, json!("E")), (NUMBER, json!("1"))],
        ),
        case(
            section,
            "PATCH of a complex attribute of an extension",
            json!({}),
            operation("add", &extension("manager"), json!({ "value": "m" })),
            vec![(MANAGER, json!("m")), ("/schemas", json!([USER, ENTERPRISE]))],
        ),
        case(
            section,
            "PATCH of a sub-attribute of an extension",
            json!({}),
            operation("add", &extension("manager.value"), json!("m")),
            vec![(MANAGER, json!("m"))],
        ),
        case(
            section,
            "PATCH behind a URN without case",
            employee(),
            operation("replace", &extension("DEPARTMENT").to_lowercase(), json!("E")),
            vec![(DEPARTMENT, json!("E"))],
        ),
        case(
            section,
            "PATCH that removes an attribute of an extension",
            employee(),
            operation("remove", &extension("department"), Value::Null),
            vec![(DEPARTMENT, Value::Null), (NUMBER, json!("1"))],
        ),
    ]
}

//! N6 to N18, N21, N23 and N28: what is read of a body.

use anyhow::Result;
use serde_json::{Value, json};

use crate::conformance::probe::{ENTERPRISE, Probe, USER};

/// N6 to N12: a body, and what is kept of it (null: nothing).
pub(super) async fn bodies(probe: &mut Probe) -> Result<()> {
    let cases = [
        (
            "N6",
            json!({ "USERTYPE": "x", "Emails": [{ "Value": "a@x.example", "PRIMARY": true }] }),
            vec![("/userType", json!("x")), ("/emails/0/primary", json!(true))],
        ),
        (
            "N7",
            json!({ "schemas": null, ENTERPRISE: { "department": "D" } }),
            vec![("/schemas", json!([USER, ENTERPRISE]))],
        ),
        (
            "N7",
            json!({ "schemas": ["urn:scim:schemas:core:1.0", "http://x.example"], "title": "T" }),
            vec![("/title", json!("T")), ("/schemas", json!([USER]))],
        ),
        (
            "N8",
            json!({ "title": null, "name": { "givenName": null, "familyName": "F" } }),
            vec![("/title", Value::Null), ("/name", json!({ "familyName": "F" }))],
        ),
        (
            "N8",
            json!({ "id": "mine", "meta": { "version": "x" }, "groups": [], "password": "secret" }),
            vec![("/password", Value::Null)],
        ),
        (
            "N9",
            json!({ "active": "False", "emails": [{ "value": "a", "primary": "true" }] }),
            vec![("/active", json!(false)), ("/emails/0/primary", json!(true))],
        ),
        (
            "N10",
            json!({ "title": ["T"], "emails": { "value": "a@x.example" } }),
            vec![("/title", json!("T")), ("/emails/0/value", json!("a@x.example"))],
        ),
        (
            "N10",
            json!({ "roles": "admin", ENTERPRISE: { "manager": "boss" } }),
            vec![("/roles/0/value", json!("admin"))],
        ),
        (
            "N11",
            json!({ "name": { "givenName": " Hedda ", "familyName": " " }, "nickName": "" }),
            vec![("/name", json!({ "givenName": "Hedda" })), ("/nickName", Value::Null)],
        ),
        (
            "N12",
            json!({ "shoeSize": 43, "urn:x:Harbour:2.0:User": { "berth": 7 } }),
            vec![("/shoeSize", Value::Null), ("/urn:x:Harbour:2.0:User/berth", json!(7))],
        ),
        (
            "N23",
            json!({ "emails": [{ "value": "a", "primary": true }, { "value": "b", "primary": true }] }),
            vec![("/emails/0/primary", json!(true)), ("/emails/1/primary", json!(false))],
        ),
        (
            "N28",
            json!({ "displayName": "ÉVA", "emails": [{ "value": "Eva@X.Example" }] }),
            vec![("/displayName", json!("ÉVA")), ("/emails/0/value", json!("Eva@X.Example")), ("/name", Value::Null)],
        ),
    ];
    for (rule, body, kept) in cases {
        let answer = probe.user(&body).await?;
        let holds = answer.status == 201 && kept.iter().all(|(at, expected)| answer.at(at) == expected);
        probe.must(rule, body.to_string(), holds, answer.seen());
    }
    for active in [json!("yes"), json!(1), json!("1")] {
        let answer = probe.user(&json!({ "active": active })).await?;
        probe.refused("N9", &format!("active: {active}"), &answer, 400, "invalidValue");
    }
    Ok(())
}

/// N13 to N18, N21 and N23: operations on a user, and what is so then.
pub(super) async fn patches(probe: &mut Probe) -> Result<()> {
    let department = format!("{ENTERPRISE}:department");
    let at_department = format!("/{ENTERPRISE}/department");
    let cases = [
        ("N13", json!([{ "op": "Replace", "path": "title", "value": "U" }]), vec![("/title", json!("U"))]),
        ("N13", json!([{ "path": "title", "value": "U" }]), vec![("/title", json!("U"))]),
        ("N14", json!([{ "op": "add", "path": department, "value": "D" }]), vec![(at_department.as_str(), json!("D"))]),
        (
            "N14",
            json!([{ "op": "add", "path": "urn:ietf:params:scim:schemas:core:2.0:User:name.givenName", "value": "G" }]),
            vec![("/name/givenName", json!("G"))],
        ),
        (
            "N15",
            json!([{ "op": "replace", "value": { "active": false } }]),
            vec![("/active", json!(false)), ("/title", json!("T"))],
        ),
        (
            "N15",
            json!([{ "op": "replace", "value": { "name.familyName": "X", department.as_str(): "E" } }]),
            vec![("/name/familyName", json!("X")), (at_department.as_str(), json!("E"))],
        ),
        (
            "N16",
            json!([{ "op": "replace", "path": "name", "value": { "familyName": "X" } }]),
            vec![("/name", json!({ "givenName": "G", "familyName": "X" }))],
        ),
        (
            "N17",
            json!([{ "op": "add", "path": "phoneNumbers[type eq \"mobile\"].value", "value": "1" }]),
            vec![("/phoneNumbers/0", json!({ "type": "mobile", "value": "1" }))],
        ),
        (
            "N17",
            json!([{ "op": "replace", "path": "addresses[type eq \"work\"].locality", "value": "L" }, { "op": "replace", "path": "addresses[type eq \"work\"].country", "value": "C" }]),
            vec![
                ("/addresses/0/locality", json!("L")),
                ("/addresses/0/country", json!("C")),
                ("/addresses/1", Value::Null),
            ],
        ),
        (
            "N18",
            json!([{ "op": "remove", "path": "emails[type eq \"other\"]" }]),
            vec![("/emails/0/value", json!("w@x.example"))],
        ),
        (
            "N23",
            json!([{ "op": "add", "path": "emails[type eq \"home\"]", "value": { "value": "h", "primary": true } }]),
            vec![("/emails/0/primary", json!(false)), ("/emails/1/primary", json!(true))],
        ),
    ];
    for (rule, operations, after) in cases {
        let user = json!({ "title": "T", "name": { "givenName": "G" }, "emails": [{ "value": "w@x.example", "type": "work", "primary": true }] });
        let path = format!("/Users/{}", probe.user(&user).await?.id());
        let answer = probe.patch(&path, &operations).await?;
        let holds = answer.status == 200 && after.iter().all(|(at, expected)| answer.at(at) == expected);
        probe.must(rule, operations.to_string(), holds, answer.seen());
    }
    let path = format!("/Users/{}", probe.user(&json!({ "title": "T" })).await?.id());
    for (operations, scim_type) in [
        (json!([{ "op": "move", "path": "title" }]), "invalidSyntax"),
        (json!([{ "op": "remove" }]), "noTarget"),
        (json!([{ "op": "remove", "path": "userName" }]), "mutability"),
        (json!([{ "op": "remove", "path": "active" }]), "mutability"),
    ] {
        let answer = probe.patch(&path, &operations).await?;
        probe.refused(
            if scim_type == "invalidSyntax" { "N13" } else { "N18" },
            &operations.to_string(),
            &answer,
            400,
            scim_type,
        );
    }
    probe.patch(&path, &json!([{ "op": "replace", "path": "title", "value": "U" }, { "op": "remove" }])).await?;
    let read = probe.get(&path).await?;
    probe.must("N21", "one that fails discards all", read.text("/title") == "T", read.seen());
    Ok(())
}

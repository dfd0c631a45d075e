//! Quirks of identity providers, by the ids that `tests/idp/quirks.tsv` maps to tests: what is sent, with everything forgiven, and what
//! it comes to.
#![cfg(test)]

use serde_json::{Value, json};

use scim::schema::{GROUP, USER};
use scim::{DetachedChange, Document, Filter, Lenience, Leniency, Patch, Reference, resource};

const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const HARBOUR: &str = "urn:ietf:params:scim:schemas:extension:Harbour:2.0:User";

/// What is kept of a user's body.
fn kept(body: Value) -> Value {
    let parsed = resource::parse(&USER, body, &Lenience::all()).unwrap();
    serde_json::to_value(parsed.document).unwrap()
}

/// A user after these operations.
fn patched(before: &Value, operations: &Value) -> Value {
    let before: Document = serde_json::from_value(before.clone()).unwrap();
    let patch = Patch::parse(&USER, json!({ "Operations": operations }), &Lenience::all()).unwrap();
    serde_json::to_value(patch.apply(&before).unwrap().document).unwrap()
}

#[test]
fn bodies() {
    let cases = [
        (
            "any-attr-case",
            json!({ "USERNAME": "u", "Active": false, "Emails": [{ "Value": "a", "Primary": true }] }),
            json!({ "userName": "u", "active": false, "emails": [{ "value": "a", "primary": true }] }),
        ),
        (
            "any-bool-string",
            json!({ "userName": "u", "active": "False", "emails": [{ "value": "a", "primary": "true" }] }),
            json!({ "userName": "u", "active": false, "emails": [{ "value": "a", "primary": true }] }),
        ),
        (
            "any-empty-string-is-absent",
            json!({
                "userName": "u", "title": "", "name": { "givenName": "", "familyName": "F" },
                "emails": [{ "value": "", "type": "work" }], ENTERPRISE: { "department": "", "manager": "" },
            }),
            json!({ "userName": "u", "name": { "familyName": "F" } }),
        ),
        (
            "any-one-element-array",
            json!({ "userName": ["u"], "active": ["true"], "name": [{ "givenName": ["G"] }] }),
            json!({ "userName": "u", "active": true, "name": { "givenName": "G" } }),
        ),
        (
            "entra-custom-urn-undeclared",
            json!({ "schemas": [CORE], "userName": "u", HARBOUR: { "berth": "N-17" } }),
            json!({ "userName": "u", HARBOUR: { "berth": "N-17" } }),
        ),
        ("entra-empty-roles", json!({ "userName": "u", "roles": [] }), json!({ "userName": "u" })),
        (
            "entra-meta-in-body",
            json!({ "userName": "u", "meta": { "resourceType": "User" } }),
            json!({ "userName": "u" }),
        ),
        (
            "entra-null-values",
            json!({ "userName": "u", "title": null, "addresses": null, "department": null, ENTERPRISE: { "manager": null } }),
            json!({ "userName": "u" }),
        ),
        (
            "okta-groups-attr",
            json!({ "userName": "u", "groups": [{ "value": "g", "display": "G" }] }),
            json!({ "userName": "u" }),
        ),
        (
            "onelogin-template-1x",
            json!({
                "schemas": ["urn:scim:schemas:core:1.0", "urn:scim:schemas:extension:enterprise:1.0"], "userName": "u",
                "department": "D", "manager": { "managerId": "m", "displayName": "M" }, "active": "true",
            }),
            json!({
                "userName": "u", "active": true,
                ENTERPRISE: { "department": "D", "manager": { "value": "m", "displayName": "M" } },
            }),
        ),
    ];
    for (quirk, body, expected) in cases {
        assert_eq!(kept(body), expected, "{quirk}");
    }
}

/// A user with something of everything.
fn user() -> Value {
    json!({
        "userName": "u", "active": true, "title": "T", "name": { "givenName": "G", "familyName": "F" },
        "emails": [{ "value": "w", "type": "work", "primary": true }, { "value": "h", "type": "home" }],
        ENTERPRISE: { "department": "D", "manager": { "value": "m" } },
    })
}

/// [`user`], but for these attributes; null takes one away.
fn user_but(changes: &Value) -> Value {
    let mut user = user();
    for (name, value) in changes.as_object().unwrap() {
        user[name] = value.clone();
    }
    user.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    user
}

fn with_manager(manager: &Value) -> Value {
    json!({ ENTERPRISE: { "department": "D", "manager": manager } })
}

/// What an operation changes of [`user`]; all else stays.
fn check(quirk: &str, operations: &Value, changes: &Value) {
    assert_eq!(patched(&user(), operations), user_but(changes), "{quirk}");
}

#[test]
fn operations_on_single_values() {
    let of = |name: &str| format!("{ENTERPRISE}:{name}");
    for operation in [
        json!({ "op": "Replace", "path": "active", "value": "False" }),
        json!({ "op": "replace", "path": "active", "value": ["false"] }),
        json!({ "op": "replace", "value": { "active": false } }),
        json!({ "op": "replace", "path": null, "value": { "active": "FALSE" } }),
        json!({ "path": "ACTIVE", "value": false }),
    ] {
        check("entra-bool-string and others", &json!([operation]), &json!({ "active": false }));
    }
    let operations = json!([
        { "op": "replace", "path": "active", "value": "false" }, { "op": "replace", "path": "userName", "value": "v" },
        { "op": "replace", "path": "displayName", "value": "V" },
    ]);
    check("keycloak-bool-string", &operations, &json!({ "active": false, "userName": "v", "displayName": "V" }));
    check(
        "any-username-change",
        &json!([{ "op": "replace", "value": { "userName": "v" } }]),
        &json!({ "userName": "v" }),
    );
    let operations = json!([
        { "op": "remove", "path": "title" }, { "op": "add", "path": "title", "value": "1" },
        { "op": "replace", "path": "title", "value": "2" }, { "op": "add", "path": "nickName", "value": "N" },
        { "op": "remove", "path": "nickName" },
    ]);
    check("any-ordered-ops", &operations, &json!({ "title": "2" }));
    check(
        "entra-never-clears",
        &json!([{ "op": "Add", "path": "nickName", "value": "N" }]),
        &json!({ "nickName": "N" }),
    );
    check("entra-validator-empty-ops", &json!([]), &json!({}));
    check("okta-password-always", &json!([{ "op": "replace", "value": { "password": "secret" } }]), &json!({}));
    let partial = json!([
        { "op": "replace", "value": { "name": { "givenName": "H" } } },
        { "op": "replace", "value": { "name": { "familyName": "I" } } },
    ]);
    check("sailpoint-partial-complex", &partial, &json!({ "name": { "givenName": "H", "familyName": "I" } }));
    let dotted = json!([{ "op": "replace", "value": { "name.familyName": "X", of("department"): "E" } }]);
    let changes = json!({
        "name": { "givenName": "G", "familyName": "X" }, ENTERPRISE: { "department": "E", "manager": { "value": "m" } },
    });
    check("entra-dotted-keys, entra-urn-keys-in-value", &dotted, &changes);
    let custom = json!([{ "op": "add", "value": { format!("{HARBOUR}:berth"): "N-17" } }]);
    check("entra-custom-urn-undeclared", &custom, &json!({ HARBOUR: { "berth": "N-17" } }));
}

#[test]
fn operations_on_the_manager() {
    let path = format!("{ENTERPRISE}:manager");
    let link = "https://x.example/Users/n";
    let array = json!([{ "op": "Replace", "path": "manager", "value": [{ "$ref": link, "value": "n" }] }]);
    check("entra-manager-array", &array, &with_manager(&json!({ "value": "n", "$ref": link })));
    let string = json!([{ "op": "Add", "path": path, "value": "n" }]);
    check("entra-manager-bare-string", &string, &with_manager(&json!({ "value": "n" })));
    for empty in [json!(""), json!({ "value": "" }), json!([{ "value": "" }])] {
        let cleared = json!([{ "op": "Replace", "path": path, "value": empty }]);
        check("entra-manager-empty-string", &cleared, &json!({ ENTERPRISE: { "department": "D" } }));
    }
}

#[test]
fn operations_on_lists() {
    let (work, home) =
        (json!({ "value": "w", "type": "work", "primary": true }), json!({ "value": "h", "type": "home" }));
    let primary = json!([{ "op": "replace", "path": "emails[primary eq true].value", "value": "p" }]);
    let replaced = json!([{ "value": "p", "type": "work", "primary": true }, home]);
    check("any-filtered-path-primary-true", &primary, &json!({ "emails": replaced }));
    let none = json!({ "userName": "u", "emails": [home] });
    let created = json!({ "userName": "u", "emails": [home, { "primary": true, "value": "p" }] });
    assert_eq!(patched(&none, &primary), created, "any-filtered-path-primary-true");
    let flip = json!([{ "op": "replace", "path": "emails[type eq \"home\"].primary", "value": "True" }]);
    let flipped = json!([
        { "value": "w", "type": "work", "primary": false }, { "value": "h", "type": "home", "primary": true },
    ]);
    check("any-primary-flip", &flip, &json!({ "emails": flipped }));
    let null = json!([{ "op": "replace", "path": "emails[type eq \"home\"].value", "value": null }]);
    check("any-null-in-patch", &null, &json!({ "emails": [work] }));
    let role = json!([{ "op": "Add", "path": "roles[primary eq \"True\"].value", "value": "lead" }]);
    check("entra-string-bool-in-filter", &role, &json!({ "roles": [{ "primary": true, "value": "lead" }] }));
    let before = user_but(&json!({ "roles": [{ "primary": true, "value": "mate" }, { "value": "cook" }] }));
    let after = user_but(&json!({ "roles": [{ "primary": true, "value": "lead" }, { "value": "cook" }] }));
    assert_eq!(patched(&before, &role), after, "entra-string-bool-in-filter");
}

/// `entra-role-json-string`: a role comes as a JSON document in a string.
#[test]
fn a_role_in_a_string() {
    let text = json!({ "id": "3b0c9a72", "value": "berth.planner", "displayName": "Berth Planner" }).to_string();
    let roles = json!([{ "value": "berth.planner", "display": "Berth Planner" }]);
    let body = json!({ "userName": "u", "roles": [{ "value": text }] });
    assert_eq!(kept(body), json!({ "userName": "u", "roles": roles }));
    check(
        "entra-role-json-string",
        &json!([{ "op": "Add", "path": "roles", "value": [{ "value": text }] }]),
        &json!({ "roles": roles }),
    );
}

#[test]
fn an_attribute_that_no_schema_has_is_dropped_and_told() {
    let operations = json!([
        { "op": "replace", "path": "favouriteKnot", "value": "bowline" }, { "op": "replace", "path": "title", "value": "U" },
    ]);
    check("any-unknown-attribute", &operations, &json!({ "title": "U" }));
    let patch = Patch::parse(&USER, json!({ "Operations": operations }), &Lenience::all()).unwrap();
    let document: Document = serde_json::from_value(user()).unwrap();
    let told = patch.apply(&document).unwrap().departures;
    let dropped = |told: &scim::Departure| told.option == Leniency::DropUnknown && told.path == "favouriteKnot";
    assert!(told.iter().any(dropped), "{told:?}");
}

#[test]
fn operations_on_members() {
    let references = |values: &[&str]| values.iter().map(|&value| Reference::new(value)).collect::<Vec<_>>();
    let relative = json!([{ "value": "a", "$ref": "Users/a" }]);
    let cases = [
        (
            "any-pathless-members",
            json!({ "op": "Add", "value": { "members": [{ "value": "a" }] } }),
            vec![DetachedChange::Add(references(&["a"]))],
        ),
        (
            "entra-ref-null-member",
            json!({ "op": "Add", "path": "members", "value": [{ "$ref": null, "value": "a" }] }),
            vec![DetachedChange::Add(references(&["a"]))],
        ),
        (
            "keycloak-relative-ref",
            json!({ "op": "replace", "path": "members", "value": relative }),
            vec![DetachedChange::Replace(references(&["a"]))],
        ),
        (
            "keycloak-remove-members-no-value",
            json!({ "op": "remove", "path": "members" }),
            vec![DetachedChange::RemoveAll],
        ),
        ("any-remove-empty-array-noop", json!({ "op": "Remove", "path": "members", "value": [] }), vec![]),
    ];
    for (quirk, operation, expected) in cases {
        let patch = Patch::parse(&GROUP, json!({ "Operations": [operation] }), &Lenience::all()).unwrap();
        assert_eq!(patch.detached(), expected, "{quirk}");
        assert!(!patch.touches_document(), "{quirk}");
    }
}

#[test]
fn filters() {
    let cases = [
        ("rippling-email-match", "emails eq \"W\"", true),
        ("rippling-email-match", "emails.value eq \"w\"", true),
        ("rippling-email-match", "emails[primary eq true].value eq \"w\"", true),
        ("rippling-email-match", "emails[primary eq true].value eq \"h\"", false),
        ("ping-emails-eq", "emails eq \"h\"", true),
        ("ping-emails-eq", "emails eq \"x\"", false),
        ("entra-valuepath-dot-filter", "emails[type eq \"work\"].value eq \"w\"", true),
        ("entra-valuepath-dot-filter", "emails[type eq \"work\"].value eq \"h\"", false),
        ("entra-string-bool-in-filter", "emails[primary eq \"True\"].value eq \"w\"", true),
        ("entra-reference-filter", "manager eq \"m\" and userName eq \"U\"", true),
        ("entra-unquoted-filter", "userName eq u", true),
    ];
    for (quirk, filter, expected) in cases {
        let parsed = Filter::parse(&USER, filter, &Lenience::all()).unwrap();
        assert_eq!(parsed.matches(&user()), expected, "{quirk}: {filter}");
    }
}

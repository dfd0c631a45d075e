//! Whatever arrives: no panic, and what comes out is clean.

use proptest::prelude::*;

use super::*;

/// Any JSON, with the names that matter more often than chance has them.
fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        name().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((name(), inner), 0..4).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

fn name() -> impl Strategy<Value = String> {
    proptest::sample::select(vec![
        "op",
        "path",
        "value",
        "schemas",
        "Operations",
        "userName",
        "active",
        "Name",
        "emails",
        "members",
        "groups",
        "type",
        "primary",
        "$ref",
        "manager",
        "name.givenName",
        "emails.value",
        "emails[type eq \"work\"]",
        "emails[type eq \"work\"].value",
        "roles[primary eq \"True\"].value",
        "addresses[value pr]",
        "members[value eq \"a\"]",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
        "urn:ietf:params:scim:schemas:core:2.0:User",
        "urn:x:y",
        "urn:x:y:a.b",
        "urn:x:y:2.0",
        "http://x",
        "",
        "é",
        "add",
        "True",
    ])
    .prop_map(str::to_owned)
}

fn operation() -> impl Strategy<Value = Value> {
    let op = proptest::sample::select(vec!["add", "Replace", "remove"]);
    (op, proptest::option::of(name()), proptest::option::of(json())).prop_map(|(op, path, value)| {
        let mut operation = json!({ "op": op });
        if let Some(path) = path {
            operation["path"] = path.into();
        }
        if let Some(value) = value {
            operation["value"] = value;
        }
        operation
    })
}

fn is_clean(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(items) => !items.is_empty() && items.iter().all(is_clean),
        Value::Object(members) => !members.is_empty() && members.values().all(is_clean),
        _ => true,
    }
}

fn is_clean_document(document: &Document) -> bool {
    let members = document.as_map();
    let server = ["id", "schemas", "meta", "groups", "members", "password"];
    members.values().all(is_clean) && !server.iter().any(|name| members.contains_key(*name))
}

proptest! {
    #[test]
    fn any_body(body in json(), strict in any::<bool>()) {
        let lenience = if strict { Lenience::default() } else { Lenience::all() };
        let _ = Patch::parse(&USER, body.clone(), &lenience);
        let _ = Patch::parse(&GROUP, body.clone(), &lenience);
        if let Ok(parsed) = crate::resource::parse(&USER, body, &lenience) {
            prop_assert!(is_clean_document(&parsed.document), "{:?}", parsed.document);
        }
    }

    #[test]
    fn any_operations(
        mut user in json(),
        operations in proptest::collection::vec(operation(), 1..5),
        strict in any::<bool>(),
    ) {
        if let Value::Object(members) = &mut user {
            members.insert("userName".into(), "u".into());
        }
        let Ok(parsed) = crate::resource::parse(&USER, user, &Lenience::all()) else { return Ok(()) };
        let body = json!({ "schemas": [PATCH_SCHEMA], "Operations": operations });
        let lenience = if strict { Lenience::default() } else { Lenience::all() };
        let Ok(patch) = Patch::parse(&USER, body, &lenience) else { return Ok(()) };
        if let Ok(applied) = patch.apply(&parsed.document) {
            prop_assert!(is_clean_document(&applied.document), "{:?}", applied.document);
            prop_assert!(applied.document.text("userName").is_some());
        }
    }
}

//! At the limits and past them.

use super::*;
use crate::limits::{
    MAX_ASSIGNMENTS, MAX_COMPARED_BYTES, MAX_DOCUMENT_BYTES, MAX_MEMBERS, MAX_NAME_BYTES, MAX_OPERATIONS,
    MAX_REFERENCES, MAX_VALUES, weight,
};

fn patch(resource_type: &'static ResourceType, operations: &[Value]) -> Result<Patch, Error> {
    Patch::parse(resource_type, json!({ "Operations": operations }), &Lenience::all())
}

#[test]
fn operations() {
    let many = |count: usize| patch(&USER, &vec![json!({ "op": "add", "path": "title", "value": "x" }); count]);
    assert!(many(MAX_OPERATIONS).is_ok());
    assert_eq!(many(MAX_OPERATIONS + 1), Err(Error::too_large("more than 1000 operations")));
}

#[test]
fn assignments() {
    let keys = [
        "title",
        "nickName",
        "locale",
        "timezone",
        "userType",
        "displayName",
        "externalId",
        "userName",
        "profileUrl",
        "preferredLanguage",
        "department",
    ];
    let operation = |count: usize| {
        let value: Value = keys[..count].iter().map(|&key| (key.to_owned(), json!("x"))).collect();
        json!({ "op": "add", "value": value })
    };
    let each = MAX_ASSIGNMENTS / MAX_OPERATIONS;
    let mut operations = vec![operation(each); MAX_OPERATIONS];
    assert!(patch(&USER, &operations).is_ok());
    operations[MAX_OPERATIONS - 1] = operation(each + 1);
    let error = Error::invalid_value("operation 1000: more than 10000 attributes in one request");
    assert_eq!(patch(&USER, &operations), Err(error));
}

#[test]
fn references() {
    let many = |count: usize| {
        let half: Vec<_> = (0..count / 2).map(|n| n.to_string()).collect();
        let rest: Vec<_> = (count / 2..count).map(|n| n.to_string()).collect();
        let operation = |op: &str, values: Vec<String>| json!({ "op": op, "path": "members", "value": values });
        patch(&GROUP, &[operation("add", half), operation("remove", rest)])
    };
    assert!(many(MAX_REFERENCES).is_ok());
    let error = many(MAX_REFERENCES + 1).unwrap_err();
    assert_eq!(error, Error::invalid_value("operation 2: more than 100000 values of members in one request"));
}

#[test]
fn values_by_many_requests() {
    let full: Vec<_> = (0..MAX_VALUES).map(|n| json!({ "value": n.to_string() })).collect();
    let document = serde_json::from_value(json!({ "roles": full })).unwrap();
    let add = |value: &str| {
        let patch = patch(&USER, &[json!({ "op": "add", "path": "roles", "value": [{ "value": value }] })]).unwrap();
        patch.apply(&document).map(|_| ())
    };
    assert_eq!(add("0"), Ok(()));
    assert_eq!(add("x"), Err(Error::invalid_value("operation 1: roles takes at most 1000 values")));
}

#[test]
fn work() {
    let operations = |count: usize| {
        let path = format!("roles[{}].display", vec!["value co \"e\""; 100].join(" or "));
        vec![json!({ "op": "remove", "path": path }); count]
    };
    let roles: Vec<_> = (0..100).map(|n| json!({ "value": n.to_string() })).collect();
    let each = 100 * roles.iter().map(weight).sum::<usize>();
    let document = serde_json::from_value(json!({ "roles": roles })).unwrap();
    let apply = |count: usize| patch(&USER, &operations(count)).unwrap().apply(&document).map(|_| ());
    assert_eq!(apply(MAX_COMPARED_BYTES / each), Ok(()));
    let error = apply(MAX_COMPARED_BYTES / each + 1).unwrap_err();
    assert_eq!(error.scim_type, Some(ScimType::TooMany));
}

/// Folding is what costs: the same in ASCII is let through.
#[test]
fn folding() {
    let remove = |value: &str, count: usize| {
        let document = serde_json::from_value(json!({ "roles": [{ "value": value }] })).unwrap();
        let operation = json!({ "op": "remove", "path": "roles[display co \"x\"]" });
        patch(&USER, &vec![operation; count]).unwrap().apply(&document).map(|_| ()).map_err(|error| error.scim_type)
    };
    assert_eq!(remove(&"e".repeat(20_000), 20), Ok(()));
    assert_eq!(remove(&"\u{fdfa}".repeat(6_666), 10), Ok(()));
    assert_eq!(remove(&"\u{fdfa}".repeat(6_666), 20), Err(Some(ScimType::TooMany)));
}

#[test]
fn one_value_in_many_entries() {
    let roles: Vec<_> = (0..4).map(|n| json!({ "value": n.to_string() })).collect();
    let document = serde_json::from_value(json!({ "roles": roles })).unwrap();
    let write = |bytes: usize| {
        let operation = json!({ "op": "add", "path": "roles.display", "value": "x".repeat(bytes) });
        patch(&USER, &[operation]).unwrap().apply(&document).map(|_| ()).map_err(|error| error.status)
    };
    assert_eq!(write(MAX_DOCUMENT_BYTES / 4 - 100), Ok(()));
    assert_eq!(write(MAX_DOCUMENT_BYTES / 4), Err(413));
}

#[test]
fn attributes_of_an_extension_by_many_requests() {
    let full: Value = (0..MAX_MEMBERS).map(|n| (n.to_string(), json!(n))).collect();
    let document = serde_json::from_value(json!({ "urn:x:y": full })).unwrap();
    let add = |name: &str| {
        let name = format!("urn:x:y:{name}");
        let patch = patch(&USER, &[json!({ "op": "add", "path": name, "value": 1 })]).unwrap();
        patch.apply(&document).map(|_| ())
    };
    assert_eq!(add("0"), Ok(()));
    assert_eq!(add("x"), Err(Error::invalid_value("operation 1: more than 1000 attributes in \"urn:x:y\"")));
}

#[test]
fn long_names() {
    let document = serde_json::from_value(json!({ "userName": "u" })).unwrap();
    let name = |bytes: usize| {
        let operation = json!({ "op": "add", "path": "emails[type eq \"work\"].value", "value": "x".repeat(bytes) });
        patch(&USER, &[operation]).unwrap().apply(&document).map(|_| ())
    };
    assert_eq!(name(MAX_NAME_BYTES), Ok(()));
    assert_eq!(name(MAX_NAME_BYTES + 1), Err(Error::invalid_value("emails.value is longer than 1024 bytes")));
}

#[test]
fn size_by_many_requests() {
    let document: Document = serde_json::from_value(json!({ "userName": "u" })).unwrap();
    let grow = |bytes: usize| {
        let title = "x".repeat(bytes - r#"{"userName":"u","title":""}"#.len());
        let patch = patch(&USER, &[json!({ "op": "add", "path": "title", "value": title })]).unwrap();
        patch.apply(&document).map(|_| ()).map_err(|error| error.status)
    };
    assert_eq!(grow(MAX_DOCUMENT_BYTES), Ok(()));
    assert_eq!(grow(MAX_DOCUMENT_BYTES + 1), Err(413));
}

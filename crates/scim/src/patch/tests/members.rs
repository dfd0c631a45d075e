//! The detached attribute of groups.

use super::*;
use crate::filter::Filter;

fn changes(lenience: Lenience, operations: &Value) -> Result<Vec<DetachedChange>, (ScimType, String)> {
    let body = json!({ "schemas": [PATCH_SCHEMA], "Operations": operations });
    let patch = Patch::parse(&GROUP, body, &lenience).map_err(|error| (error.scim_type.unwrap(), error.detail))?;
    assert!(!patch.touches_document());
    let document = Document::default();
    let applied = patch.apply(&document).unwrap();
    assert_eq!(applied.document, document);
    Ok(applied.detached.to_vec())
}

fn check(operation: &Value, expected: &[DetachedChange]) {
    assert_eq!(changes(Lenience::all(), &json!([operation])).as_deref(), Ok(expected), "{operation}");
}

fn references<const N: usize>(values: [&str; N]) -> Vec<Reference> {
    values.map(Reference::new).into()
}

fn remove<const N: usize>(values: [&str; N]) -> DetachedChange {
    DetachedChange::Remove(values.map(str::to_owned).into())
}

#[test]
fn n22_add() {
    let added = [DetachedChange::Add(references(["a", "b"]))];
    check(
        &json!({ "op": "add", "path": "members", "value": [{ "$ref": null, "value": "a" }, { "value": "b" }, "a"] }),
        &added,
    );
    check(&json!({ "op": "add", "value": { "Members": [{ "value": "a" }, { "value": "b" }] } }), &added);
    check(
        &json!({ "op": "add", "path": "members", "value": { "value": "a" } }),
        &[DetachedChange::Add(references(["a"]))],
    );
    check(&json!({ "op": "add", "path": "members", "value": [] }), &[]);
    check(&json!({ "op": "add", "path": "members", "value": null }), &[]);
    check(
        &json!({ "op": "add", "path": "members[value eq \"a\"]", "value": { "value": "a" } }),
        &[DetachedChange::Add(references(["a"]))],
    );
}

#[test]
fn n19_remove() {
    check(&json!({ "op": "remove", "path": "members[value eq \"a\"]" }), &[remove(["a"])]);
    check(&json!({ "op": "remove", "path": "members[value eq \"a\"]", "value": null }), &[remove(["a"])]);
    check(&json!({ "op": "remove", "path": "members[value eq \"a\" or value eq \"b\"]" }), &[remove(["a", "b"])]);
    check(&json!({ "op": "remove", "path": "members", "value": [{ "$ref": null, "value": "a" }] }), &[remove(["a"])]);
    check(&json!({ "op": "remove", "path": "members", "value": "a" }), &[remove(["a"])]);
    check(&json!({ "op": "remove", "path": "members", "value": [] }), &[]);
    check(&json!({ "op": "remove", "path": "members" }), &[DetachedChange::RemoveAll]);
    check(&json!({ "op": "remove", "path": "members", "value": null }), &[]);
    check(&json!({ "op": "remove", "path": "members[value eq \"a\"].value" }), &[remove(["a"])]);
    let Ok(Filter::Entry { filter, .. }) = Filter::parse(&GROUP, "members[type eq \"Group\"]", &Lenience::default())
    else {
        panic!("a value path");
    };
    check(&json!({ "op": "remove", "path": "members[type eq \"Group\"]" }), &[DetachedChange::RemoveWhere(*filter)]);
    let by_name = changes(Lenience::all(), &json!([{ "op": "remove", "path": "members[display eq \"Ann\"]" }]));
    let detail = "operation 1: entries of members are selected by value or type";
    assert_eq!(by_name, Err((ScimType::InvalidFilter, detail.to_owned())));
    let listed = changes(Lenience::default(), &json!([{ "op": "remove", "path": "members", "value": ["a"] }]));
    let detail = "operation 1: remove takes no value: select the values of members by a filter in the path";
    assert_eq!(listed, Err((ScimType::InvalidSyntax, detail.to_owned())));
}

#[test]
fn n20_replace() {
    check(
        &json!({ "op": "replace", "path": "members", "value": [{ "value": "a", "display": "A" }] }),
        &[DetachedChange::Replace(references(["a"]))],
    );
    check(&json!({ "op": "replace", "path": "members", "value": [] }), &[DetachedChange::Replace(vec![])]);
    check(&json!({ "op": "replace", "path": "members", "value": null }), &[DetachedChange::Replace(vec![])]);
    check(&json!({ "op": "replace", "value": { "members": ["a"] } }), &[DetachedChange::Replace(references(["a"]))]);
    let swapped = [remove(["a"]), DetachedChange::Add(references(["b"]))];
    check(&json!({ "op": "replace", "path": "members[value eq \"a\"]", "value": { "value": "b" } }), &swapped);
}

#[test]
fn n21_in_order() {
    let operations = json!([
        { "op": "remove", "path": "members[value eq \"a\"]" },
        { "op": "add", "path": "members", "value": [{ "value": "c" }] },
        { "op": "remove", "path": "members" },
    ]);
    let expected = vec![remove(["a"]), DetachedChange::Add(references(["c"])), DetachedChange::RemoveAll];
    assert_eq!(changes(Lenience::default(), &operations), Ok(expected));
}

#[test]
fn parts_of_a_member_never_change() {
    let operations = json!([{ "op": "replace", "path": "members[value eq \"a\"].display", "value": "A" }]);
    let strict = changes(Lenience::default(), &operations);
    assert_eq!(strict, Err((ScimType::Mutability, "operation 1: members.display is immutable".to_owned())));
    assert_eq!(changes(Lenience::default().with(Leniency::IgnoreReadOnly), &operations), Ok(vec![]));
    for path in ["members.value", "members[value eq \"a\"].value"] {
        let strict = changes(Lenience::default(), &json!([{ "op": "remove", "path": path }]));
        assert_eq!(strict, Err((ScimType::Mutability, "operation 1: members.value is immutable".to_owned())), "{path}");
    }
}

#[test]
fn a_rename_keeps_the_members() {
    let body = json!({ "Operations": [{ "op": "replace", "value": { "id": "x", "displayName": "New" } }] });
    let patch = Patch::parse(&GROUP, body, &Lenience::all()).unwrap();
    let document = serde_json::from_value(json!({ "displayName": "Old" })).unwrap();
    let applied = patch.apply(&document).unwrap();
    assert_eq!(serde_json::to_value(applied.document).unwrap(), json!({ "displayName": "New" }));
    assert_eq!(applied.detached, []);
    let options: Vec<_> =
        applied.departures.iter().map(|departure| (departure.option, departure.path.as_str())).collect();
    assert_eq!(options, [(Leniency::AdvisorySchemas, "schemas"), (Leniency::IgnoreReadOnly, "id")]);
}

#[test]
fn display_name_is_required() {
    let body = json!({ "Operations": [{ "op": "remove", "path": "displayName" }] });
    let error = Patch::parse(&GROUP, body, &Lenience::all()).unwrap_err();
    assert_eq!(error, Error::mutability("operation 1: displayName cannot be removed"));
}

//! Extensions without a schema (N12).

use super::*;

const URN: &str = "urn:x:Harbour:2.0:User";

fn check(before: &Value, operation: &Value, expected: &Value) {
    let before = json!({ URN: before });
    let expected = if expected.is_null() { json!({}) } else { json!({ URN: expected }) };
    assert_eq!(patched(Lenience::all(), &before, &json!([operation])), Ok(expected), "{operation}");
    let refused = patched(Lenience::all().without(Leniency::OpenExtensions), &before, &json!([operation]));
    assert_eq!(refused.map_err(|(scim_type, _)| scim_type), Err(ScimType::InvalidPath), "{operation}");
}

#[test]
fn blocks_merge_by_attribute() {
    let block = json!({ "berth": "1", "list": ["a"] });
    let merged = json!({ "berth": "2", "list": ["a"], "new": 3 });
    check(&block, &json!({ "op": "replace", "value": { URN: { "BERTH": "2", "new": 3 } } }), &merged);
    check(&block, &json!({ "op": "add", "path": URN.to_lowercase(), "value": { "berth": "2", "new": 3 } }), &merged);
    let unassigned = json!({ URN: { "berth": null, "absent": null } });
    check(&block, &json!({ "op": "replace", "value": unassigned }), &json!({ "list": ["a"] }));
    check(&json!({ "berth": "1" }), &json!({ "op": "add", "value": unassigned }), &json!(null));
    check(&block, &json!({ "op": "remove", "path": URN }), &json!(null));
    check(&block, &json!({ "op": "replace", "value": { URN: null } }), &json!(null));
    check(&block, &json!({ "op": "add", "value": { URN: null } }), &block);
}

#[test]
fn attributes_by_path_and_key() {
    let block = json!({ "berth": "1", "list": ["a"] });
    let replaced = json!({ "berth": "2", "list": ["a"] });
    check(&block, &json!({ "op": "replace", "path": format!("{URN}:Berth"), "value": "2" }), &replaced);
    check(&block, &json!({ "op": "add", "value": { format!("{URN}:berth"): "2" } }), &replaced);
    check(&block, &json!({ "op": "remove", "path": format!("{URN}:berth") }), &json!({ "list": ["a"] }));
    check(&block, &json!({ "op": "remove", "path": format!("{URN}:absent") }), &block);
    let longer = json!({ "berth": "1", "list": ["a", "b"] });
    check(&block, &json!({ "op": "add", "path": format!("{URN}:list"), "value": ["a", "b"] }), &longer);
    check(
        &block,
        &json!({ "op": "replace", "path": format!("{URN}:list"), "value": ["b"] }),
        &json!({ "berth": "1", "list": ["b"] }),
    );
    let complex = json!({ "berth": "1", "list": ["a"], "pier": { "code": 7 } });
    check(&block, &json!({ "op": "add", "path": format!("{URN}:pier.code"), "value": 7 }), &complex);
    check(&complex, &json!({ "op": "remove", "path": format!("{URN}:pier.code") }), &block);
}

#[test]
fn a_block_is_an_object() {
    let operations = json!([{ "op": "replace", "path": URN, "value": "x" }]);
    let refused = patched(Lenience::all(), &json!({ URN: { "berth": 1 } }), &operations);
    let detail = format!("operation 1: \"{URN}\" must be an object");
    assert_eq!(refused, Err((ScimType::InvalidValue, detail)));
}

#[test]
fn the_first_attribute_makes_the_block() {
    let operations = json!([{ "op": "add", "value": { format!("{URN}:berth"): "N-17" } }]);
    assert_eq!(patched(Lenience::all(), &json!({}), &operations), Ok(json!({ URN: { "berth": "N-17" } })));
    let operations = json!([{ "op": "remove", "path": format!("{URN}:berth") }]);
    assert_eq!(patched(Lenience::all(), &json!({ URN: { "berth": 1 } }), &operations), Ok(json!({})));
}

#[test]
fn an_attributes_value_holds_no_nulls() {
    let block = |value: &Value| json!({ "userName": "u", "urn:x:y": { "a": value } });
    let operations = json!([{ "op": "replace", "path": "urn:x:y:a", "value": { "b": null, "c": 1 } }]);
    let before = block(&json!(7));
    assert_eq!(patched(Lenience::all(), &before, &operations), Ok(block(&json!({ "c": 1 }))));
    let operations = json!([{ "op": "replace", "path": "urn:x:y:a", "value": { "b": null } }]);
    assert_eq!(patched(Lenience::all(), &before, &operations), Ok(json!({ "userName": "u" })));
}

use serde_json::json;

use super::*;
use crate::lenience::Lenience;
use crate::limits::MAX_DEPTH;
use crate::patch::Patch;
use crate::schema::{GROUP, USER};

fn members(count: usize) -> Vec<Value> {
    (0..count).map(|n| json!({"value": format!("user{n}"), "type": "User"})).collect()
}

/// Read as text and as a value, each body comes to the same, under all that is forgiven and under nothing.
fn check(body: &Value, is_long: bool) {
    let text = body.to_string();
    assert_eq!(resource(&GROUP, text.as_bytes()).is_some(), is_long, "{}", &text[..60]);
    for lenience in [Lenience::default(), Lenience::all()] {
        let read = crate::resource::read(&GROUP, text.as_bytes(), &lenience);
        assert_eq!(read, crate::resource::parse(&GROUP, body.clone(), &lenience));
    }
}

fn check_patch(operations: &Value, is_long: bool) {
    let body = json!({"schemas": [crate::PATCH_SCHEMA], "Operations": operations});
    let text = body.to_string();
    assert_eq!(patch(&GROUP, text.as_bytes()).is_some(), is_long, "{}", &text[..120]);
    for lenience in [Lenience::default(), Lenience::all()] {
        let read = Patch::read(&GROUP, text.as_bytes(), &lenience);
        assert_eq!(read, Patch::parse(&GROUP, body.clone(), &lenience));
    }
}

#[test]
fn a_long_list_is_read_as_a_short_one() {
    let schemas = json!([GROUP.schema.id]);
    check(&json!({"schemas": schemas, "displayName": "G", "members": members(3)}), false);
    check(&json!({"schemas": schemas, "members": members(2000), "displayName": "G"}), true);
    check(&json!({"schemas": schemas, "displayName": "G", "MEMBERS": members(2000), "externalId": "e"}), true);
    check(&json!({"displayName": "G", "members": members(2000), "x": "y".repeat(LONG)}), true);
    check(&json!({"schemas": schemas, "displayName": "x".repeat(LONG), "members": members(2)}), false);
    check(&json!({"schemas": schemas, "members": members(2000)}), true);
    let twice = [members(2000), members(1000)].concat();
    check(&json!({"schemas": schemas, "displayName": "G", "members": twice}), true);
}

/// What would be taken for another is read as a whole: names that differ in case alone, and what stands for a list.
#[test]
fn a_list_is_not_taken_for_another() {
    let (schemas, urn) = (json!([GROUP.schema.id]), GROUP.schema.id);
    check(&json!({"schemas": schemas, "displayName": "G", "MEMBERS": members(2000), "members": members(1000)}), false);
    let own = json!({"members": [null]});
    check(&json!({"schemas": schemas, "displayName": "G", "members": members(2000), urn: own}), false);
    for value in ["value", "Value"] {
        let long = json!([{"op": "replace", "VALUE": {"members": members(2000)}, value: {"x": "y".repeat(LONG)}}]);
        check_patch(&long, false);
        check_patch(&json!([{"op": "add", "path": "members", "VALUE": members(2000), value: members(1000)}]), false);
    }
}

/// As deep as a body may be, and deeper.
#[test]
fn depth_is_that_of_the_body() {
    let nested = |depth: usize| (0..depth).fold(json!("x"), |inner, _| json!([inner]));
    let entries = |depth: usize| {
        let entry = json!({"value": "a", "shoe": nested(depth - 1)});
        [members(2000), vec![entry]].concat()
    };
    for depth in [MAX_DEPTH - 2, MAX_DEPTH - 1] {
        check(&json!({"schemas": [GROUP.schema.id], "displayName": "G", "members": entries(depth)}), true);
    }
    let is_read = |operation: Value| {
        let body = json!({"Operations": [operation]});
        let read = Patch::read(&GROUP, body.to_string().as_bytes(), &Lenience::all()).is_ok();
        assert_eq!(read, Patch::parse(&GROUP, body, &Lenience::all()).is_ok());
        read
    };
    for (depth, expected) in [(MAX_DEPTH - 4, true), (MAX_DEPTH - 3, false)] {
        assert_eq!(is_read(json!({"op": "add", "path": "members", "value": entries(depth)})), expected, "{depth}");
        assert_eq!(is_read(json!({"op": "add", "value": {"members": entries(depth - 1)}})), expected, "{depth}");
    }
}

#[test]
fn what_is_wrong_in_a_long_list_is_told_as_in_a_short_one() {
    let with = |wrong: Value| {
        let mut members = members(2000);
        members[1000] = wrong;
        json!({"schemas": [GROUP.schema.id], "displayName": "G", "members": members})
    };
    for wrong in [json!(7), json!("user7"), json!({"display": "D"}), json!({"value": 7}), json!({"shoe": 1}), json!([])]
    {
        check(&with(wrong), true);
    }
    check(&with(json!({"value": "a\u{0}b"})), true);
    let many = members(crate::limits::MAX_REFERENCES + 1);
    check(&json!({"schemas": [GROUP.schema.id], "displayName": "G", "members": many}), true);
    let text = json!({"displayName": "G", "members": members(2000)}).to_string();
    let cut = crate::resource::read(&GROUP, &text.as_bytes()[..text.len() - 1], &Lenience::all());
    assert!(cut.is_err_and(|error| error.detail.starts_with("the body is not JSON")));
}

#[test]
fn operations_are_read_with_long_lists() {
    let short = json!([{"value": "a"}]);
    check_patch(&json!([{"op": "add", "path": "members", "value": short}]), false);
    for op in ["add", "remove", "replace", "Add", "turn"] {
        check_patch(&json!([{"op": op, "path": "members", "value": members(2000)}]), true);
        check_patch(&json!([{"op": op, "value": {"displayName": "G", "members": members(2000)}}]), true);
    }
    check_patch(
        &json!([
            {"op": "add", "path": "Members", "value": members(2000)}, {"op": "remove", "path": "members", "value": short},
            {"op": "replace", "path": "displayName", "value": "H"},
            {"op": "add", "path": "members", "value": members(1500)},
        ]),
        true,
    );
    check_patch(&json!([{"op": "add", "path": "members[value eq \"a\"]", "value": members(2000)}]), false);
    check_patch(&json!([{"op": "add", "path": "displayName", "value": members(2000)}]), false);
}

#[test]
fn a_users_groups_are_no_list_to_write() {
    let text = json!({"userName": "u", "groups": members(2000)}).to_string();
    assert!(resource(&USER, text.as_bytes()).is_none() && patch(&USER, text.as_bytes()).is_none());
}

//! Multi-valued attributes, their entries and the primary one.

use super::*;

fn user(emails: &Value) -> Value {
    json!({ "userName": "u", "emails": emails })
}

fn two() -> Value {
    user(&json!([{ "value": "a", "type": "work", "primary": true }, { "value": "b", "type": "home" }]))
}

#[test]
fn add_appends_what_is_new() {
    let before = user(&json!([{ "value": "a", "type": "work" }]));
    let add = |value: Value| json!([{ "op": "add", "path": "emails", "value": value }]);
    check(
        &before,
        &add(json!([{ "value": "b" }])),
        &user(&json!([{ "value": "a", "type": "work" }, { "value": "b" }])),
    );
    check(&before, &add(json!([{ "value": "a", "type": "work" }])), &before);
    let displayed = user(&json!([{ "value": "a", "type": "work", "display": "A" }]));
    check(&before, &add(json!([{ "value": "a", "type": "work", "display": "A" }])), &displayed);
    check(
        &before,
        &add(json!([{ "value": "a" }])),
        &user(&json!([{ "value": "a", "type": "work" }, { "value": "a" }])),
    );
    check(&before, &add(json!([])), &before);
    check(&before, &add(json!(null)), &before);
    check(&json!({}), &add(json!([{ "value": "a" }])), &json!({ "emails": [{ "value": "a" }] }));
}

#[test]
fn replace_is_the_whole_list() {
    let replace = |value: Value| json!([{ "op": "replace", "path": "emails", "value": value }]);
    check(&two(), &replace(json!([{ "value": "c" }])), &user(&json!([{ "value": "c" }])));
    check(&two(), &replace(json!([])), &json!({ "userName": "u" }));
    check(&two(), &replace(json!(null)), &json!({ "userName": "u" }));
    check(
        &two(),
        &json!([{ "op": "replace", "value": { "emails": [{ "value": "c" }] } }]),
        &user(&json!([{ "value": "c" }])),
    );
    check(&two(), &json!([{ "op": "remove", "path": "emails" }]), &json!({ "userName": "u" }));
}

#[test]
fn filtered_entries() {
    let expected = user(&json!([{ "value": "A", "type": "work", "primary": true }, { "value": "b", "type": "home" }]));
    let replace = json!([{ "op": "replace", "path": "emails[type EQ \"WORK\"].value", "value": "A" }]);
    check(&two(), &replace, &expected);
    check(&two(), &json!([{ "op": "add", "path": "emails[primary eq true]", "value": { "value": "A" } }]), &expected);
    let remove = json!([{ "op": "remove", "path": "emails[value sw \"a\" or type eq \"fax\"]" }]);
    check(&two(), &remove, &user(&json!([{ "value": "b", "type": "home" }])));
    check(&two(), &json!([{ "op": "remove", "path": "emails[value pr]" }]), &json!({ "userName": "u" }));
    let remove = json!([{ "op": "remove", "path": "emails[type eq \"work\"].primary" }]);
    check(&two(), &remove, &user(&json!([{ "value": "a", "type": "work" }, { "value": "b", "type": "home" }])));
    let replace = json!([{ "op": "replace", "path": "emails[value pr].display", "value": "d" }]);
    let all = json!([{ "value": "a", "type": "work", "primary": true, "display": "d" }, { "value": "b", "type": "home", "display": "d" }]);
    check(&two(), &replace, &user(&all));
}

#[test]
fn a_sub_attribute_of_every_entry() {
    let expected = user(&json!([{ "value": "a", "type": "x", "primary": true }, { "value": "b", "type": "x" }]));
    check(&two(), &json!([{ "op": "replace", "path": "emails.type", "value": "x" }]), &expected);
    check(&two(), &json!([{ "op": "remove", "path": "emails.display" }]), &two());
    check(&json!({}), &json!([{ "op": "remove", "path": "emails.display" }]), &json!({}));
}

#[test]
fn replacing_an_entry_leaves_nothing_of_it() {
    let operations = json!([{ "op": "replace", "path": "emails[type eq \"home\"]", "value": { "value": "B" } }]);
    let expected = user(&json!([{ "value": "a", "type": "work", "primary": true }, { "value": "B" }]));
    for lenience in [Lenience::default(), Lenience::all()] {
        assert_eq!(patched(lenience, &two(), &operations).as_ref(), Ok(&expected));
    }
}

#[test]
fn n17_what_a_filter_describes_as_blank_is_absent() {
    let operations = json!([{ "op": "add", "path": "phoneNumbers[type eq \"\"].value", "value": "1" }]);
    let found = patched(Lenience::all(), &json!({ "userName": "u" }), &operations);
    assert_eq!(found, Ok(json!({ "userName": "u", "phoneNumbers": [{ "value": "1" }] })));
}

#[test]
fn n17_filtered_paths_create() {
    let no_target = Err((ScimType::NoTarget, "operation 1: no entry of phoneNumbers matches the filter"));
    for op in ["add", "replace"] {
        check_lenient(
            Leniency::CreateEntries,
            &json!({ "userName": "u" }),
            &json!([
                { "op": op, "path": "phoneNumbers[type eq \"mobile\"].value", "value": "1" },
                { "op": op, "path": "phoneNumbers[type eq \"mobile\"].display", "value": "One" },
                { "op": op, "path": "phoneNumbers[type eq \"fax\" and primary eq true].value", "value": "2" },
            ]),
            no_target,
            &json!({ "userName": "u", "phoneNumbers": [
                { "type": "mobile", "value": "1", "display": "One" }, { "type": "fax", "primary": true, "value": "2" },
            ] }),
        );
    }
    for filter in ["type eq \"a\" or type eq \"b\"", "value co \"x\"", "not (type eq \"a\")"] {
        let operations = json!([{ "op": "add", "path": format!("phoneNumbers[{filter}].display"), "value": "x" }]);
        let detail = "operation 1: no entry of phoneNumbers matches the filter";
        check_refused(&json!({}), &operations, ScimType::NoTarget, detail);
    }
}

#[test]
fn n17_a_part_before_the_value() {
    let operations = json!([
        { "op": "add", "path": "emails[type eq \"other\"].primary", "value": "True" },
        { "op": "add", "path": "emails[type eq \"other\"].value", "value": "o" },
    ]);
    let expected = user(&json!([
        { "value": "a", "type": "work", "primary": false }, { "value": "b", "type": "home" },
        { "type": "other", "primary": true, "value": "o" },
    ]));
    assert_eq!(patched(Lenience::all(), &two(), &operations), Ok(expected));
}

#[test]
fn n18_removing_what_is_not_there() {
    for path in ["emails[type eq \"fax\"]", "emails[type eq \"fax\"].display"] {
        let strict = Err((ScimType::NoTarget, "operation 1: no entry of emails matches the filter"));
        check_lenient(Leniency::RemoveAbsent, &two(), &json!([{ "op": "remove", "path": path }]), strict, &two());
    }
}

#[test]
fn n19_removing_listed_values() {
    let remove = |value: Value| json!([{ "op": "remove", "path": "emails", "value": value }]);
    let detail = "operation 1: remove takes no value: select the values of emails by a filter in the path";
    let one = user(&json!([{ "value": "a", "type": "work", "primary": true }]));
    let strict = || Err((ScimType::InvalidSyntax, detail));
    check_lenient(Leniency::RemoveListed, &two(), &remove(json!([{ "value": "b" }])), strict(), &one);
    check_lenient(Leniency::RemoveListed, &two(), &remove(json!([{ "type": "home" }])), strict(), &one);
    check_lenient(Leniency::RemoveListed, &two(), &remove(json!([{ "value": "x" }])), strict(), &two());
    check_lenient(Leniency::RemoveListed, &two(), &remove(json!([])), strict(), &two());
    check(&two(), &remove(json!(null)), &json!({ "userName": "u" }));
    let title = json!([{ "op": "remove", "path": "title", "value": "x" }]);
    assert_eq!(patched(Lenience::all(), &json!({ "title": "y" }), &title), Ok(json!({ "title": "y" })));
}

#[test]
fn n23_the_primary_flag_moves() {
    let moved = user(
        &json!([{ "value": "a", "type": "work", "primary": false }, { "value": "b", "type": "home", "primary": true }]),
    );
    check(&two(), &json!([{ "op": "replace", "path": "emails[type eq \"home\"].primary", "value": true }]), &moved);
    check(
        &two(),
        &json!([{ "op": "add", "path": "emails", "value": [{ "value": "b", "type": "home", "primary": true }] }]),
        &moved,
    );
    let added = user(&json!([
        { "value": "a", "type": "work", "primary": false }, { "value": "b", "type": "home" }, { "value": "c", "primary": true },
    ]));
    check(&two(), &json!([{ "op": "add", "value": { "emails": [{ "value": "c", "primary": true }] } }]), &added);
    let all = json!([{ "op": "replace", "path": "emails[value pr].primary", "value": true }]);
    let first = user(
        &json!([{ "value": "a", "type": "work", "primary": true }, { "value": "b", "type": "home", "primary": false }]),
    );
    check(&two(), &all, &first);
}

#[test]
fn an_entry_without_its_value_goes() {
    let operations = json!([{ "op": "replace", "path": "emails[type eq \"home\"].value", "value": null }]);
    let hollow = user(&json!([{ "value": "a", "type": "work", "primary": true }, { "type": "home" }]));
    let gone = user(&json!([{ "value": "a", "type": "work", "primary": true }]));
    check_lenient(Leniency::DropHollow, &two(), &operations, Ok(&hollow), &gone);
}

#[test]
fn wrong_paths() {
    let add = |path: &str| json!([{ "op": "add", "path": path, "value": "x" }]);
    let refused = |path: &str, scim_type, detail: &str| {
        check_refused(&two(), &add(path), scim_type, &format!("operation 1: {detail}"));
    };
    refused("title[type eq \"x\"]", ScimType::InvalidPath, "title has no entries to filter");
    refused("emails[type eq \"x\"", ScimType::InvalidFilter, "expected \"]\", found the end");
    refused("emails[shoeSize eq \"x\"].value", ScimType::InvalidFilter, "unknown attribute \"shoeSize\"");
    refused(
        "emails[type eq \"x\"] value",
        ScimType::InvalidFilter,
        "expected \"and\", \"or\" or the end, found a word at character 21",
    );
    refused("[type eq \"x\"]", ScimType::InvalidPath, "the path does not begin with an attribute");
    refused("name givenName", ScimType::InvalidPath, "\"name givenName\" is no attribute path");
    refused(" ", ScimType::InvalidPath, "\"\" is no attribute path");
}

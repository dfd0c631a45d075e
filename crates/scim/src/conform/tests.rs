use serde_json::json;

use super::*;
use crate::lenience::Lenience;
use crate::limits::MAX_VALUES;
use crate::schema::{ENTERPRISE_USER, USER};

fn conformed(lenience: Lenience, name: &str, value: Value) -> (Result<Option<Value>, Error>, Vec<Leniency>) {
    let (extension, attribute) = match USER.attribute(name) {
        Some(attribute) => (None, attribute),
        None => (Some(&ENTERPRISE_USER), ENTERPRISE_USER.attribute(name).unwrap()),
    };
    let mut leeway = Leeway::new(lenience);
    let result = conform(attribute, Place::of(extension, attribute), value, &mut leeway);
    (result, leeway.departures.into_iter().map(|departure| departure.option).collect())
}

/// What `value` becomes by the letter; null is unassigned.
#[expect(clippy::needless_pass_by_value, reason = "cases read better without borrows")]
fn check(name: &str, value: Value, expected: Result<Value, &str>) {
    let (result, departures) = conformed(Lenience::default(), name, value.clone());
    assert_eq!(departures, []);
    let result = result.map(Option::unwrap_or_default);
    assert_eq!(result, expected.map_err(Error::invalid_value), "{name} {value}");
}

/// An option is needed for `value`, and enough; nothing else is said to have been used.
fn check_lenient(name: &str, value: &Value, option: Leniency, expected: &Value) {
    let (strict, _) = conformed(Lenience::all().without(option), name, value.clone());
    assert_ne!(strict.map(Option::unwrap_or_default).as_ref(), Ok(expected), "{name} {value}");
    let (lenient, departures) = conformed(Lenience::default().with(option), name, value.clone());
    assert_eq!(lenient.map(Option::unwrap_or_default).as_ref(), Ok(expected), "{name} {value}");
    assert_eq!(departures, [option], "{name} {value}");
}

#[test]
fn types() {
    check("title", json!("x"), Ok(json!("x")));
    check("title", json!(1), Err("title must be a string"));
    check("title", json!({}), Err("title must be a string"));
    check("active", json!(false), Ok(json!(false)));
    check("active", json!("False"), Err("active must be a boolean, true or false"));
    check("profileUrl", json!("https://x.example"), Ok(json!("https://x.example")));
    check("x509Certificates", json!([{ "value": "YQ==" }]), Ok(json!([{ "value": "YQ==" }])));
    check("x509Certificates", json!([{ "value": "é" }]), Err("x509Certificates.value must be base64 in a string"));
    check("name", json!("x"), Err("name must be an object"));
    check("emails", json!([1]), Err("emails must be an object"));
    check("manager", json!(1), Err(&format!("{}:manager must be an object", ENTERPRISE_USER.id)));
}

#[test]
fn null_absent_and_empty_are_one() {
    check("title", json!(null), Ok(json!(null)));
    check("title", json!([]), Ok(json!(null)));
    check("emails", json!([]), Ok(json!(null)));
    check("emails", json!([null, {}, { "value": null }]), Ok(json!(null)));
    check("name", json!({ "givenName": null, "familyName": "f" }), Ok(json!({ "familyName": "f" })));
}

#[test]
fn names_get_the_case_of_the_schema() {
    let value = json!([{ "VALUE": "a", "Type": "Work", "primary": true }]);
    check("emails", value, Ok(json!([{ "value": "a", "type": "Work", "primary": true }])));
}

#[test]
fn read_only_parts_are_ignored() {
    check("groups", json!([{ "value": "g", "type": "direct" }]), Ok(json!(null)));
}

#[test]
fn n9_boolean_strings() {
    for (text, value) in [("True", true), ("FALSE", false), ("true", true)] {
        check_lenient("active", &json!(text), Leniency::BooleanStrings, &json!(value));
    }
    let entry = json!([{ "value": "a", "primary": "true" }]);
    check_lenient("emails", &entry, Leniency::BooleanStrings, &json!([{ "value": "a", "primary": true }]));
    for not_boolean in [json!("yes"), json!(1), json!("1")] {
        let (result, _) = conformed(Lenience::all(), "active", not_boolean);
        assert_eq!(result, Err(Error::invalid_value("active must be a boolean, true or false")));
    }
}

#[test]
fn n10_arrays_around_one_and_lone_values() {
    check_lenient("title", &json!(["x"]), Leniency::UnwrapArrays, &json!("x"));
    check_lenient("manager", &json!([{ "value": "m" }]), Leniency::UnwrapArrays, &json!({ "value": "m" }));
    check_lenient("emails", &json!({ "value": "a" }), Leniency::WrapValues, &json!([{ "value": "a" }]));
    check("title", json!(["x", "y"]), Err("title takes one value, not an array"));
}

#[test]
fn n10_a_string_is_the_value() {
    check_lenient("manager", &json!("m"), Leniency::StringForComplex, &json!({ "value": "m" }));
    check_lenient("emails", &json!(["a"]), Leniency::StringForComplex, &json!([{ "value": "a" }]));
    let (result, _) = conformed(Lenience::all(), "name", json!("x"));
    assert_eq!(result, Err(Error::invalid_value("name must be an object")));
}

#[test]
fn n10_names_of_scim_1() {
    let former = json!({ "MANAGERID": "1" });
    check_lenient("manager", &former, Leniency::FormerNames, &json!({ "value": "1" }));
    for both in [json!({ "managerId": "1", "value": "m" }), json!({ "value": "m", "managerId": "1" })] {
        let (kept, _) = conformed(Lenience::default().with(Leniency::FormerNames), "manager", both);
        assert_eq!(kept, Ok(Some(json!({ "value": "m" }))));
    }
}

#[test]
fn an_object_in_a_string_is_that_object() {
    let packed = |text: &str| json!([{ "Value": text, "type": "app" }]);
    let cases = [
        (r#"{"id":"1","value":"v","displayName":"V"}"#, json!([{ "value": "v", "display": "V", "type": "app" }])),
        (r#"{"value":"v","display":null}"#, json!([{ "value": "v", "type": "app" }])),
    ];
    for (text, kept) in cases {
        check_lenient("roles", &packed(text), Leniency::JsonInString, &kept);
    }
    for text in ["{", "{}", r#"{"value":1}"#, r#"{"value":"\u0000"}"#, r#" {"value":"v"}"#, r#"["v"]"#] {
        let (result, _) = conformed(Lenience::all(), "roles", packed(text));
        assert_eq!(result, Ok(Some(json!([{ "value": text, "type": "app" }]))), "{text}");
    }
    let given = json!([{ "value": r#"{"value":"v","displayName":"V"}"#, "display": "Given" }]);
    let (result, _) = conformed(Lenience::all(), "roles", given);
    assert_eq!(result, Ok(Some(json!([{ "value": "v", "display": "Given" }]))));
}

#[test]
fn n11_blanks() {
    check_lenient("name", &json!({ "givenName": " Hedda " }), Leniency::TrimNames, &json!({ "givenName": "Hedda" }));
    check("title", json!(" x "), Ok(json!(" x ")));
    check("title", json!(""), Ok(json!("")));
    check_lenient("title", &json!(" "), Leniency::BlankIsAbsent, &json!(null));
    check_lenient("name", &json!({ "familyName": " " }), Leniency::BlankIsAbsent, &json!(null));
    check_lenient("emails", &json!([{ "value": "" }]), Leniency::BlankIsAbsent, &json!(null));
    for (name, value) in
        [("name", json!("")), ("addresses", json!([" "])), ("emails", json!([""])), ("manager", json!(""))]
    {
        check_lenient(name, &value, Leniency::BlankIsAbsent, &json!(null));
    }
}

#[test]
fn n12_unknown_parts() {
    let value = json!({ "since": "1", "value": "m" });
    check_lenient("manager", &value, Leniency::DropUnknown, &json!({ "value": "m" }));
}

#[test]
fn n28_repeated_values() {
    let twice = json!([
        { "value": "a", "type": "work" }, { "value": "a", "type": "home" }, { "value": "A", "type": "work" },
        { "value": "a", "type": "work", "display": "again" }, { "value": "a" }, { "value": "a", "primary": true },
    ]);
    let once = json!([
        { "value": "a", "type": "work" }, { "value": "a", "type": "home" }, { "value": "A", "type": "work" }, { "value": "a" },
    ]);
    check("emails", twice.clone(), Ok(once));
    check_lenient("emails", &twice, Leniency::KeepRepeated, &twice);
    let alike = json!([{ "locality": "Harbour" }, { "locality": "Harbour" }]);
    check("addresses", alike.clone(), Ok(alike));
}

#[test]
fn n23_first_primary_wins() {
    let two = json!([{ "value": "a", "primary": true }, { "value": "b", "primary": true }]);
    let one = json!([{ "value": "a", "primary": true }, { "value": "b", "primary": false }]);
    check("emails", two.clone(), Err("emails.primary is true for more than one entry"));
    check_lenient("emails", &two, Leniency::FirstPrimaryWins, &one);
}

#[test]
fn number_of_values() {
    let many = |count: usize| (0..count).map(|n| json!({ "value": n.to_string() })).collect::<Value>();
    check("roles", many(MAX_VALUES), Ok(many(MAX_VALUES)));
    check("roles", many(MAX_VALUES + 1), Err("roles takes at most 1000 values"));
}

use serde_json::json;

use super::*;
use crate::limits::{MAX_DOCUMENT_BYTES, MAX_NAME_BYTES, MAX_OPEN_EXTENSIONS, MAX_REFERENCES};
use crate::schema::{GROUP, USER};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const CORE_USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const CORE_GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";

/// The document of a User body by the letter.
#[expect(clippy::needless_pass_by_value, reason = "cases read better without borrows")]
fn check(mut body: Value, expected: Result<Value, Error>) {
    if body.is_object() {
        body["schemas"] = json!([CORE_USER, ENTERPRISE]);
    }
    let parsed = parse(&USER, body, &Lenience::default());
    assert_eq!(parsed.map(|parsed| serde_json::to_value(parsed.document).unwrap()), expected);
}

/// An option is needed for the User `body`, and enough.
fn check_lenient(body: &Value, option: Leniency, expected: &Value) {
    let others = Lenience::all().without(option);
    let strict = parse(&USER, body.clone(), &others).map(|parsed| serde_json::to_value(parsed.document).unwrap());
    assert_ne!(strict.as_ref(), Ok(expected), "{body}");
    let lenience = Lenience::default().with(option).with(Leniency::AdvisorySchemas);
    let parsed = parse(&USER, body.clone(), &lenience).unwrap();
    assert_eq!(&serde_json::to_value(parsed.document).unwrap(), expected);
    assert!(parsed.departures.iter().any(|departure| departure.option == option), "{body}");
}

fn group(body: Value) -> Result<Parsed, Error> {
    parse(&GROUP, body, &Lenience::all())
}

#[test]
fn a_user() {
    check(
        json!({
            "USERNAME": "u", "externalId": "e", "Name": { "GivenName": "g" }, "emails": [{ "value": "a", "type": "work" }],
            "title": null, "roles": [], ENTERPRISE.to_lowercase(): { "Department": "d", "division": null },
        }),
        Ok(json!({
            "userName": "u", "externalId": "e", "name": { "givenName": "g" }, "emails": [{ "value": "a", "type": "work" }],
            ENTERPRISE: { "department": "d" },
        })),
    );
}

#[test]
fn n8_a_managers_name_is_the_clients() {
    let body = json!({ "userName": "u", ENTERPRISE: { "manager": { "value": "m", "displayName": "M" } } });
    check(body.clone(), Ok(json!({ "userName": "u", ENTERPRISE: { "manager": { "value": "m" } } })));
    check_lenient(&body, Leniency::KeepGiven, &body);
}

#[test]
fn n8_what_is_not_the_clients_is_dropped() {
    let body = json!({
        "id": "x", "meta": { "resourceType": "User" }, "groups": [{ "value": "g" }], "password": "secret", "userName": "u",
        ENTERPRISE: null,
    });
    check(body, Ok(json!({ "userName": "u" })));
}

#[test]
fn refused() {
    check(json!([]), Err(Error::invalid_syntax("a User is a JSON object")));
    check(json!({}), Err(Error::invalid_value("userName is required")));
    check(json!({ "userName": null }), Err(Error::invalid_value("userName is required")));
    check(json!({ "userName": "u", "shoeSize": 43 }), Err(Error::invalid_syntax("User has no attribute \"shoeSize\"")));
    check(
        json!({ "userName": "u", ENTERPRISE: "x" }),
        Err(Error::invalid_value(format!("{ENTERPRISE} must be an object"))),
    );
    check(
        json!({ "userName": "u", "urn:x:y": { "a": 1 } }),
        Err(Error::invalid_syntax("\"urn:x:y\" is no known extension")),
    );
    let error = parse(&USER, json!({ "userName": " ", "schemas": [CORE_USER] }), &Lenience::all()).unwrap_err();
    assert_eq!(error, Error::invalid_value("userName is required"));
}

#[test]
fn n7_schemas_are_advice() {
    let body = |urns: Value| json!({ "Schemas": urns, "userName": "u", ENTERPRISE: { "department": "d" } });
    let strict = |urns: Value| parse(&USER, body(urns), &Lenience::default()).map(|_| ());
    assert_eq!(strict(json!([CORE_USER, ENTERPRISE.to_uppercase()])), Ok(()));
    let missing = Error::invalid_syntax(format!("schemas does not name \"{ENTERPRISE}\""));
    assert_eq!(strict(json!([CORE_USER])), Err(missing));
    for urns in [json!(null), json!([]), json!(["urn:scim:schemas:core:2.0"]), json!("x")] {
        assert_eq!(strict(urns.clone()).unwrap_err().scim_type, Some(crate::ScimType::InvalidSyntax));
        let parsed = parse(&USER, body(urns), &Lenience::default().with(Leniency::AdvisorySchemas)).unwrap();
        assert_eq!(parsed.departures, [Departure { option: Leniency::AdvisorySchemas, path: "schemas".to_owned() }]);
    }
}

#[test]
fn n12_unknown_attributes_and_extensions() {
    check_lenient(&json!({ "userName": "u", "shoeSize": 43 }), Leniency::DropUnknown, &json!({ "userName": "u" }));
    check_lenient(
        &json!({ "userName": "u", "urn:x:y": { "a": [null, 1], "b": null, "C": { "d": {} } }, "urn:x:z": {} }),
        Leniency::OpenExtensions,
        &json!({ "userName": "u", "urn:x:y": { "a": [1] } }),
    );
    check_lenient(
        &json!({ "userName": "u", "urn:x:2.0:User:berth": "N-17" }),
        Leniency::OpenExtensions,
        &json!({ "userName": "u", "urn:x:2.0:User": { "berth": "N-17" } }),
    );
    let body = json!({ "userName": "u", "urn:x": "y" });
    let error = parse(&USER, body, &Lenience::all()).unwrap_err();
    assert_eq!(error, Error::invalid_value("\"urn:x\" must be an object"));
}

#[test]
fn n14_extension_attributes_at_the_top() {
    check_lenient(
        &json!({ "userName": "u", "department": "d", "manager": { "value": "m" } }),
        Leniency::BareExtensionNames,
        &json!({ "userName": "u", ENTERPRISE: { "department": "d", "manager": { "value": "m" } } }),
    );
}

#[test]
fn n15_keys_that_are_paths() {
    check_lenient(
        &json!({ "userName": "u", "name.givenName": "g", format!("{ENTERPRISE}:department"): "d" }),
        Leniency::PathKeys,
        &json!({ "userName": "u", "name": { "givenName": "g" }, ENTERPRISE: { "department": "d" } }),
    );
}

#[test]
fn n11_blank_extensions() {
    let user = json!({ "userName": "u" });
    check_lenient(&json!({ "userName": "u", ENTERPRISE: "" }), Leniency::BlankIsAbsent, &user);
    for urn in ["urn:x", "urn:x:y:2.0:User"] {
        let parsed = parse(&USER, json!({ "userName": "u", urn: " " }), &Lenience::all()).unwrap();
        assert_eq!(serde_json::to_value(parsed.document).unwrap(), user, "{urn}");
    }
}

#[test]
fn long_names() {
    let named = |bytes: usize| parse(&USER, json!({ "userName": "x".repeat(bytes) }), &Lenience::all()).map(|_| ());
    assert_eq!(named(MAX_NAME_BYTES), Ok(()));
    assert_eq!(named(MAX_NAME_BYTES + 1), Err(Error::invalid_value("userName is longer than 1024 bytes")));
}

#[test]
fn n11_hollow_entries() {
    check_lenient(
        &json!({ "userName": "u", "emails": [{ "type": "work", "primary": true }, { "value": "a" }] }),
        Leniency::DropHollow,
        &json!({ "userName": "u", "emails": [{ "value": "a" }] }),
    );
    check_lenient(
        &json!({ "userName": "u", ENTERPRISE: { "manager": { "$ref": "r" } } }),
        Leniency::DropHollow,
        &json!({ "userName": "u" }),
    );
}

#[test]
fn members_stand_apart() {
    let check = |members: Option<Value>, expected: Option<Vec<Reference>>| {
        let mut body = json!({ "schemas": [CORE_GROUP], "displayName": "g" });
        if let Some(members) = members {
            body["members"] = members;
        }
        let parsed = group(body).unwrap();
        assert_eq!(parsed.detached, expected);
        assert_eq!(serde_json::to_value(parsed.document).unwrap(), json!({ "displayName": "g" }));
    };
    check(None, None);
    check(Some(json!(null)), Some(vec![]));
    check(Some(json!([])), Some(vec![]));
    check(Some(json!(["a", { "value": "b" }, "a"])), Some(["a", "b"].map(Reference::new).into()));
    check(Some(json!({ "value": "a", "$ref": null })), Some(vec![Reference::new("a")]));
    let reference = Reference { kind: Some("User".into()), ..Reference::new("a") };
    check(Some(json!([{ "Value": "a", "display": "A", "type": "User", "$ref": "../Users/a" }])), Some(vec![reference]));
    check(Some(json!([{ "display": "nobody" }, { "value": "" }])), Some(vec![]));
    let strict =
        parse(&GROUP, json!({ "schemas": [CORE_GROUP], "displayName": "g", "members": [{}] }), &Lenience::default());
    assert_eq!(strict.map(|parsed| parsed.detached), Ok(Some(vec![])));
    let body = json!({ "schemas": [CORE_GROUP], "displayName": "g", "members": [{ "type": "User" }] });
    let strict = parse(&GROUP, body, &Lenience::default());
    assert_eq!(strict, Err(Error::invalid_value("members has an entry without a value")));
}

#[test]
fn number_of_references() {
    let members = |count: usize| {
        let members: Value = (0..count).map(|n| json!({ "value": format!("id-{n}") })).collect();
        group(json!({ "displayName": "g", "members": members }))
    };
    assert_eq!(members(MAX_REFERENCES).unwrap().detached.map(|members| members.len()), Some(MAX_REFERENCES));
    assert_eq!(members(MAX_REFERENCES + 1), Err(Error::invalid_value("members takes at most 100000 values")));
}

#[test]
fn number_of_extensions() {
    let extensions = |count: usize| {
        let mut body = json!({ "userName": "u" });
        for n in 0..count {
            body[format!("urn:x:{n}:User")] = json!({ "a": 1 });
        }
        parse(&USER, body, &Lenience::all()).map(|_| ())
    };
    assert_eq!(extensions(MAX_OPEN_EXTENSIONS), Ok(()));
    let error = extensions(MAX_OPEN_EXTENSIONS + 1).unwrap_err();
    assert_eq!(error, Error::invalid_value("more than 50 extensions"));
}

#[test]
fn size_of_the_document() {
    let sized = |bytes: usize| {
        let title = "x".repeat(bytes - r#"{"userName":"u","title":""}"#.len());
        parse(&USER, json!({ "userName": "u", "title": title }), &Lenience::all()).map(|_| ())
    };
    assert_eq!(sized(MAX_DOCUMENT_BYTES), Ok(()));
    assert_eq!(sized(MAX_DOCUMENT_BYTES + 1).unwrap_err().status, 413);
}

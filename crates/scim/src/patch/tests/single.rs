//! Single-valued attributes and their parts.

use super::*;

#[test]
fn simple_attributes() {
    let user = json!({ "userName": "u", "title": "old" });
    for op in ["add", "replace"] {
        let set = json!([{ "op": op, "path": "title", "value": "new" }]);
        check(&user, &set, &json!({ "userName": "u", "title": "new" }));
        let set = json!([{ "op": op, "path": "NICKNAME", "value": "n" }]);
        check(&user, &set, &json!({ "userName": "u", "title": "old", "nickName": "n" }));
        let unassigned = json!([{ "op": op, "path": "title", "value": null }]);
        check(&user, &unassigned, &json!({ "userName": "u" }));
    }
    check(&user, &json!([{ "op": "remove", "path": "title" }]), &json!({ "userName": "u" }));
    check(&user, &json!([{ "op": "remove", "path": "nickName" }]), &user);
    for (value, after) in [("old", json!({ "userName": "u" })), ("other", user.clone()), ("", user.clone())] {
        let operations = json!([{ "op": "remove", "path": "title", "value": value }]);
        assert_eq!(patched(Lenience::all(), &user, &operations), Ok(after), "{value}");
    }
    check(
        &user,
        &json!([{ "op": "replace", "path": "userName", "value": "U" }]),
        &json!({ "userName": "U", "title": "old" }),
    );
}

#[test]
fn n14_paths_with_urns() {
    let path = enterprise("Department");
    let block = json!({ "userName": "u", ENTERPRISE_USER.id: { "department": "d" } });
    check(&json!({ "userName": "u" }), &json!([{ "op": "add", "path": path, "value": "d" }]), &block);
    check(&block, &json!([{ "op": "remove", "path": path.to_uppercase() }]), &json!({ "userName": "u" }));
    let path = "urn:ietf:params:scim:schemas:core:2.0:User:name.givenName";
    check(&json!({}), &json!([{ "op": "add", "path": path, "value": "g" }]), &json!({ "name": { "givenName": "g" } }));
    let bare = json!([{ "op": "replace", "path": "department", "value": "d" }]);
    let strict = Err((ScimType::InvalidPath, "operation 1: User has no attribute \"department\""));
    check_lenient(Leniency::BareExtensionNames, &json!({ "userName": "u" }), &bare, strict, &block);
}

#[test]
fn n15_a_value_without_a_path_is_merged() {
    let user = json!({ "userName": "u", "active": true, ENTERPRISE_USER.id: { "division": "v", "department": "d" } });
    let deactivated =
        json!({ "userName": "u", "active": false, ENTERPRISE_USER.id: { "division": "v", "department": "d" } });
    check(&user, &json!([{ "op": "replace", "value": { "active": false } }]), &deactivated);
    check(&user, &json!([{ "op": "replace", "path": null, "value": { "active": false } }]), &deactivated);
    let block = json!({ ENTERPRISE_USER.id: { "department": "D", "division": null, "costCenter": "c" } });
    let merged =
        json!({ "userName": "u", "active": true, ENTERPRISE_USER.id: { "department": "D", "costCenter": "c" } });
    check(&user, &json!([{ "op": "add", "value": block }]), &merged);
    check(&user, &json!([{ "op": "add", "path": ENTERPRISE_USER.id, "value": block[ENTERPRISE_USER.id] }]), &merged);
    let gone = json!({ "userName": "u", "active": true });
    check(&user, &json!([{ "op": "remove", "path": ENTERPRISE_USER.id }]), &gone);
    check(&user, &json!([{ "op": "replace", "value": { ENTERPRISE_USER.id: null } }]), &gone);
    check(&user, &json!([{ "op": "add", "value": { ENTERPRISE_USER.id: null } }]), &user);
}

#[test]
fn n15_keys_that_are_paths() {
    let strict = Err((ScimType::InvalidPath, "operation 1: User has no attribute \"name.familyName\""));
    check_lenient(
        Leniency::PathKeys,
        &json!({ "name": { "givenName": "g" } }),
        &json!([{ "op": "replace", "value": { "name.familyName": "f", enterprise("employeeNumber"): "1" } }]),
        strict,
        &json!({ "name": { "givenName": "g", "familyName": "f" }, ENTERPRISE_USER.id: { "employeeNumber": "1" } }),
    );
}

#[test]
fn n16_complex_values_merge() {
    let user = json!({ "name": { "givenName": "g", "middleName": "m" } });
    let merged = json!({ "name": { "givenName": "g", "familyName": "f" } });
    let value = json!({ "familyName": "f", "middleName": null });
    for op in ["add", "replace"] {
        check(&user, &json!([{ "op": op, "path": "name", "value": value }]), &merged);
        check(&user, &json!([{ "op": op, "value": { "name": value } }]), &merged);
        check(&user, &json!([{ "op": op, "path": "name", "value": null }]), &json!({}));
    }
    check(&user, &json!([{ "op": "remove", "path": "name.middleName" }]), &json!({ "name": { "givenName": "g" } }));
    check(&json!({ "name": { "givenName": "g" } }), &json!([{ "op": "remove", "path": "name.givenName" }]), &json!({}));
    check(&json!({}), &json!([{ "op": "remove", "path": "name.givenName" }]), &json!({}));
}

#[test]
fn n18_what_is_never_removed() {
    let user = json!({ "userName": "u", "active": true });
    for name in ["userName", "active"] {
        let detail = format!("operation 1: {name} cannot be removed");
        let refused = Err((ScimType::Mutability, detail));
        let listed = json!([{ "op": "remove", "path": name, "value": user[name] }]);
        assert_eq!(patched(Lenience::all(), &user, &listed), refused);
        let by_the_letter = [
            json!([{ "op": "remove", "path": name }]),
            json!([{ "op": "replace", "path": name, "value": null }]),
            json!([{ "op": "replace", "value": { name: null } }]),
        ];
        for removal in by_the_letter {
            assert_eq!(patched(Lenience::all(), &user, &removal), refused, "{removal}");
            let strict = patched(Lenience::default(), &user, &removal);
            assert_eq!(strict, if name == "active" { Ok(json!({ "userName": "u" })) } else { refused.clone() });
        }
    }
}

#[test]
fn n18_remove_needs_a_path() {
    let detail = "operation 1: remove needs a path";
    check_refused(&json!({}), &json!([{ "op": "remove" }]), ScimType::NoTarget, detail);
    check_refused(&json!({}), &json!([{ "op": "remove", "value": { "title": "x" } }]), ScimType::NoTarget, detail);
}

#[test]
fn n8_read_only_attributes() {
    let user = json!({ "userName": "u" });
    for path in ["id", "meta.created", "groups", "schemas"] {
        let detail = format!("operation 1: {path} is read-only");
        let strict = Err((ScimType::Mutability, detail.as_str()));
        let operations = json!([{ "op": "replace", "path": path, "value": "x" }]);
        check_lenient(Leniency::IgnoreReadOnly, &user, &operations, strict, &user);
    }
}

#[test]
fn n8_a_password_is_not_kept() {
    let user = json!({ "userName": "u" });
    check(&user, &json!([{ "op": "replace", "value": { "password": "secret" } }]), &user);
    check(&user, &json!([{ "op": "add", "path": "password", "value": "secret" }]), &user);
    check(&user, &json!([{ "op": "remove", "path": "password" }]), &user);
}

#[test]
fn n9_to_n11_values_conform() {
    let user =
        json!({ "userName": "u", "active": true, ENTERPRISE_USER.id: { "manager": { "value": "m", "$ref": "r" } } });
    let mut expected = user.clone();
    expected["active"] = json!(false);
    let operations = json!([{ "op": "replace", "path": "active", "value": "False" }]);
    let strict = Err((ScimType::InvalidValue, "operation 1: active must be a boolean, true or false"));
    check_lenient(Leniency::BooleanStrings, &user, &operations, strict, &expected);
    let operations = json!([{ "op": "replace", "path": "active", "value": "yes" }]);
    check_refused(&user, &operations, ScimType::InvalidValue, "operation 1: active must be a boolean, true or false");

    let cleared = json!({ "userName": "u", "active": true });
    for value in [json!(""), json!({ "value": "" }), json!([{ "value": "" }]), json!(null)] {
        let operations = json!([{ "op": "replace", "path": enterprise("manager"), "value": value }]);
        assert_eq!(patched(Lenience::all(), &user, &operations), Ok(cleared.clone()), "{value}");
    }
}

#[test]
fn another_manager_has_another_name() {
    let user = |manager: Value| json!({ ENTERPRISE_USER.id: { "manager": manager } });
    let before = user(json!({ "value": "m", "$ref": "r", "displayName": "M" }));
    let check = |path: &str, value: Value, expected: Value| {
        let operations = json!([{ "op": "replace", "path": enterprise(path), "value": value }]);
        assert_eq!(patched(Lenience::all(), &before, &operations), Ok(user(expected)), "{path} {value}");
    };
    check("manager", json!("n"), json!({ "value": "n" }));
    check("manager.value", json!("n"), json!({ "value": "n" }));
    check("manager", json!({ "value": "n", "displayName": "N" }), json!({ "value": "n", "displayName": "N" }));
    check("manager", json!("m"), before[ENTERPRISE_USER.id]["manager"].clone());
    check("manager", json!({ "displayName": "N" }), json!({ "value": "m", "$ref": "r", "displayName": "N" }));
    check("manager.displayName", json!("N"), json!({ "value": "m", "$ref": "r", "displayName": "N" }));
    let operations = json!([{ "op": "replace", "path": enterprise("manager.displayName"), "value": "N" }]);
    let error = patched(Lenience::default(), &before, &operations).unwrap_err();
    assert_eq!(error.0, ScimType::Mutability);
}

#[test]
fn n12_unknown_attributes() {
    let user = json!({ "userName": "u" });
    for operation in [
        json!({ "op": "replace", "path": "shoeSize", "value": 43 }),
        json!({ "op": "replace", "value": { "shoeSize": 43 } }),
        json!({ "op": "remove", "path": "shoeSize" }),
    ] {
        let strict = Err((ScimType::InvalidPath, "operation 1: User has no attribute \"shoeSize\""));
        check_lenient(Leniency::DropUnknown, &user, &json!([operation]), strict, &user);
    }
}

//! The body and its operations.

use super::*;

#[expect(clippy::needless_pass_by_value, reason = "cases read better without borrows")]
fn check_body(lenience: Lenience, body: Value, expected: Result<(), Error>) {
    assert_eq!(Patch::parse(&USER, body, &lenience).map(|_| ()), expected);
}

#[test]
fn shapes() {
    let all = Lenience::all();
    check_body(all, json!([]), Err(Error::invalid_syntax("a PATCH is a JSON object")));
    check_body(all, json!({}), Err(Error::invalid_syntax("Operations must be an array")));
    check_body(
        all,
        json!({ "Operations": [1] }),
        Err(Error::invalid_syntax("operation 1: an operation is a JSON object")),
    );
    let path = json!({ "Operations": [{ "op": "add", "path": 1, "value": "x" }] });
    check_body(all, path, Err(Error::invalid_path("operation 1: path must be a string")));
    let no_value = json!({ "Operations": [{ "op": "add", "path": "title" }] });
    check_body(all, no_value, Err(Error::invalid_value("operation 1: there is no value")));
    let scalar = json!({ "Operations": [{ "op": "add", "value": "x" }] });
    check_body(all, scalar, Err(Error::invalid_value("operation 1: without a path the value must be an object")));
    let undeclared = json!({ "Operations": [] });
    let missing = Error::invalid_syntax(format!("schemas does not name \"{PATCH_SCHEMA}\""));
    check_body(Lenience::default(), undeclared, Err(missing));
}

#[test]
fn n6_keys_without_case() {
    let body = json!({ "SCHEMAS": [PATCH_SCHEMA], "operations": [{ "OP": "add", "Path": "title", "VALUE": "x" }] });
    check_body(Lenience::default(), body, Ok(()));
}

#[test]
fn n13_op() {
    let user = json!({});
    let titled = json!({ "title": "x" });
    let bad = "operation 1: op must be add, remove or replace";
    let operations = json!([{ "op": "Replace", "path": "title", "value": "x" }]);
    let strict = format!("{bad}, not \"Replace\"");
    check_lenient(Leniency::AnyCaseOp, &user, &operations, Err((ScimType::InvalidSyntax, &strict)), &titled);
    for operation in [json!({ "path": "title", "value": "x" }), json!({ "op": null, "path": "title", "value": "x" })] {
        let strict = Err((ScimType::InvalidSyntax, bad));
        check_lenient(Leniency::MissingOpReplaces, &user, &json!([operation]), strict, &titled);
    }
    let operations = json!([{ "op": "move", "path": "title", "value": "x" }]);
    check_refused(&user, &operations, ScimType::InvalidSyntax, &format!("{bad}, not \"move\""));
    check_refused(&user, &json!([{ "op": 1, "path": "title", "value": "x" }]), ScimType::InvalidSyntax, bad);
}

#[test]
fn no_operations() {
    let strict = Err((ScimType::InvalidSyntax, "Operations is empty"));
    check_lenient(Leniency::EmptyOperations, &json!({ "title": "x" }), &json!([]), strict, &json!({ "title": "x" }));
}

#[test]
fn an_empty_path_is_no_path() {
    let operations = json!([{ "op": "add", "path": "", "value": { "title": "x" } }]);
    let strict = Err((ScimType::InvalidPath, "operation 1: \"\" is no attribute path"));
    check_lenient(Leniency::BlankIsAbsent, &json!({}), &operations, strict, &json!({ "title": "x" }));
}

#[test]
fn n21_in_order_and_all_or_nothing() {
    let operations = json!([
        { "op": "remove", "path": "title" },
        { "op": "add", "path": "title", "value": "a" },
        { "op": "replace", "path": "title", "value": "b" },
    ]);
    check(&json!({ "title": "x" }), &operations, &json!({ "title": "b" }));
    let operations = json!([
        { "op": "replace", "path": "title", "value": "half" },
        { "op": "add", "path": "emails[type eq \"x\"].value", "value": "done" },
    ]);
    let failed = patched(Lenience::default(), &json!({ "title": "x" }), &operations);
    let detail = "operation 2: no entry of emails matches the filter".to_owned();
    assert_eq!(failed, Err((ScimType::NoTarget, detail)));
}

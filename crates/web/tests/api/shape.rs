//! Whether an answer is what the OpenAPI document says: its status, and every member of its body, both ways.

use std::sync::LazyLock;

use actix_web::dev::ResourceDef;
use actix_web::http::Method;
use anyhow::{Context, Result, bail, ensure};
use model::Timestamp;
use serde_json::{Map, Value};

use crate::world::Reply;

pub(crate) static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(web::openapi::text()).expect("the document is JSON"));

/// Every operation: method, path, what the document says of it.
pub(crate) fn operations() -> impl Iterator<Item = (Method, &'static str, &'static Value)> {
    let paths = DOCUMENT["paths"].as_object().into_iter().flatten();
    paths.flat_map(|(path, item)| {
        let operations = item.as_object().into_iter().flatten();
        operations.map(move |(method, operation)| {
            (method.to_uppercase().parse().expect("a method"), path.as_str(), operation)
        })
    })
}

pub(crate) fn check(method: &Method, uri: &str, reply: &Reply) -> Result<()> {
    ensure!(reply.header("x-request-id").starts_with("req_"), "no X-Request-ID");
    ensure!(reply.json().get("error").is_none(), "SDKs take `error` for OAuth's");
    let path = uri.split('?').next().unwrap_or_default();
    let here = |(of, pattern, _): &(Method, &str, &Value)| of == method && ResourceDef::new(*pattern).is_match(path);
    let Some((_, _, operation)) = operations().find(here) else {
        ensure!(matches!(reply.status, 404 | 405), "no such operation");
        return conforms(&DOCUMENT["components"]["schemas"]["Error"], &reply.json(), "body");
    };
    let documented = &operation["responses"][reply.status.to_string()];
    ensure!(documented.is_object(), "the status is not documented");
    match documented.get("content") {
        None => ensure!(reply.text.is_empty(), "a body is not documented"),
        Some(content) => {
            ensure!(reply.header("content-type").contains("application/json"), "not JSON by its content type");
            conforms(&content["application/json"]["schema"], &reply.json(), "body")?;
        }
    }
    Ok(())
}

/// Whether a value is what a schema says. Members that the schema does not name are wrong.
pub(crate) fn conforms(schema: &Value, value: &Value, at: &str) -> Result<()> {
    let schema = &Value::Object(resolve(schema)?);
    if let Some(choices) = schema["oneOf"].as_array() {
        ensure!(choices.iter().any(|choice| conforms(choice, value, at).is_ok()), "{at}: none of oneOf");
        return Ok(());
    }
    if let Some(types) = schema.get("type") {
        let types = types.as_array().map_or_else(|| vec![types], |types| types.iter().collect());
        ensure!(types.iter().any(|kind| is(kind.as_str().unwrap_or_default(), value)), "{at}: not {types:?}");
    }
    if let Some(names) = schema["enum"].as_array() {
        ensure!(names.contains(value), "{at}: none of {names:?}");
    }
    match value {
        Value::Object(members) => members_conform(schema, members, at),
        Value::Array(items) => schema.get("items").map_or(Ok(()), |of| {
            items.iter().enumerate().try_for_each(|(n, item)| conforms(of, item, &format!("{at}[{n}]")))
        }),
        Value::String(text) if schema["format"] == "date-time" => {
            ensure!(text.len() == 24 && text.ends_with('Z') && Timestamp::parse(text).is_some(), "{at}: no time");
            Ok(())
        }
        _ => Ok(()),
    }
}

fn members_conform(schema: &Value, members: &Map<String, Value>, at: &str) -> Result<()> {
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        ensure!(members.contains_key(name), "{at}: {name} is missing");
    }
    let (properties, others) = (schema.get("properties"), schema.get("additionalProperties"));
    for (name, member) in members {
        match properties.and_then(|properties| properties.get(name)).or(others) {
            Some(schema) => conforms(schema, member, &format!("{at}.{name}"))?,
            None => ensure!(properties.is_none(), "{at}: {name} is not documented"),
        }
    }
    Ok(())
}

/// The schema with its references followed and its parts put together.
fn resolve(schema: &Value) -> Result<Map<String, Value>> {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.strip_prefix("#/components/schemas/").context("a foreign reference")?;
        return resolve(&DOCUMENT["components"]["schemas"][name]);
    }
    let Some(schema) = schema.as_object() else { bail!("no schema: {schema}") };
    let mut whole = schema.clone();
    for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
        for (key, value) in resolve(part)? {
            match (whole.get_mut(&key), value) {
                (Some(Value::Object(held)), Value::Object(more)) => held.extend(more),
                (Some(Value::Array(held)), Value::Array(more)) => held.extend(more),
                (_, value) => drop(whole.insert(key, value)),
            }
        }
    }
    Ok(whole)
}

fn is(kind: &str, value: &Value) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        _ => false,
    }
}

#[test]
fn what_is_not_documented_is_found() {
    let wrong = |name: &str, value: Value| {
        assert!(conforms(&DOCUMENT["components"]["schemas"][name], &value, "").is_err(), "{value}");
    };
    let mut token = serde_json::json!({
        "object": "directory_token", "id": "x", "directory_id": "x", "name": "x", "token_suffix": "x",
        "created_at": "2026-01-15T12:00:00.000Z", "last_used_at": null, "expires_at": null
    });
    conforms(&DOCUMENT["components"]["schemas"]["DirectoryToken"], &token, "").unwrap();
    wrong("CreatedToken", token.clone());
    token["created_at"] = "2026-01-15T12:00:00Z".into();
    wrong("DirectoryToken", token.clone());
    token["created_at"] = token["expires_at"].take();
    wrong("DirectoryToken", token.clone());
    wrong("Error", serde_json::json!({ "message": "x", "code": "x", "error": "x" }));
    wrong("DirectoryCounts", serde_json::json!({ "users": { "active": 1, "inactive": "1" }, "groups": 1 }));
}

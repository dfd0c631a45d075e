use serde_json::{Map, Value, json};

use super::super::scim::{self, ENTERPRISE, USER, patch};
use super::super::{Expect, Request, Step};
use crate::cast::{Details, Person};
use crate::phase::Phase;

pub(super) fn create(person: &Person) -> Request {
    let mut body = Map::from_iter([("schemas".to_owned(), json!([USER]))]);
    body.extend(profile(person));
    body.insert("groups".to_owned(), json!([]));
    body.insert("password".to_owned(), json!(person.password));
    body.insert("active".to_owned(), json!(true));
    if let Some(details) = &person.details {
        body["schemas"] = json!([USER, ENTERPRISE]);
        body.insert(ENTERPRISE.to_owned(), enterprise(details));
    }
    Request::post("/Users", Value::Object(body))
}

pub(super) fn read(id: &str) -> Request {
    Request::get(scim::user(id))
}

/// Okta's own view merged over what it has just read, so that `id`, `meta`, `groups` and even a stale `name.formatted`
/// come back.
pub(super) fn replace(id: &str, read: &Value, person: &Person) -> Step {
    let mut body = read.clone();
    let mut own = Map::from_iter(profile(person));
    own.insert("active".to_owned(), json!(true));
    if let Some(details) = &person.details {
        own.insert(ENTERPRISE.to_owned(), enterprise(details));
    }
    merge(&mut body, Value::Object(own));
    Request::put(scim::user(id), body).step(Phase::Update, Expect::User { id: id.to_owned(), active: Some(true) })
}

pub(super) fn set_active(id: &str, active: bool) -> Request {
    Request::patch(scim::user(id), patch([json!({"op": "replace", "value": {"active": active}})]))
}

pub(super) fn sync_password(id: &str, password: &str) -> Step {
    let body = patch([json!({"op": "replace", "value": {"password": password}})]);
    Request::patch(scim::user(id), body).step(Phase::Update, patched(id, None))
}

pub(super) fn patched(id: &str, active: Option<bool>) -> Expect {
    Expect::UserPatched { id: id.to_owned(), active }
}

/// A second user of the same name in another case, an id that nobody has, a token that is none.
pub(super) fn refusals(known: &Person) -> Vec<Step> {
    let rival = Person {
        user_name: known.user_name.to_uppercase(),
        source_id: known.source_id.chars().rev().collect(),
        ..known.clone()
    };
    let intruder =
        Request { authorization: Some("non-token"), ..Request::get("/Users?startIndex=1&count=1".to_owned()) };
    vec![
        create(&rival).step(Phase::Refusal, Expect::Refused(409)),
        read("010101001010101011001010101011").step(Phase::Refusal, Expect::Refused(404)),
        intruder.step(Phase::Refusal, Expect::Refused(401)),
    ]
}

/// What the app's attribute mapping sends, in Okta's order.
fn profile(person: &Person) -> Vec<(String, Value)> {
    let mut name = Map::new();
    name.insert("givenName".to_owned(), json!(person.given_name.as_ref().unwrap_or(&person.display_name)));
    name.extend(person.family_name.iter().map(|family| ("familyName".to_owned(), json!(family))));
    let email = person.email.as_ref();
    [
        ("userName", Some(json!(person.user_name))),
        ("name", Some(Value::Object(name))),
        ("emails", email.map(|email| json!([{"primary": true, "value": email, "type": "work"}]))),
        ("displayName", Some(json!(person.display_name))),
        ("locale", Some(json!("en-US"))),
        ("externalId", Some(json!(format!("00u{}", person.source_id)))),
        ("title", person.details.as_ref().map(|details| json!(details.title))),
    ]
    .into_iter()
    .filter_map(|(key, value)| Some((key.to_owned(), value?)))
    .collect()
}

fn enterprise(details: &Details) -> Value {
    let mut block = json!({"employeeNumber": details.employee_number, "department": details.department});
    if let Some(cost_center) = &details.cost_center {
        block["costCenter"] = json!(cost_center);
    }
    block
}

/// Objects key by key, arrays entry by entry: what the other side added stays.
fn merge(into: &mut Value, own: Value) {
    match (into, own) {
        (Value::Object(into), Value::Object(own)) => {
            for (key, value) in own {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (Value::Array(into), Value::Array(own)) => {
            into.resize(own.len(), Value::Null);
            into.iter_mut().zip(own).for_each(|(into, own)| merge(into, own));
        }
        (into, own) => *into = own,
    }
}

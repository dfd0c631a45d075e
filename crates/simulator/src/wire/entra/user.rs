use serde_json::{Map, Value, json};

use super::super::scim::{self, ENTERPRISE, USER, equals, patch, plus_encoded};
use super::super::{Expect, Request, Step};
use super::attributes::changes;
use crate::cast::{DOMAIN, Details, Person};
use crate::phase::Phase;

const MANAGER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager";

pub(super) fn create(person: &Person) -> Request {
    let email = person.email.as_ref().map(|email| json!([{"primary": true, "type": "work", "value": email}]));
    let mut body: Map<String, Value> = [
        ("schemas", Some(json!([USER, ENTERPRISE]))),
        ("externalId", Some(json!(person.nickname))),
        ("userName", Some(json!(person.user_name))),
        ("active", Some(json!(true))),
        ("displayName", Some(json!(person.display_name))),
        ("emails", email),
        ("meta", Some(json!({"resourceType": "User"}))),
        ("name", name(person)),
        ("roles", Some(json!([]))),
    ]
    .into_iter()
    .filter_map(|(key, value)| Some((key.to_owned(), value?)))
    .collect();
    if let Some(details) = &person.details {
        body.extend(detailed(details));
    }
    Request::post("/Users", Value::Object(body))
}

fn name(person: &Person) -> Option<Value> {
    let mut name = json!({"formatted": person.display_name});
    if let Some(family) = &person.family_name {
        name["familyName"] = json!(family);
    }
    name["givenName"] = json!(person.given_name.as_ref()?);
    Some(name)
}

/// Attributes that are mapped but unset come as null; the manager always does, references being written last.
fn detailed(details: &Details) -> [(String, Value); 6] {
    let address = json!({"primary": false, "type": "work", "locality": details.city, "country": details.country});
    let enterprise =
        json!({"department": details.department, "employeeNumber": details.employee_number, "manager": null});
    [
        ("title".to_owned(), json!(details.title)),
        ("preferredLanguage".to_owned(), json!(details.language)),
        ("addresses".to_owned(), json!([address])),
        ("phoneNumbers".to_owned(), json!([{"primary": false, "type": "work", "value": details.phone}])),
        ("nickName".to_owned(), json!(details.nick_name)),
        (ENTERPRISE.to_owned(), enterprise),
    ]
}

pub(super) fn read(id: &str) -> Request {
    Request::get(scim::user(id))
}

/// The profile's changes; for people with details also an alias, app roles and the `active` that Entra repeats for no
/// reason.
pub(super) fn update(id: &str, before: &Person, after: &Person) -> Vec<Step> {
    let mut steps = vec![change(id, changes(before, after))];
    if after.details.is_some() {
        let alias = format!("{}@alias.{DOMAIN}", after.nickname);
        let role = json!({"id": after.source_id, "value": "berth.planner", "displayName": "Berth Planner"});
        steps.push(change(id, [json!({"op": "Add", "path": r#"emails[type eq "other"].value"#, "value": alias})]));
        steps.push(change(id, [json!({"op": "Add", "path": "roles", "value": [{"value": role.to_string()}]})]));
        let lead = json!({"op": "Add", "path": r#"roles[primary eq "True"].value"#, "value": "berth.lead"});
        steps.push(change(id, [lead]));
        steps.push(set_active(id, true, Phase::Update));
    }
    steps
}

fn change(id: &str, operations: impl Into<Vec<Value>>) -> Step {
    let expect = Expect::UserPatched { id: id.to_owned(), active: None };
    Request::patch(scim::user(id), patch(operations)).step(Phase::Update, expect)
}

/// The most expensive quirk of all: `"False"` is text.
pub(super) fn set_active(id: &str, active: bool, phase: Phase) -> Step {
    let value = if active { "True" } else { "False" };
    let body = patch([json!({"op": "Replace", "path": "active", "value": value})]);
    let expect = Expect::UserPatched { id: id.to_owned(), active: Some(active) };
    Request::patch(scim::user(id), body).step(phase, expect)
}

/// Asks whether the reference is there, writes it as a bare string, asks again with the terms the other way round.
pub(super) fn set_manager(id: &str, manager_id: &str) -> Vec<Step> {
    let (user, boss) = (equals("id", id), equals("manager", manager_id));
    let body = patch([json!({"op": "Add", "path": MANAGER, "value": manager_id})]);
    let expect = Expect::UserPatched { id: id.to_owned(), active: None };
    vec![
        reference(&format!("{user} and {boss}")).step(Phase::Reference, Expect::List),
        Request::patch(scim::user(id), body).step(Phase::Reference, expect),
        reference(&format!("{boss} and {user}")).step(Phase::Reference, Expect::Hit(id.to_owned())),
    ]
}

fn reference(filter: &str) -> Request {
    Request::get(format!("/Users?filter={}&attributes=id", plus_encoded(filter)))
}

pub(super) fn clear_manager(id: &str) -> Step {
    let body = patch([json!({"op": "Replace", "path": MANAGER, "value": ""})]);
    let expect = Expect::UserPatched { id: id.to_owned(), active: None };
    Request::patch(scim::user(id), body).step(Phase::Reference, expect)
}

/// The hard delete, 30 days after the soft one; and its repetition, which is answered 404.
pub(super) fn delete(id: &str) -> Vec<Step> {
    let request = Request::delete(scim::user(id));
    vec![request.clone().step(Phase::Delete, Expect::Deleted), request.step(Phase::Delete, Expect::Refused(404))]
}

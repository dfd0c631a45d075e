//! The state after a step, where the documents alone can tell it; events are told elsewhere.

use serde_json::Value;

use scim::schema::{ENTERPRISE_USER, GROUP, USER};

use crate::directory::Directory;
use crate::expect;

/// Canonical name → JSON pointer into the rendered resource; `~` stands for the enterprise extension.
const FIELDS: &[(&str, &str)] = &[
    ("external_id", "/externalId"),
    ("user_name", "/userName"),
    ("active", "/active"),
    ("given_name", "/name/givenName"),
    ("family_name", "/name/familyName"),
    ("formatted_name", "/name/formatted"),
    ("display_name", "/displayName"),
    ("nick_name", "/nickName"),
    ("job_title", "/title"),
    ("preferred_language", "/preferredLanguage"),
    ("locale", "/locale"),
    ("emails", "/emails"),
    ("phone_numbers", "/phoneNumbers"),
    ("addresses", "/addresses"),
    ("department", "~/department"),
    ("division", "~/division"),
    ("cost_center", "~/costCenter"),
    ("employee_number", "~/employeeNumber"),
    ("manager_id", "~/manager/value"),
];

pub(crate) fn check(name: &str, step: &Value, directory: &Directory) {
    let state = &step["then_canonical"];
    let count = |resource_type| directory.resources.iter().filter(|kept| kept.resource_type == resource_type).count();
    for (field, resource_type) in [("user_count", &USER), ("group_count", &GROUP)] {
        if let Some(wanted) = state[field].as_u64() {
            assert_eq!(count(resource_type) as u64, wanted, "{name}: {field}");
        }
    }
    for wanted in ["users", "groups"].into_iter().flat_map(|kind| state[kind].as_array().into_iter().flatten()) {
        check_resource(name, wanted, directory);
    }
}

fn check_resource(name: &str, wanted: &Value, directory: &Directory) {
    let found = directory.resources.iter().find(|kept| kept.id == wanted["id"]);
    if wanted["absent"] == true {
        assert!(found.is_none(), "{name}: still there");
        return;
    }
    let resource = found.unwrap().render();
    for (field, wanted) in wanted.as_object().unwrap().iter().filter(|(field, _)| *field != "id") {
        let found = canonical(&resource, field).unwrap_or_else(|| panic!("{name}: unknown field {field}"));
        assert!(is_same(wanted, &found), "{name}: {field} is {found}, not {wanted}");
    }
}

fn canonical(resource: &Value, field: &str) -> Option<Value> {
    match field {
        "members" => Some(resource["members"].as_array()?.iter().map(|member| member["value"].clone()).collect()),
        "primary_email" => Some(primary_email(resource)),
        "custom" => Some(resource.clone()),
        "roles" => Some(resource["roles"].as_array()?.iter().map(|role| role["value"].clone()).collect()),
        _ => {
            let (_, pointer) = FIELDS.iter().find(|(name, _)| *name == field)?;
            let found = match pointer.strip_prefix('~') {
                Some(pointer) => resource.get(ENTERPRISE_USER.id).and_then(|block| block.pointer(pointer)),
                None => resource.pointer(pointer),
            };
            Some(found.cloned().unwrap_or_default())
        }
    }
}

fn primary_email(resource: &Value) -> Value {
    let emails = resource["emails"].as_array().map(Vec::as_slice).unwrap_or_default();
    let primary = emails.iter().find(|email| email["primary"] == true);
    let email = primary.or_else(|| emails.iter().find(|email| email["type"] == "work")).or(emails.first());
    let user_name = Some(&resource["userName"]).filter(|name| name.as_str().is_some_and(|name| name.contains('@')));
    email.map(|email| &email["value"]).or(user_name).cloned().unwrap_or_default()
}

/// Arrays are sets of subset matches of equal length.
fn is_same(wanted: &Value, found: &Value) -> bool {
    match (wanted, found) {
        (Value::Array(wanted), Value::Array(found)) => {
            let mut rest: Vec<_> = found.iter().collect();
            wanted.len() == found.len()
                && wanted.iter().all(|wanted| {
                    let at = rest.iter().position(|found| expect::matches(wanted, Some(found)));
                    at.map(|at| rest.swap_remove(at)).is_some()
                })
        }
        _ => expect::matches(wanted, Some(found)),
    }
}

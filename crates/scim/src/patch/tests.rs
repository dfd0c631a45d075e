use serde_json::json;

use super::*;
use crate::error::ScimType;
use crate::lenience::Leniency;
use crate::reference::Reference;
use crate::schema::{ENTERPRISE_USER, GROUP, USER};

mod bodies;
mod limits;
mod members;
mod model;
mod multi_valued;
mod open;
mod properties;
mod single;

/// The outcome of the operations for a User: its document, or `scimType` and detail.
fn patched(lenience: Lenience, before: &Value, operations: &Value) -> Result<Value, (ScimType, String)> {
    let body = json!({ "schemas": [PATCH_SCHEMA], "Operations": operations });
    let document = serde_json::from_value(before.clone()).unwrap();
    let outcome = Patch::parse(&USER, body, &lenience)
        .and_then(|patch| Ok(serde_json::to_value(patch.apply(&document)?.document).unwrap()));
    outcome.map_err(|error| (error.scim_type.unwrap(), error.detail))
}

/// By the letter.
fn check(before: &Value, operations: &Value, expected: &Value) {
    let found = patched(Lenience::default(), before, operations);
    assert_eq!(found.as_ref(), Ok(expected), "{operations}");
}

/// By the letter, and with everything forgiven.
fn check_refused(before: &Value, operations: &Value, scim_type: ScimType, detail: &str) {
    for lenience in [Lenience::default(), Lenience::all()] {
        assert_eq!(patched(lenience, before, operations), Err((scim_type, detail.to_owned())), "{operations}");
    }
}

/// An option is needed for the operations, and enough; without it they end in the error or the document of `strict`.
fn check_lenient(
    option: Leniency,
    before: &Value,
    operations: &Value,
    strict: Result<&Value, (ScimType, &str)>,
    expected: &Value,
) {
    let found = patched(Lenience::default(), before, operations);
    let strict = strict.cloned().map_err(|(scim_type, detail)| (scim_type, detail.to_owned()));
    assert_eq!(found, strict, "{operations}");
    assert_ne!(patched(Lenience::all().without(option), before, operations).as_ref(), Ok(expected), "{operations}");
    let found = patched(Lenience::default().with(option), before, operations);
    assert_eq!(found.as_ref(), Ok(expected), "{operations}");
}

fn enterprise(attribute: &str) -> String {
    format!("{}:{attribute}", ENTERPRISE_USER.id)
}

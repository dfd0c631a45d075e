//! What every input is played to: each resource type, by the letter and with all that is forgiven, and resources of it.

use std::sync::LazyLock;

use scim::schema::{GROUP, USER};
use scim::{Document, Lenience, ResourceType};
use serde_json::{Value, json};

pub(crate) const KINDS: [&ResourceType; 2] = [&USER, &GROUP];
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// What patches are applied to and filters look at: one that is full, one that is nearly empty.
static USERS: LazyLock<[Document; 2]> = LazyLock::new(|| {
    let full = json!({
        "userName": "Ada@x.example", "externalId": "00u1", "displayName": "Ada", "active": true, "title": "Pilot",
        "name": {"givenName": "Ada", "familyName": "Lovelace", "formatted": "Ada Lovelace"},
        "emails": [
            {"value": "ada@x.example", "type": "work", "primary": true}, {"value": "ada@home.example", "type": "home"},
        ],
        "phoneNumbers": [{"value": "+1 555", "type": "work"}], "roles": [{"value": "pilot", "display": "Pilot"}],
        "addresses": [{"type": "work", "locality": "Harbour", "country": "NO"}],
        ENTERPRISE: {"department": "Deck", "manager": {"value": "00u2"}},
        "urn:x:y": {"a": 1, "b": {"c": ["d"]}},
    });
    [full, json!({"userName": "b", "active": false})].map(document)
});
static GROUPS: LazyLock<[Document; 2]> = LazyLock::new(|| {
    [json!({"displayName": "Pilots", "externalId": "g1", "urn:x:y": {"a": 1}}), json!({"displayName": "g"})]
        .map(document)
});

fn document(body: Value) -> Document {
    match body {
        Value::Object(members) => Document::from_stored(members),
        other => panic!("{other}"),
    }
}

pub(crate) fn documents(kind: &ResourceType) -> &'static [Document; 2] {
    if kind == &USER { &USERS } else { &GROUPS }
}

/// The sets of rules that an input is read by.
pub(crate) fn readings(kinds: &[&'static ResourceType]) -> impl Iterator<Item = (&'static ResourceType, Lenience)> {
    kinds.iter().flat_map(|kind| [Lenience::default(), Lenience::all()].map(|lenience| (*kind, lenience)))
}

pub(crate) fn value(document: &Document) -> Value {
    Value::Object(document.as_map().clone())
}

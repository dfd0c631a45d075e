//! What must hold of any bytes that reach the SCIM core: nothing panics, nothing takes long, and what is understood means the same
//! when it is said again.

#![expect(clippy::panic, clippy::missing_panics_doc, reason = "that is how a finding is told")]

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use scim::schema::{GROUP, USER};
use scim::{Document, Error, Filter, Lenience, Leniency, Patch, Projection, ResourceType, resource};
use serde_json::{Value, json};

/// Longer than this no input may take, in release form.
pub const SLOW: Duration = Duration::from_millis(100);

pub type Target = fn(&[u8]);

/// By name.
pub const TARGETS: [(&str, Target); 4] =
    [("filter", filter), ("path", path), ("patch_body", patch_body), ("resource_body", resource_body)];

const KINDS: [&ResourceType; 2] = [&USER, &GROUP];
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

fn documents(kind: &ResourceType) -> &'static [Document; 2] {
    if kind == &USER { &USERS } else { &GROUPS }
}

fn leniences() -> [Lenience; 2] {
    [Lenience::default(), Lenience::all()]
}

/// Runs a target; who is slow panics, where the build is one for speed.
pub fn timed(target: Target, bytes: &[u8]) {
    let began = Instant::now();
    target(bytes);
    let took = began.elapsed();
    assert!(cfg!(debug_assertions) || took < SLOW, "{took:?} for {} bytes", bytes.len());
}

/// A filter prints to what is read as the same filter.
pub fn filter(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for kind in KINDS {
        for lenience in leniences() {
            match Filter::parse(kind, text, &lenience) {
                Ok(filter) => {
                    let printed = filter.to_string();
                    let again = Filter::parse(kind, &printed, &lenience);
                    assert_eq!(again.as_ref(), Ok(&filter), "{printed}");
                    _ = documents(kind)
                        .iter()
                        .map(|document| filter.matches(&value(document)))
                        .filter(|is| *is)
                        .count();
                }
                Err(error) => check(&error),
            }
        }
    }
}

/// The first byte says which operation and value, the rest is its path.
pub fn path(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else { return };
    let Ok(path) = std::str::from_utf8(rest) else { return };
    let ops = ["add", "remove", "replace"];
    let values = [
        None,
        Some(Value::Null),
        Some(json!("a")),
        Some(json!(true)),
        Some(json!([])),
        Some(json!([{"value": "a", "type": "work", "primary": true}])),
        Some(json!({"value": "a", "givenName": "b"})),
        Some(json!(1)),
    ];
    let (op, value) = (ops[usize::from(*first) % ops.len()], &values[usize::from(*first / 8) % values.len()]);
    let mut operation = json!({"op": op, "path": path});
    if let Some(value) = value {
        operation["value"] = value.clone();
    }
    let body = json!({"schemas": [scim::PATCH_SCHEMA], "Operations": [operation]});
    patch(&body.to_string().into_bytes());
}

/// A PATCH is all or nothing, comes to the same each time, and leaves a resource.
pub fn patch_body(bytes: &[u8]) {
    patch(bytes);
}

fn patch(text: &[u8]) {
    for kind in KINDS {
        for lenience in leniences() {
            let read = Patch::read(kind, text, &lenience);
            if let Ok(body) = scim::json(text) {
                assert_eq!(read, Patch::parse(kind, body, &lenience), "read as text and as JSON");
            }
            let patch = match read {
                Ok(patch) => patch,
                Err(error) => {
                    check(&error);
                    continue;
                }
            };
            for document in documents(kind) {
                match patch.apply(document) {
                    Ok(applied) => {
                        assert_eq!(patch.apply(document).as_ref(), Ok(&applied));
                        is_clean(kind, lenience, &applied.document);
                    }
                    Err(error) => check(&error),
                }
            }
        }
    }
}

/// A resource that is written out is read as the same resource.
pub fn resource_body(bytes: &[u8]) {
    for kind in KINDS {
        for lenience in leniences() {
            let read = resource::read(kind, bytes, &lenience);
            if let Ok(body) = scim::json(bytes) {
                assert_eq!(read, resource::parse(kind, body, &lenience), "read as text and as JSON");
            }
            match read {
                Ok(parsed) => is_clean(kind, lenience, &parsed.document),
                Err(error) => check(&error),
            }
        }
    }
}

/// What is stored is read as it is by what was forgiven when it came, and any part of it can be shown.
fn is_clean(kind: &'static ResourceType, lenience: Lenience, document: &Document) {
    let body = value(document);
    // A document does not name its schemas, and one that stood before may have an extension that nobody knows.
    match resource::parse(kind, body.clone(), &lenience.with(Leniency::AdvisorySchemas).with(Leniency::OpenExtensions))
    {
        Ok(again) => assert_eq!(value(&again.document), body, "it is not what it was"),
        Err(error) => panic!("{error:?} of {body}"),
    }
    for attributes in [None, Some("userName,emails.value,urn:x:y:a,manager"), Some("displayName")] {
        match Projection::parse(kind, attributes, Some("name.givenName")) {
            Ok(projection) => projection.apply(&mut body.clone()),
            Err(error) => panic!("{error:?}"),
        }
    }
}

fn value(document: &Document) -> Value {
    Value::Object(document.as_map().clone())
}

/// An error is the client's, and says so in the protocol's own form (RFC 7644 section 3.12).
fn check(error: &Error) {
    assert!(matches!(error.status, 400 | 413), "{error:?}");
    let body = error.to_json();
    assert_eq!(body["status"], error.status.to_string());
    assert!(body["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{body}");
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    /// What found something once finds nothing now.
    #[test]
    fn the_corpus_holds() {
        for (name, target) in TARGETS {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
            let mut played = 0;
            for entry in fs::read_dir(folder).unwrap() {
                target(&fs::read(entry.unwrap().path()).unwrap());
                played += 1;
            }
            assert!(played >= 20, "{name}: {played}");
        }
    }
}

//! PATCH bodies, and the paths of their operations.

use scim::schema::GROUP;
use scim::{DetachedChange, Document, Error, Patch, ResourceType};
use serde_json::{Value, json};

use crate::given::{KINDS, documents, readings};
use crate::judge::{Understood, agreed};
use crate::long::lengthened;
use crate::pace::{hold, timed};
use crate::resource::is_clean;

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
    patch(body.to_string().as_bytes(), &KINDS);
}

/// A PATCH is all or nothing, comes to the same each time, and leaves a resource.
pub fn patch_body(bytes: &[u8]) {
    patch(bytes, &KINDS);
    if let Some(text) = lengthened(bytes) {
        patch(text.as_bytes(), &[&GROUP]);
    }
}

fn patch(text: &[u8], kinds: &[&'static ResourceType]) {
    for (kind, lenience) in readings(kinds) {
        let (read, reading) = timed(|| Patch::read(kind, text, &lenience));
        let parsed = scim::json(text).and_then(|body| Patch::parse(kind, body, &lenience));
        for document in documents(kind) {
            let (as_text, applying) = timed(|| apply(&read, document));
            hold(reading + applying, || apply(&Patch::read(kind, text, &lenience), document));
            if let Some((patched, _)) = agreed(as_text, apply(&parsed, document)) {
                is_clean(kind, lenience, &patched);
            }
        }
    }
}

fn apply(patch: &Result<Patch, Error>, document: &Document) -> Understood<(Document, Vec<DetachedChange>)> {
    let applied = patch.as_ref().map_err(Clone::clone)?.apply(document)?;
    Ok(((applied.document, applied.detached.to_vec()), applied.departures))
}

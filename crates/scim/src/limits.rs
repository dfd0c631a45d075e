//! What an outsider can grow has a named limit; each has a test at the limit and past it.

use std::io;

use serde_json::Value;

use crate::conform::Place;
use crate::document::Document;
use crate::error::{Error, quote};
use crate::fold;
use crate::schema::{Attribute, COMMON, ResourceType};

/// Bytes of a body that describes one resource; published as `bulk.maxPayloadSize`.
pub const MAX_BODY_BYTES: usize = 2 * 1024 * 1024;
/// Levels of arrays and objects in a body.
pub const MAX_DEPTH: usize = 32;
/// Operations in a PATCH. One client sends one operation per member, in pieces of `bulk.maxOperations`.
pub const MAX_OPERATIONS: usize = 1_000;
/// References (group members) in one request.
pub const MAX_REFERENCES: usize = 100_000;
/// Entries of one multi-valued attribute.
pub const MAX_VALUES: usize = 1_000;
/// Members of one object.
pub const MAX_MEMBERS: usize = 1_000;
/// Attributes written by one request, all operations together.
pub const MAX_ASSIGNMENTS: usize = 10_000;
/// Extensions without a schema in one document.
pub const MAX_OPEN_EXTENSIONS: usize = 50;
/// Bytes of a resource's document, as JSON.
pub const MAX_DOCUMENT_BYTES: usize = 256 * 1024;
/// Bytes of a value that an index finds, as it is written and as a case key (which may be longer): a row of an index takes
/// 2,704 bytes on PostgreSQL.
pub const MAX_NAME_BYTES: usize = 1024;
/// Bytes that the operations of one PATCH may compare: every term of a filter looks at every entry of its attribute.
pub const MAX_COMPARED_BYTES: usize = 20 * 1024 * 1024;
/// Bytes of a filter, and of a PATCH path.
pub const MAX_FILTER_BYTES: usize = 16 * 1024;
/// Comparisons in a filter.
pub const MAX_FILTER_TERMS: usize = 200;
/// Levels of grouping, `not` and value paths in a filter.
pub const MAX_FILTER_DEPTH: usize = 16;
/// Names in `attributes` and in `excludedAttributes`.
pub const MAX_PROJECTED: usize = 200;
/// Bytes of a cursor, which may hold a name.
pub const MAX_CURSOR_BYTES: usize = 16 * 1024;
/// Resources in a page.
pub const MAX_PAGE_SIZE: u32 = 200;
/// Resources in a page when the client does not say.
pub const DEFAULT_PAGE_SIZE: u32 = 100;
/// Departures that are told; the rest happens silently.
pub const MAX_DEPARTURES: usize = 100;

/// Depth, and no U+0000 anywhere: no database of ours can hold it.
pub(crate) fn check_shape(body: &Value) -> Result<(), Error> {
    check_value(body, "the body", MAX_DEPTH)
}

/// [`check_shape`] of an entry that is read by itself, within so many levels of the body.
pub(crate) fn check_entry(entry: &Value, name: &str, levels: usize) -> Result<(), Error> {
    check_value(entry, name, MAX_DEPTH - levels)
}

fn check_value(value: &Value, name: &str, depth: usize) -> Result<(), Error> {
    let inner =
        || depth.checked_sub(1).ok_or_else(|| Error::invalid_syntax(format!("nested deeper than {MAX_DEPTH} levels")));
    match value {
        Value::String(text) => check_text(text, name),
        Value::Array(items) => {
            let inner = inner()?;
            items.iter().try_for_each(|item| check_value(item, name, inner))
        }
        Value::Object(members) => {
            let inner = inner()?;
            if members.len() > MAX_MEMBERS {
                return Err(Error::invalid_syntax(format!("{} has more than {MAX_MEMBERS} members", quote(name))));
            }
            members.iter().try_for_each(|(key, value)| {
                check_text(key, name)?;
                check_value(value, key, inner)
            })
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

fn check_text(text: &str, name: &str) -> Result<(), Error> {
    if text.contains('\0') {
        return Err(Error::invalid_value(format!("{} holds the character U+0000", quote(name))));
    }
    Ok(())
}

/// A document may not outgrow its row, by one request or by many.
pub(crate) fn check_size(document: &Document) -> Result<(), Error> {
    let mut written = Counter(0);
    if serde_json::to_writer(&mut written, document).is_err() || written.0 > MAX_DOCUMENT_BYTES {
        return Err(Error::too_large(format!("the resource is larger than {MAX_DOCUMENT_BYTES} bytes")));
    }
    Ok(())
}

/// What is found by an index must fit one.
pub(crate) fn check_names(document: &Document, resource_type: &ResourceType) -> Result<(), Error> {
    for attribute in resource_type.schema.attributes.iter().chain(COMMON) {
        let Some(value) = document.get(attribute.name) else { continue };
        check_name(attribute, value, Place::of(None, attribute))?;
        let entries = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        for sub in attribute.sub_attributes.iter().filter(|sub| sub.indexed) {
            let place = Place::of(None, attribute).sub(sub.name);
            entries
                .iter()
                .filter_map(|entry| entry.get(sub.name))
                .try_for_each(|value| check_name(sub, value, place))?;
        }
    }
    Ok(())
}

fn check_name(attribute: &Attribute, value: &Value, place: Place) -> Result<(), Error> {
    let long = |text: &str| text.len() > MAX_NAME_BYTES || fold::key(text).len() > MAX_NAME_BYTES;
    if attribute.indexed && value.as_str().is_some_and(long) {
        return Err(Error::invalid_value(format!("{place} is longer than {MAX_NAME_BYTES} bytes")));
    }
    Ok(())
}

/// About how many bytes a value holds.
pub(crate) fn weight(value: &Value) -> usize {
    const NODE: usize = 16;
    NODE + match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(weight).sum(),
        Value::Object(members) => members.iter().map(|(key, value)| key.len() + weight(value)).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    }
}

/// Bytes of it that are folded to be compared without case: what is not ASCII.
pub(crate) fn folded_bytes(value: &Value) -> usize {
    match value {
        Value::String(text) if !text.is_ascii() => text.len(),
        Value::Array(items) => items.iter().map(folded_bytes).sum(),
        Value::Object(members) => members.values().map(folded_bytes).sum(),
        _ => 0,
    }
}

struct Counter(usize);

impl io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::schema::{GROUP, USER};

    fn nested(depth: usize) -> Value {
        (0..depth).fold(json!(1), |inner, _| json!([inner]))
    }

    fn sized(bytes: usize) -> Document {
        let frame = r#"{"title":""}"#.len();
        Document::from_stored(
            [("title".to_owned(), json!("x".repeat(bytes - frame)))].into_iter().collect::<serde_json::Map<_, _>>(),
        )
    }

    #[test]
    fn depth() {
        assert_eq!(check_shape(&nested(MAX_DEPTH)), Ok(()));
        let error = check_shape(&nested(MAX_DEPTH + 1)).unwrap_err();
        assert_eq!(error, Error::invalid_syntax("nested deeper than 32 levels"));
    }

    #[test]
    fn members() {
        let object =
            |count: usize| json!({ "urn:x": (0..count).map(|n| (n.to_string(), json!(n))).collect::<Value>() });
        assert_eq!(check_shape(&object(MAX_MEMBERS)), Ok(()));
        let error = check_shape(&object(MAX_MEMBERS + 1)).unwrap_err();
        assert_eq!(error, Error::invalid_syntax("\"urn:x\" has more than 1000 members"));
    }

    #[test]
    fn no_nul_in_values_or_keys() {
        for body in [json!({ "title": "a\0b" }), json!({ "title": ["a\0"] })] {
            let error = check_shape(&body).unwrap_err();
            assert_eq!(error, Error::invalid_value("\"title\" holds the character U+0000"));
        }
        let error = check_shape(&json!({ "urn:x": { "a\0b": 1 } })).unwrap_err();
        assert_eq!(error, Error::invalid_value("\"urn:x\" holds the character U+0000"));
    }

    /// At the limit, past it, and past it as a case key alone: one ligature of three bytes is 33 bytes in its compatible form.
    #[test]
    fn names() {
        let check = |kind: &'static ResourceType, name: &str, document: fn(String) -> Value| {
            let checked = |text: String| check_names(&serde_json::from_value(document(text)).unwrap(), kind);
            let error = Err(Error::invalid_value(format!("{name} is longer than 1024 bytes")));
            assert_eq!(checked("X".repeat(MAX_NAME_BYTES)), Ok(()), "{name}");
            assert_eq!(checked("X".repeat(MAX_NAME_BYTES + 1)), error, "{name}");
            assert_eq!(checked("\u{fdfa}".repeat(31)), Ok(()), "{name}");
            assert_eq!(checked("\u{fdfa}".repeat(32)), error, "{name}");
        };
        check(&USER, "userName", |text| json!({ "userName": text }));
        check(&USER, "externalId", |text| json!({ "externalId": text }));
        check(&USER, "emails.value", |text| json!({ "emails": [{ "value": "a" }, { "value": text }] }));
        check(&USER, "displayName", |text| json!({ "displayName": text }));
        check(&GROUP, "displayName", |text| json!({ "displayName": text }));
        check(&GROUP, "externalId", |text| json!({ "externalId": text }));
        let long = json!({ "title": "x".repeat(MAX_NAME_BYTES + 1) });
        assert_eq!(check_names(&serde_json::from_value(long).unwrap(), &USER), Ok(()));
    }

    #[test]
    fn size() {
        assert_eq!(check_size(&sized(MAX_DOCUMENT_BYTES)), Ok(()));
        assert_eq!(check_size(&sized(MAX_DOCUMENT_BYTES + 1)).unwrap_err().status, 413);
    }
}

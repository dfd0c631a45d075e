//! A body's text before it is JSON: a long list of references is left as text, and read entry by entry when its turn comes. As
//! JSON values it would take twenty times its bytes.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer as _, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::error::Error;
use crate::limits::{MAX_MEMBERS, MAX_OPERATIONS};
use crate::schema::{Mutability, ResourceType};

/// A list of fewer bytes is read like everything else.
const LONG: usize = 16 * 1024;

/// JSON in a body.
///
/// 400 `invalidSyntax` for a text that is none.
pub fn json(text: &[u8]) -> Result<Value, Error> {
    serde_json::from_slice(text).map_err(|error| Error::invalid_syntax(format!("the body is not JSON: {error}")))
}

/// A list of references that was left as text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Long<'a> {
    pub(crate) text: &'a str,
    /// Levels of arrays and objects around each of its entries.
    pub(crate) levels: usize,
}

/// Stands for such a list.
fn placeholder() -> Value {
    Value::Array(vec![Value::Null])
}

pub(crate) fn is_placeholder(value: &Value) -> bool {
    matches!(value.as_array().map(Vec::as_slice), Some([Value::Null]))
}

/// A resource with its list of references left as text. `None`: it has no long one, or is to be read as a whole for its errors.
pub(crate) fn resource<'a>(kind: &ResourceType, text: &'a [u8]) -> Option<(Map<String, Value>, Long<'a>)> {
    let (name, text) = (detached(kind)?, long_text(text)?);
    let (members, list) = object(text, name)?;
    Some((members, Long { text: list?, levels: 2 }))
}

/// A PATCH with such lists of its operations left as text, by number.
pub(crate) fn patch<'a>(kind: &ResourceType, text: &'a [u8]) -> Option<(Value, Vec<Option<Long<'a>>>)> {
    let (name, text) = (detached(kind)?, long_text(text)?);
    let (mut members, mut lists) = (Map::new(), Vec::new());
    for (key, raw) in fields(text)? {
        let value = if key.eq_ignore_ascii_case("Operations") {
            let items: Vec<&RawValue> = serde_json::from_str(raw.get()).ok()?;
            if items.len() > MAX_OPERATIONS {
                return None;
            }
            let read = items.into_iter().map(|item| operation(item.get(), name));
            let (items, of_items): (Vec<_>, Vec<_>) = read.collect::<Option<Vec<_>>>()?.into_iter().unzip();
            lists = of_items;
            Value::Array(items)
        } else {
            plain(raw)?
        };
        members.insert(key, value);
    }
    lists.iter().any(Option::is_some).then_some((Value::Object(members), lists))
}

/// A list is left where it is all that the operation says: by its path, or as a member of a value without one.
fn operation<'a>(text: &'a str, name: &str) -> Option<(Value, Option<Long<'a>>)> {
    let fields = fields(text)?;
    let find = |wanted: &str| fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(wanted)).map(|(_, raw)| *raw);
    let path: Option<String> = find("path").and_then(|raw| serde_json::from_str(raw.get()).ok());
    let (mut members, mut list) = (Map::new(), None);
    for (key, raw) in fields {
        let is_value = key.eq_ignore_ascii_case("value") && raw.get().len() >= LONG;
        let value = match (&path, is_value) {
            (Some(path), true) if path.eq_ignore_ascii_case(name) && is_array(raw) => {
                list = Some(Long { text: raw.get(), levels: 4 });
                placeholder()
            }
            (None, true) if raw.get().starts_with('{') => {
                let (inner, inner_list) = object(raw.get(), name)?;
                list = inner_list.map(|text| Long { text, levels: 5 });
                Value::Object(inner)
            }
            _ => plain(raw)?,
        };
        members.insert(key, value);
    }
    Some((Value::Object(members), list))
}

/// An object whose long array of that name, compared without case, is left as text.
fn object<'a>(text: &'a str, name: &str) -> Option<(Map<String, Value>, Option<&'a str>)> {
    let (mut members, mut list) = (Map::new(), None);
    for (key, raw) in fields(text)? {
        let value = if key.eq_ignore_ascii_case(name) && is_array(raw) && raw.get().len() >= LONG {
            list = Some(raw.get());
            placeholder()
        } else {
            plain(raw)?
        };
        members.insert(key, value);
    }
    Some((members, list))
}

/// What is read at once. `None`: it says itself what stands for a list.
fn plain(raw: &RawValue) -> Option<Value> {
    fn says(value: &Value) -> bool {
        is_placeholder(value)
            || match value {
                Value::Array(items) => items.iter().any(says),
                Value::Object(members) => members.values().any(says),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
            }
    }
    serde_json::from_str(raw.get()).ok().filter(|value| !says(value))
}

fn detached(kind: &ResourceType) -> Option<&'static str> {
    kind.detached().filter(|attribute| attribute.mutability != Mutability::ReadOnly).map(|attribute| attribute.name)
}

fn long_text(text: &[u8]) -> Option<&str> {
    (text.len() >= LONG).then_some(text).and_then(|text| std::str::from_utf8(text).ok())
}

fn is_array(raw: &RawValue) -> bool {
    raw.get().starts_with('[')
}

/// The members of an object, unread. `None`: two of them have the same name, without case.
fn fields(text: &str) -> Option<Vec<(String, &RawValue)>> {
    let Fields(fields) = serde_json::from_str(text).ok()?;
    let mut names = HashSet::with_capacity(fields.len());
    fields.iter().all(|(name, _)| names.insert(name.to_ascii_lowercase())).then_some(fields)
}

struct Fields<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            if fields.len() == MAX_MEMBERS {
                return Err(A::Error::custom("too many members"));
            }
            fields.push(field);
        }
        Ok(Fields(fields))
    }
}

/// Hands each entry of a list's text on; the first error ends it.
pub(crate) fn entries(text: &str, each: &mut dyn FnMut(Value) -> Result<(), Error>) -> Result<(), Error> {
    let mut refused = None;
    let visitor = EntriesVisitor { each, refused: &mut refused };
    let read = serde_json::Deserializer::from_str(text).deserialize_seq(visitor);
    match (refused, read) {
        (Some(error), _) => Err(error),
        (None, read) => read.map_err(|error| Error::invalid_syntax(format!("the body is not JSON: {error}"))),
    }
}

struct EntriesVisitor<'a> {
    each: &'a mut dyn FnMut(Value) -> Result<(), Error>,
    refused: &'a mut Option<Error>,
}

impl<'de> Visitor<'de> for EntriesVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element()? {
            if let Err(error) = (self.each)(item) {
                *self.refused = Some(error);
                return Err(A::Error::custom("refused"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;

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
mod tests {
    use serde_json::json;

    use super::*;
    use crate::lenience::Lenience;
    use crate::limits::MAX_DEPTH;
    use crate::patch::Patch;
    use crate::schema::{GROUP, USER};

    fn members(count: usize) -> Vec<Value> {
        (0..count).map(|n| json!({"value": format!("user{n}"), "type": "User"})).collect()
    }

    /// Read as text and as a value, each body comes to the same, under all that is forgiven and under nothing.
    fn check(body: &Value, is_long: bool) {
        let text = body.to_string();
        assert_eq!(resource(&GROUP, text.as_bytes()).is_some(), is_long, "{}", &text[..60]);
        for lenience in [Lenience::default(), Lenience::all()] {
            let read = crate::resource::read(&GROUP, text.as_bytes(), &lenience);
            assert_eq!(read, crate::resource::parse(&GROUP, body.clone(), &lenience));
        }
    }

    fn check_patch(operations: &Value, is_long: bool) {
        let body = json!({"schemas": [crate::PATCH_SCHEMA], "Operations": operations});
        let text = body.to_string();
        assert_eq!(patch(&GROUP, text.as_bytes()).is_some(), is_long, "{}", &text[..120]);
        for lenience in [Lenience::default(), Lenience::all()] {
            let read = Patch::read(&GROUP, text.as_bytes(), &lenience);
            assert_eq!(read, Patch::parse(&GROUP, body.clone(), &lenience));
        }
    }

    #[test]
    fn a_long_list_is_read_as_a_short_one() {
        let schemas = json!([GROUP.schema.id]);
        check(&json!({"schemas": schemas, "displayName": "G", "members": members(3)}), false);
        check(&json!({"schemas": schemas, "members": members(2000), "displayName": "G"}), true);
        check(&json!({"schemas": schemas, "displayName": "G", "MEMBERS": members(2000), "externalId": "e"}), true);
        check(&json!({"displayName": "G", "members": members(2000), "x": "y".repeat(LONG)}), true);
        check(&json!({"schemas": schemas, "displayName": "x".repeat(LONG), "members": members(2)}), false);
        check(&json!({"schemas": schemas, "members": members(2000)}), true);
        let twice = [members(2000), members(1000)].concat();
        check(&json!({"schemas": schemas, "displayName": "G", "members": twice}), true);
    }

    /// What would be taken for another is read as a whole: names that differ in case alone, and what stands for a list.
    #[test]
    fn a_list_is_not_taken_for_another() {
        let (schemas, urn) = (json!([GROUP.schema.id]), GROUP.schema.id);
        check(
            &json!({"schemas": schemas, "displayName": "G", "MEMBERS": members(2000), "members": members(1000)}),
            false,
        );
        let own = json!({"members": [null]});
        check(&json!({"schemas": schemas, "displayName": "G", "members": members(2000), urn: own}), false);
        for value in ["value", "Value"] {
            let long = json!([{"op": "replace", "VALUE": {"members": members(2000)}, value: {"x": "y".repeat(LONG)}}]);
            check_patch(&long, false);
            check_patch(
                &json!([{"op": "add", "path": "members", "VALUE": members(2000), value: members(1000)}]),
                false,
            );
        }
    }

    /// As deep as a body may be, and deeper.
    #[test]
    fn depth_is_that_of_the_body() {
        let nested = |depth: usize| (0..depth).fold(json!("x"), |inner, _| json!([inner]));
        let entries = |depth: usize| {
            let entry = json!({"value": "a", "shoe": nested(depth - 1)});
            [members(2000), vec![entry]].concat()
        };
        for depth in [MAX_DEPTH - 2, MAX_DEPTH - 1] {
            check(&json!({"schemas": [GROUP.schema.id], "displayName": "G", "members": entries(depth)}), true);
        }
        let is_read = |operation: Value| {
            let body = json!({"Operations": [operation]});
            let read = Patch::read(&GROUP, body.to_string().as_bytes(), &Lenience::all()).is_ok();
            assert_eq!(read, Patch::parse(&GROUP, body, &Lenience::all()).is_ok());
            read
        };
        for (depth, expected) in [(MAX_DEPTH - 4, true), (MAX_DEPTH - 3, false)] {
            assert_eq!(is_read(json!({"op": "add", "path": "members", "value": entries(depth)})), expected, "{depth}");
            assert_eq!(is_read(json!({"op": "add", "value": {"members": entries(depth - 1)}})), expected, "{depth}");
        }
    }

    #[test]
    fn what_is_wrong_in_a_long_list_is_told_as_in_a_short_one() {
        let with = |wrong: Value| {
            let mut members = members(2000);
            members[1000] = wrong;
            json!({"schemas": [GROUP.schema.id], "displayName": "G", "members": members})
        };
        for wrong in
            [json!(7), json!("user7"), json!({"display": "D"}), json!({"value": 7}), json!({"shoe": 1}), json!([])]
        {
            check(&with(wrong), true);
        }
        check(&with(json!({"value": "a\u{0}b"})), true);
        let many = members(crate::limits::MAX_REFERENCES + 1);
        check(&json!({"schemas": [GROUP.schema.id], "displayName": "G", "members": many}), true);
        let text = json!({"displayName": "G", "members": members(2000)}).to_string();
        let cut = crate::resource::read(&GROUP, &text.as_bytes()[..text.len() - 1], &Lenience::all());
        assert!(cut.is_err_and(|error| error.detail.starts_with("the body is not JSON")));
    }

    #[test]
    fn operations_are_read_with_long_lists() {
        let short = json!([{"value": "a"}]);
        check_patch(&json!([{"op": "add", "path": "members", "value": short}]), false);
        for op in ["add", "remove", "replace", "Add", "turn"] {
            check_patch(&json!([{"op": op, "path": "members", "value": members(2000)}]), true);
            check_patch(&json!([{"op": op, "value": {"displayName": "G", "members": members(2000)}}]), true);
        }
        check_patch(
            &json!([
                {"op": "add", "path": "Members", "value": members(2000)}, {"op": "remove", "path": "members", "value": short},
                {"op": "replace", "path": "displayName", "value": "H"},
                {"op": "add", "path": "members", "value": members(1500)},
            ]),
            true,
        );
        check_patch(&json!([{"op": "add", "path": "members[value eq \"a\"]", "value": members(2000)}]), false);
        check_patch(&json!([{"op": "add", "path": "displayName", "value": members(2000)}]), false);
    }

    #[test]
    fn a_users_groups_are_no_list_to_write() {
        let text = json!({"userName": "u", "groups": members(2000)}).to_string();
        assert!(resource(&USER, text.as_bytes()).is_none() && patch(&USER, text.as_bytes()).is_none());
    }
}

//! The parts of a complex value, one by one, so that a PATCH can tell a part that is null from one that is not mentioned.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Place, conform, is_blank, scalar, unwrap_single};
use crate::error::{Error, quote};
use crate::lenience::{Leeway, Leniency};
use crate::schema::{Attribute, Mutability, Type};

/// A sub-attribute and what it becomes; `None` unassigns it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Part {
    pub(crate) sub: &'static Attribute,
    pub(crate) value: Option<Value>,
}

/// `None` when the whole value is unassigned.
pub(crate) fn conform_parts(
    attribute: &'static Attribute,
    place: Place,
    value: Value,
    leeway: &mut Leeway,
) -> Result<Option<Vec<Part>>, Error> {
    match value {
        Value::Null => Ok(None),
        Value::Object(mut members) => {
            unpack(attribute, place, &mut members, leeway);
            // The name of the schema, behind a former one, is what counts.
            let (others, named): (Vec<_>, Vec<_>) =
                members.into_iter().partition(|(key, _)| attribute.sub_attribute(key).is_none());
            let members = others.into_iter().chain(named);
            let parts = members.map(|(key, value)| part(attribute, place, &key, value, leeway));
            Ok(Some(parts.filter_map(Result::transpose).collect::<Result<_, _>>()?))
        }
        Value::Array(_) => match unwrap_single(place, value, leeway)? {
            Some(only) => conform_parts(attribute, place, only, leeway),
            None => Ok(None),
        },
        Value::String(_) => from_string(attribute, place, value, leeway),
        _ => Err(not_an_object(place)),
    }
}

/// Puts what a JSON object in the string `value` says in the place of that string.
fn unpack(attribute: &'static Attribute, place: Place, members: &mut Map<String, Value>, leeway: &mut Leeway) {
    let (Some(value), Some(display)) = (attribute.value(), attribute.sub_attribute("display")) else { return };
    let packed = members.iter().find_map(|(key, held)| {
        let text = held.as_str().filter(|text| key.eq_ignore_ascii_case(value.name) && text.starts_with('{'))?;
        Some((key.clone(), serde_json::from_str::<Packed>(text).ok()?))
    });
    let Some((key, packed)) = packed.filter(|(_, packed)| packed.is_clean()) else { return };
    if !leeway.allow(Leniency::JsonInString, place) {
        return;
    }
    let is_displayed = members.keys().any(|key| key.eq_ignore_ascii_case(display.name));
    members.insert(key, packed.value.into());
    if let Some(name) = packed.display_name.filter(|_| !is_displayed) {
        members.insert(display.name.to_owned(), name.into());
    }
}

#[derive(Deserialize)]
struct Packed {
    value: String,
    #[serde(rename = "displayName", alias = "display")]
    display_name: Option<String>,
}

impl Packed {
    /// No database of ours holds U+0000, which the body around it was searched for in vain.
    fn is_clean(&self) -> bool {
        [Some(&self.value), self.display_name.as_ref()].into_iter().flatten().all(|text| !text.contains('\0'))
    }
}

fn part(
    attribute: &'static Attribute,
    place: Place,
    key: &str,
    value: Value,
    leeway: &mut Leeway,
) -> Result<Option<Part>, Error> {
    let former = || {
        attribute
            .former_sub_attribute(key)
            .filter(|_| leeway.allow(Leniency::FormerNames, format_args!("{place}.{key}")))
    };
    let Some(sub) = attribute.sub_attribute(key).or_else(former) else {
        let name = quote(key);
        return if leeway.allow(Leniency::DropUnknown, format_args!("{place}.{key}")) {
            Ok(None)
        } else {
            Err(Error::invalid_syntax(format!("{place} has no sub-attribute {name}")))
        };
    };
    // Clients send back what they have read (RFC 7644 section 3.5.1: readOnly values are ignored).
    if sub.mutability == Mutability::ReadOnly && !leeway.may_give(sub, place.sub(sub.name)) {
        return Ok(None);
    }
    Ok(Some(Part { sub, value: conform(sub, place.sub(sub.name), value, leeway)? }))
}

/// N10: a string for a complex attribute is its `value`. N11: a blank one unassigns it, whether it has a `value` or not.
fn from_string(
    attribute: &'static Attribute,
    place: Place,
    value: Value,
    leeway: &mut Leeway,
) -> Result<Option<Vec<Part>>, Error> {
    if is_blank(&value) && leeway.allow(Leniency::BlankIsAbsent, place) {
        return Ok(None);
    }
    let Some(sub) = attribute.value() else { return Err(not_an_object(place)) };
    if !leeway.allow(Leniency::StringForComplex, place) {
        return Err(not_an_object(place));
    }
    let value = conform(sub, place.sub(sub.name), value, leeway)?;
    Ok(Some(vec![Part { sub, value }]))
}

fn not_an_object(place: Place) -> Error {
    Error::invalid_value(format!("{place} must be {}", scalar::described(Type::Complex)))
}

//! The simple types (RFC 7643 section 2.3).

use serde_json::Value;

use super::Place;
use crate::error::Error;
use crate::lenience::{Leeway, Leniency};
use crate::schema::{Attribute, Type};
use crate::time;

pub(super) fn conform_scalar(
    attribute: &'static Attribute,
    place: Place,
    value: Value,
    leeway: &mut Leeway,
) -> Result<Option<Value>, Error> {
    if value.is_null() || blank_is_absent(place, &value, leeway) {
        return Ok(None);
    }
    let value = match (attribute.kind, value) {
        (Type::Boolean, value) => Value::Bool(boolean(place, &value, leeway)?),
        (Type::String, Value::String(text)) if attribute.trimmed => Value::String(trim(place, text, leeway)),
        (kind, value) if fits(kind, &value) => value,
        (kind, _) => return Err(Error::invalid_value(format!("{place} must be {}", described(kind)))),
    };
    Ok(Some(value))
}

pub(crate) fn is_blank(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// N11.
fn blank_is_absent(place: Place, value: &Value, leeway: &mut Leeway) -> bool {
    is_blank(value) && leeway.allow(Leniency::BlankIsAbsent, place)
}

/// N9: a truthy reading of "False" would let a leaver in.
fn boolean(place: Place, value: &Value, leeway: &mut Leeway) -> Result<bool, Error> {
    let read = match value {
        Value::Bool(boolean) => return Ok(*boolean),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    };
    read.filter(|_| leeway.allow(Leniency::BooleanStrings, place))
        .ok_or_else(|| Error::invalid_value(format!("{place} must be {}", described(Type::Boolean))))
}

fn trim(place: Place, text: String, leeway: &mut Leeway) -> String {
    if text.trim().len() == text.len() || !leeway.allow(Leniency::TrimNames, place) {
        return text;
    }
    text.trim().to_owned()
}

fn fits(kind: Type, value: &Value) -> bool {
    match kind {
        Type::String | Type::Reference => value.is_string(),
        Type::Boolean => value.is_boolean(),
        Type::Decimal => value.is_number(),
        Type::Integer => value.is_i64() || value.is_u64(),
        Type::DateTime => value.as_str().is_some_and(|text| time::parse_ms(text).is_some()),
        Type::Binary => value.as_str().is_some_and(is_base64),
        Type::Complex => value.is_object(),
    }
}

/// RFC 4648 sections 4 and 5; line breaks do no harm.
fn is_base64(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/-_=\r\n".contains(&byte))
}

pub(super) fn described(kind: Type) -> &'static str {
    match kind {
        Type::String => "a string",
        Type::Boolean => "a boolean, true or false",
        Type::Decimal => "a number",
        Type::Integer => "an integer",
        Type::DateTime => "a dateTime such as \"2026-11-22T19:54:00Z\"",
        Type::Reference => "a URI as a string",
        Type::Binary => "base64 in a string",
        Type::Complex => "an object",
    }
}

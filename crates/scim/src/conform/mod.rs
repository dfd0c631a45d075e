//! One value made to fit its row in the schema, or refused: what POST, PUT and PATCH share.
//!
//! The cast: [`Place`] says where in the request a value stands, [`Leeway`] what is forgiven, [`conform`] is the verb.
//! `None` always means unassigned: null, absent and the empty array are one state (RFC 7643 section 2.5).

mod list;
mod parts;
mod scalar;

use std::fmt;

use serde_json::{Map, Value};

use crate::error::Error;
use crate::lenience::{Leeway, Leniency};
use crate::schema::{Attribute, Schema};

pub(crate) use list::{check_count, conform_list};
pub(crate) use parts::{Part, conform_parts};
pub(crate) use scalar::is_blank;

/// The name of an attribute in a request, written only when somebody asks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) extension: Option<&'static Schema>,
    pub(crate) name: &'static str,
    pub(crate) sub: Option<&'static str>,
}

impl Place {
    pub(crate) fn of(extension: Option<&'static Schema>, attribute: &Attribute) -> Self {
        Self { extension, name: attribute.name, sub: None }
    }

    pub(crate) fn sub(self, name: &'static str) -> Self {
        Self { sub: Some(name), ..self }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = self.extension {
            write!(f, "{}:", schema.id)?;
        }
        f.write_str(self.name)?;
        self.sub.map_or(Ok(()), |sub| write!(f, ".{sub}"))
    }
}

/// The value as it is kept, in canonical case and without nulls.
pub(crate) fn conform(
    attribute: &'static Attribute,
    place: Place,
    value: Value,
    leeway: &mut Leeway,
) -> Result<Option<Value>, Error> {
    if attribute.multi_valued {
        let entries = conform_list(attribute, place, value, leeway)?;
        return Ok((!entries.is_empty()).then_some(Value::Array(entries)));
    }
    let Some(value) = unwrap_single(place, value, leeway)? else { return Ok(None) };
    conform_one(attribute, place, value, leeway)
}

/// One entry of a list, or the value of a single-valued attribute.
pub(crate) fn conform_one(
    attribute: &'static Attribute,
    place: Place,
    value: Value,
    leeway: &mut Leeway,
) -> Result<Option<Value>, Error> {
    if !attribute.is_complex() {
        return scalar::conform_scalar(attribute, place, value, leeway);
    }
    let parts = conform_parts(attribute, place, value, leeway)?.unwrap_or_default();
    let members: Map<_, _> =
        parts.into_iter().filter_map(|part| Some((part.sub.name.to_owned(), part.value?))).collect();
    Ok((!members.is_empty()).then_some(Value::Object(members)))
}

/// N10: an array of one around a single value.
fn unwrap_single(place: Place, value: Value, leeway: &mut Leeway) -> Result<Option<Value>, Error> {
    let Value::Array(mut items) = value else { return Ok(Some(value)) };
    match items.pop() {
        None => Ok(None),
        Some(only) if items.is_empty() && leeway.allow(Leniency::UnwrapArrays, place) => Ok(Some(only)),
        Some(_) => Err(Error::invalid_value(format!("{place} takes one value, not an array"))),
    }
}

#[cfg(test)]
mod tests;

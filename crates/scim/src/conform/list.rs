//! Multi-valued attributes (RFC 7643 section 2.4).

use std::collections::HashSet;

use serde_json::Value;

use super::{Place, conform_one};
use crate::error::Error;
use crate::lenience::{Leeway, Leniency};
use crate::limits::{MAX_REFERENCES, MAX_VALUES};
use crate::schema::Attribute;

/// The entries that are left; empty when the attribute is unassigned.
pub(crate) fn conform_list(
    attribute: &'static Attribute,
    place: Place,
    value: Value,
    leeway: &mut Leeway,
) -> Result<Vec<Value>, Error> {
    let items = match value {
        Value::Null => return Ok(Vec::new()),
        Value::Array(items) => items,
        _ if leeway.allow(Leniency::WrapValues, place) => vec![value],
        _ => return Err(Error::invalid_value(format!("{place} must be an array"))),
    };
    check_count(attribute, place, items.len())?;
    let entries = items.into_iter().map(|item| conform_one(attribute, place, item, leeway));
    let mut entries: Vec<Value> = entries.filter_map(Result::transpose).collect::<Result<_, _>>()?;
    keep_one_primary(attribute, place, &mut entries, leeway)?;
    drop_repeated(attribute, place, &mut entries, leeway);
    Ok(entries)
}

/// An attribute may not grow past its limit, by one request or by many.
pub(crate) fn check_count(attribute: &Attribute, place: Place, count: usize) -> Result<(), Error> {
    let limit = if attribute.detached { MAX_REFERENCES } else { MAX_VALUES };
    if count > limit {
        return Err(Error::invalid_value(format!("{place} takes at most {limit} values")));
    }
    Ok(())
}

/// The same value for the same purpose is one entry, the first (RFC 7643 section 2.4). References are a set in any case.
fn drop_repeated(attribute: &'static Attribute, place: Place, entries: &mut Vec<Value>, leeway: &mut Leeway) {
    if attribute.detached {
        return;
    }
    let mut seen = HashSet::with_capacity(entries.len());
    let mut is_new = |entry| Value::get(entry, "value").is_none_or(|value| seen.insert((value, entry.get("type"))));
    let is_repeated: Vec<_> = entries.iter().map(|entry| !is_new(entry)).collect();
    if is_repeated.contains(&true) && !leeway.allow(Leniency::KeepRepeated, place) {
        let mut is_repeated = is_repeated.into_iter();
        entries.retain(|_| is_repeated.next() == Some(false));
    }
}

/// N23: the first of several primary entries wins.
fn keep_one_primary(
    attribute: &'static Attribute,
    place: Place,
    entries: &mut [Value],
    leeway: &mut Leeway,
) -> Result<(), Error> {
    let Some(primary) = attribute.primary() else { return Ok(()) };
    let place = place.sub(primary.name);
    let claims = entries.iter_mut().filter_map(|entry| entry.get_mut(primary.name));
    for claim in claims.filter(|claim| **claim == Value::Bool(true)).skip(1) {
        if !leeway.allow(Leniency::FirstPrimaryWins, place) {
            return Err(Error::invalid_value(format!("{place} is true for more than one entry")));
        }
        *claim = Value::Bool(false);
    }
    Ok(())
}

//! Extensions without a schema, in a document. Their names are the client's, so they are found without case (RFC 7643
//! section 2.1) and keep the spelling that they came with.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::open::not_a_block;
use super::{Verb, Write};
use crate::document::Document;
use crate::error::{Error, quote};
use crate::lenience::Leeway;
use crate::limits::{MAX_MEMBERS, MAX_OPEN_EXTENSIONS};
use crate::schema::{AttributePath, is_open_urn, resolve_open};

/// Writes `name`; an object is merged into its block, attribute by attribute (N15).
pub(super) fn write(
    document: &mut Document,
    name: &str,
    verb: Verb,
    write: Write,
    leeway: &mut Leeway,
) -> Result<(), Error> {
    let value = if let Write::Value(value) = write { Some(value) } else { None };
    let members = document.members();
    if let Some(urn) = block_key(members, name) {
        write_block(members, &urn, value)?;
    } else if let Some((urn, rest)) = block_around(members, name) {
        write_attribute(members, &urn, &rest, verb, value, leeway)?;
    } else if matches!(value, Some(Value::Object(_))) {
        members.insert(name.to_owned(), Value::Object(Map::new()));
        write_block(members, name, value)?;
    } else if let Some(AttributePath::Open { urn, name, sub }) = resolve_open(name) {
        let rest = sub.map_or(name.clone(), |sub| format!("{name}.{sub}"));
        write_attribute(members, &urn, &rest, verb, value, leeway)?;
    }
    check_growth(members)
}

/// Extensions and their attributes are the client's to name, so they are counted.
fn check_growth(members: &Map<String, Value>) -> Result<(), Error> {
    let mut blocks = members.iter().filter(|(key, _)| is_open_urn(key));
    if blocks.clone().count() > MAX_OPEN_EXTENSIONS {
        return Err(Error::invalid_value(format!("more than {MAX_OPEN_EXTENSIONS} extensions")));
    }
    match blocks.find(|(_, block)| block.as_object().is_some_and(|block| block.len() > MAX_MEMBERS)) {
        Some((urn, _)) => Err(Error::invalid_value(format!("more than {MAX_MEMBERS} attributes in {}", quote(urn)))),
        None => Ok(()),
    }
}

/// The key of the block that `name` is.
fn block_key(members: &Map<String, Value>, name: &str) -> Option<String> {
    members.keys().find(|key| is_open_urn(key) && key.eq_ignore_ascii_case(name)).cloned()
}

/// The longest block of the document that `name` lies in, and the rest of the name.
fn block_around(members: &Map<String, Value>, name: &str) -> Option<(String, String)> {
    let inside = members.keys().filter(|key| is_open_urn(key)).filter_map(|key| {
        let start = name.get(..key.len())?;
        let rest = name[key.len()..].strip_prefix(':')?;
        (start.eq_ignore_ascii_case(key) && !rest.is_empty()).then(|| (key.clone(), rest.to_owned()))
    });
    inside.max_by_key(|(key, _)| key.len())
}

fn write_block(members: &mut Map<String, Value>, urn: &str, value: Option<Value>) -> Result<(), Error> {
    match (value, members.get_mut(urn)) {
        (None, _) => remove(members, urn),
        (Some(Value::Object(new)), Some(Value::Object(block))) => {
            merge(block, new);
        }
        (Some(_), _) => return Err(not_a_block(urn)),
    }
    prune(members, urn);
    Ok(())
}

/// Attribute by attribute (N15); a null unassigns. Names are folded once for all that is written: there may be a thousand of both.
fn merge(block: &mut Map<String, Value>, new: Map<String, Value>) {
    let mut spelled: HashMap<_, _> = block.keys().map(|key| (key.to_ascii_lowercase(), key.clone())).collect();
    for (key, value) in new {
        let key = spelled.entry(key.to_ascii_lowercase()).or_insert(key);
        block.insert(key.clone(), value);
    }
    block.retain(|_, value| !value.is_null());
}

/// `attr` or `attr.sub` in the block of `urn`, which comes and goes with its attributes.
fn write_attribute(
    members: &mut Map<String, Value>,
    urn: &str,
    name: &str,
    verb: Verb,
    value: Option<Value>,
    leeway: &mut Leeway,
) -> Result<(), Error> {
    let value = value.and_then(assigned);
    if let Some(Value::Object(block)) = entry(members, urn, value.is_some()) {
        match name.split_once('.').map(|(first, sub)| (spelled(block, first), sub)) {
            Some((first, sub)) if block.get(&first).is_none_or(Value::is_object) => {
                if let Some(Value::Object(complex)) = entry(block, &first, value.is_some()) {
                    set(complex, sub, verb, value, leeway)?;
                }
                prune(block, &first);
            }
            _ => set(block, name, verb, value, leeway)?,
        }
    }
    prune(members, urn);
    Ok(())
}

/// What is left of an attribute's value without its nulls, which unassign where a block is merged.
fn assigned(value: Value) -> Option<Value> {
    let Value::Object(mut members) = value else { return Some(value) };
    members.retain(|_, value| !value.is_null());
    (!members.is_empty()).then_some(Value::Object(members))
}

/// An array is added to, anything else is set.
fn set(
    members: &mut Map<String, Value>,
    name: &str,
    verb: Verb,
    value: Option<Value>,
    leeway: &mut Leeway,
) -> Result<(), Error> {
    const PAIR: usize = 16;
    match (value, members.get_mut(&spelled(members, name))) {
        (Some(Value::Array(new)), Some(Value::Array(old))) if verb == Verb::Add => {
            leeway.compare(old.len() * new.len() * PAIR)?;
            let new: Vec<_> = new.into_iter().filter(|value| !old.contains(value)).collect();
            old.extend(new);
        }
        (value, _) => put(members, name, value),
    }
    Ok(())
}

fn put(members: &mut Map<String, Value>, name: &str, value: Option<Value>) {
    let key = spelled(members, name);
    match value {
        Some(value) => _ = members.insert(key, value),
        None => remove(members, &key),
    }
}

fn remove(members: &mut Map<String, Value>, key: &str) {
    members.shift_remove(key);
}

fn prune(members: &mut Map<String, Value>, key: &str) {
    if members.get(key).and_then(Value::as_object).is_some_and(Map::is_empty) {
        remove(members, key);
    }
}

fn entry<'m>(members: &'m mut Map<String, Value>, key: &str, create: bool) -> Option<&'m mut Value> {
    if create {
        return Some(members.entry(key).or_insert_with(|| Value::Object(Map::new())));
    }
    members.get_mut(key)
}

/// `name` as the map spells it already.
fn spelled(members: &Map<String, Value>, name: &str) -> String {
    members.keys().find(|key| key.eq_ignore_ascii_case(name)).map_or(name, String::as_str).to_owned()
}

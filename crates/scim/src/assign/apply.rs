//! One assignment done to a document, and what is tidied at the end.

use serde_json::{Map, Value};

use super::entries::{List, is_listed};
use super::{Assignment, Target, Verb, Write, block};
use crate::conform::Part;
use crate::document::Document;
use crate::error::Error;
use crate::lenience::{Leeway, Leniency};
use crate::schema::{Attribute, ResourceType, Schema};

pub(crate) fn apply(document: &mut Document, assignment: Assignment, leeway: &mut Leeway) -> Result<(), Error> {
    let Assignment { verb, target, write } = assignment;
    match target {
        Target::Attribute { extension, attribute, filter } => {
            let list = List { extension, attribute, filter: filter.as_ref(), verb };
            if let Some(members) = home(document, extension) {
                write_attribute(members, &list, write, leeway)?;
            }
            prune(document, extension);
        }
        Target::Block(schema) => {
            document.members().shift_remove(schema.id);
        }
        Target::Open(name) => block::write(document, &name, verb, write, leeway)?,
    }
    Ok(())
}

fn write_attribute(
    members: &mut Map<String, Value>,
    list: &List<'_>,
    write: Write,
    leeway: &mut Leeway,
) -> Result<(), Error> {
    let name = list.attribute.name;
    let value = if list.attribute.multi_valued {
        let entries = match members.get_mut(name).map(Value::take) {
            Some(Value::Array(entries)) => entries,
            _ => Vec::new(),
        };
        let entries = list.write(entries, write, leeway)?;
        (!entries.is_empty()).then_some(Value::Array(entries))
    } else {
        single(members.get_mut(name).map(Value::take), list.verb, write)
    };
    put(members, name, value);
    Ok(())
}

/// A single value as it becomes; the parts of a complex one that are not named stay (N16). With `remove` it goes only if it is
/// the value that is listed (N19).
fn single(old: Option<Value>, verb: Verb, write: Write) -> Option<Value> {
    match write {
        Write::Value(listed) if verb == Verb::Remove => old.filter(|old| !is_listed(old, &listed)),
        Write::Value(value) => Some(value),
        Write::Parts(parts) => {
            let mut object = old.unwrap_or_else(|| Value::Object(Map::new()));
            forget(&mut object, &parts);
            merge(&mut object, &parts);
            object.as_object().is_some_and(|members| !members.is_empty()).then_some(object)
        }
        Write::Unassign | Write::Entries(_) | Write::Entry(_) => None,
    }
}

/// What was said of another value goes with it, unless it is said again.
fn forget(object: &mut Value, parts: &[Part]) {
    let Some(value) = parts.iter().rfind(|part| part.sub.name == "value") else { return };
    if let Value::Object(members) = object
        && members.get("value") != value.value.as_ref()
    {
        members.retain(|name, _| !matches!(name.as_str(), "$ref" | "display" | "displayName"));
    }
}

pub(super) fn merge(object: &mut Value, parts: &[Part]) {
    let Value::Object(members) = object else { return };
    for part in parts {
        put(members, part.sub.name, part.value.clone());
    }
}

fn put(members: &mut Map<String, Value>, name: &str, value: Option<Value>) {
    match value {
        Some(value) => members.insert(name.to_owned(), value),
        None => members.shift_remove(name),
    };
}

/// Where the attributes of a schema stand; an extension's block comes with its first attribute.
fn home<'d>(document: &'d mut Document, extension: Option<&Schema>) -> Option<&'d mut Map<String, Value>> {
    let members = document.members();
    match extension {
        None => Some(members),
        Some(schema) => members.entry(schema.id).or_insert_with(|| Value::Object(Map::new())).as_object_mut(),
    }
}

/// … and goes with its last.
fn prune(document: &mut Document, extension: Option<&Schema>) {
    let Some(schema) = extension else { return };
    let members = document.members();
    if members.get(schema.id).and_then(Value::as_object).is_some_and(Map::is_empty) {
        members.shift_remove(schema.id);
    }
}

/// N11: what is left with nothing but `type`, `primary` or `$ref` goes. Not before the last operation, which may fill it.
pub(crate) fn finish(document: &mut Document, resource_type: &'static ResourceType, leeway: &mut Leeway) {
    if !leeway.lenience.allows(Leniency::DropHollow) {
        return;
    }
    drop_hollow(document.members(), resource_type.schema, leeway);
    for schema in resource_type.extensions {
        if let Some(Value::Object(block)) = document.members().get_mut(schema.id) {
            drop_hollow(block, schema, leeway);
        }
        prune(document, Some(schema));
    }
}

fn drop_hollow(members: &mut Map<String, Value>, schema: &'static Schema, leeway: &mut Leeway) {
    for attribute in schema.attributes.iter().filter(|attribute| attribute.is_complex()) {
        let emptied = match members.get_mut(attribute.name) {
            Some(Value::Array(entries)) => {
                entries.retain(|entry| {
                    !(is_hollow(attribute, entry) && leeway.allow(Leniency::DropHollow, attribute.name))
                });
                entries.is_empty()
            }
            Some(value) => is_hollow(attribute, value) && leeway.allow(Leniency::DropHollow, attribute.name),
            None => false,
        };
        if emptied {
            members.shift_remove(attribute.name);
        }
    }
}

fn is_hollow(attribute: &Attribute, entry: &Value) -> bool {
    let is_qualifier = |name: &String| attribute.sub_attribute(name).is_some_and(Attribute::is_qualifier);
    entry.as_object().is_some_and(|members| members.keys().all(is_qualifier))
}

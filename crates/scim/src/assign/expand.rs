//! From names and values to assignments, by the schema alone.

use serde_json::{Map, Value};

use super::path::{AttributeTarget, Path};
use super::{Assignment, Target, Verb, Write};
use crate::conform::is_blank;
use crate::error::{Error, quote};
use crate::lenience::{Leeway, Leniency};
use crate::limits::MAX_ASSIGNMENTS;
use crate::outline::Long;
use crate::reference::DetachedChange;
use crate::schema::{Attribute, Mutability, ResourceType, Schema};

pub(crate) struct Expander<'a> {
    pub(super) resource_type: &'static ResourceType,
    pub(crate) verb: Verb,
    pub(super) leeway: &'a mut Leeway,
    /// A list of references that was left as text: see [`crate::outline`].
    pub(crate) long: Option<Long<'a>>,
    pub(crate) assignments: Vec<Assignment>,
    pub(crate) detached: Vec<DetachedChange>,
}

impl<'a> Expander<'a> {
    pub(crate) fn new(resource_type: &'static ResourceType, leeway: &'a mut Leeway) -> Self {
        Self { resource_type, verb: Verb::Create, leeway, long: None, assignments: Vec::new(), detached: Vec::new() }
    }

    /// An operation with a path. `None` is a `remove` without a value.
    pub(crate) fn path(&mut self, text: &str, value: Option<Value>) -> Result<(), Error> {
        let path = Path::parse(self.resource_type, text, self.leeway)?;
        self.write(path, text, value)
    }

    /// A body, or the value of an operation without a path: every key is its own path (N15).
    pub(crate) fn members(&mut self, members: Map<String, Value>) -> Result<(), Error> {
        members.into_iter().try_for_each(|(key, value)| self.member(&key, value))
    }

    fn member(&mut self, key: &str, value: Value) -> Result<(), Error> {
        let path = self.key(key, key);
        self.write(path, key, Some(value))
    }

    /// A key of an extension's block. Some clients name the block's own schema in it, which says nothing.
    fn block_member(&mut self, schema: &Schema, key: &str, value: Value) -> Result<(), Error> {
        if key.eq_ignore_ascii_case("schemas") {
            return Ok(());
        }
        let name = format!("{}:{key}", schema.id);
        let path = self.key(&name, key);
        self.write(path, &name, Some(value))
    }

    /// A key that is more than a name or a URN needs N15.
    fn key(&mut self, name: &str, key: &str) -> Path {
        let path = Path::parse(self.resource_type, name, self.leeway).unwrap_or(Path::Unknown);
        if path.is_plain(key) || self.leeway.allow(Leniency::PathKeys, name) { path } else { Path::Unknown }
    }

    fn write(&mut self, path: Path, text: &str, value: Option<Value>) -> Result<(), Error> {
        match path {
            Path::Attribute(target) => self.attribute(target, value),
            Path::Schema(schema) => self.schema(schema, value),
            Path::Open(name) => self.open(name, value),
            Path::Unknown => self.unknown(text),
        }
    }

    fn unknown(&mut self, name: &str) -> Result<(), Error> {
        if self.leeway.allow(Leniency::DropUnknown, name) {
            return Ok(());
        }
        let detail = format!("{} has no attribute {}", self.resource_type.name, quote(name));
        Err(if self.verb == Verb::Create { Error::invalid_syntax(detail) } else { Error::invalid_path(detail) })
    }

    fn attribute(&mut self, target: AttributeTarget, value: Option<Value>) -> Result<(), Error> {
        if target.attribute.detached && target.attribute.mutability != Mutability::ReadOnly {
            return self.detached(target, value);
        }
        if !self.may_write(&target)? {
            return Ok(());
        }
        let Some(write) = self.value(&target, value)? else { return Ok(()) };
        self.check_permanent(&target, &write)?;
        let AttributeTarget { extension, attribute, filter, .. } = target;
        self.push(Target::Attribute { extension, attribute, filter }, write)
    }

    /// Whether the value is of interest: read-only ones are ignored in a body (RFC 7644 sections 3.3 and 3.5.1) and refused in a
    /// PATCH, write-only ones (`password`) are accepted and never kept.
    fn may_write(&mut self, target: &AttributeTarget) -> Result<bool, Error> {
        let row = target.sub.unwrap_or(target.attribute);
        if target.attribute.mutability == Mutability::WriteOnly {
            return Ok(false);
        }
        if row.mutability != Mutability::ReadOnly && target.attribute.mutability != Mutability::ReadOnly {
            return Ok(true);
        }
        if self.leeway.may_give(row, target) {
            return Ok(true);
        }
        if self.verb == Verb::Create || self.leeway.allow(Leniency::IgnoreReadOnly, target) {
            return Ok(false);
        }
        Err(Error::mutability(format!("{target} is read-only")))
    }

    /// RFC 7644 section 3.5.2.2: what is required is never unassigned; N18: nor is what has a default.
    fn check_permanent(&self, target: &AttributeTarget, write: &Write) -> Result<(), Error> {
        let defaulted = self.leeway.lenience.allows(Leniency::PermanentActive);
        let is_permanent = |attribute: &Attribute| attribute.required || (defaulted && attribute.default.is_some());
        let goes = match write {
            Write::Unassign => target.filter.is_none() && is_permanent(target.attribute),
            Write::Parts(parts) => parts.iter().any(|part| part.value.is_none() && is_permanent(part.sub)),
            Write::Value(_) => self.verb == Verb::Remove && is_permanent(target.attribute),
            Write::Entries(_) | Write::Entry(_) => false,
        } && self.verb != Verb::Create;
        if goes { Err(Error::mutability(format!("{target} cannot be removed"))) } else { Ok(()) }
    }

    /// The core schema's URN stands for the resource, an extension's for its block, merged attribute by attribute.
    fn schema(&mut self, schema: &'static Schema, value: Option<Value>) -> Result<(), Error> {
        match value {
            Some(Value::Object(members)) if schema == self.resource_type.schema => self.members(members),
            Some(Value::Object(members)) if self.verb != Verb::Remove => {
                members.into_iter().try_for_each(|(key, value)| self.block_member(schema, &key, value))
            }
            _ if schema == self.resource_type.schema => self.unknown(schema.id),
            Some(value)
                if self.verb != Verb::Remove && !is_unassigned(&value) && !self.is_absent(&value, schema.id) =>
            {
                Err(Error::invalid_value(format!("{} must be an object", schema.id)))
            }
            _ if self.verb == Verb::Add => Ok(()),
            _ => self.push(Target::Block(schema), Write::Unassign),
        }
    }

    /// N11.
    pub(super) fn is_absent(&mut self, value: &Value, name: &str) -> bool {
        is_blank(value) && self.leeway.allow(Leniency::BlankIsAbsent, name)
    }

    pub(super) fn push(&mut self, target: Target, write: Write) -> Result<(), Error> {
        if self.assignments.len() == MAX_ASSIGNMENTS {
            return Err(Error::invalid_value(format!("more than {MAX_ASSIGNMENTS} attributes in one request")));
        }
        self.assignments.push(Assignment { verb: self.verb, target, write });
        Ok(())
    }
}

/// Null and the empty array are the same as absent (RFC 7643 section 2.5).
pub(super) fn is_unassigned(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

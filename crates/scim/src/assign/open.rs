//! Extensions without a schema, as they are asked for: kept as they are, but for nulls.

use serde_json::{Map, Value};

use super::expand::{Expander, is_unassigned};
use super::{Target, Verb, Write};
use crate::error::{Error, quote};
use crate::lenience::Leniency;
use crate::schema::resolve_open;

impl Expander<'_> {
    /// `name` is the URN of an extension, or of an attribute in one; only its value or the document can tell.
    pub(super) fn open(&mut self, name: String, value: Option<Value>) -> Result<(), Error> {
        if !self.leeway.allow(Leniency::OpenExtensions, &name) {
            let detail = format!("{} is no known extension", quote(&name));
            let in_body = self.verb == Verb::Create;
            return Err(if in_body { Error::invalid_syntax(detail) } else { Error::invalid_path(detail) });
        }
        let value = value.filter(|value| !self.is_empty_block(value, &name));
        let is_attribute = value.as_ref().is_some_and(|value| !value.is_object() && !is_unassigned(value));
        if is_attribute && resolve_open(&name).is_none() {
            return Err(not_a_block(&name));
        }
        let value = if self.verb == Verb::Remove { None } else { value.and_then(clean) };
        if value.is_none() && self.verb == Verb::Add {
            return Ok(());
        }
        self.push(Target::Open(name), value.map_or(Write::Unassign, Write::Value))
    }

    /// A blank in the place of an extension is no extension. Where the name may be an attribute's, as in a PATCH, it is its value.
    fn is_empty_block(&mut self, value: &Value, name: &str) -> bool {
        (self.verb == Verb::Create || resolve_open(name).is_none()) && self.is_absent(value, name)
    }
}

pub(super) fn not_a_block(name: &str) -> Error {
    Error::invalid_value(format!("{} must be an object", quote(name)))
}

/// Without nulls and empty lists, which mean absent (RFC 7643 section 2.5); `None` when nothing is left. The members of a
/// block stay as nulls, so that a PATCH can unassign them.
fn clean(value: Value) -> Option<Value> {
    let Value::Object(members) = value else { return cleaned(value) };
    let members: Map<_, _> =
        members.into_iter().map(|(key, value)| (key, cleaned(value).unwrap_or_default())).collect();
    (!members.is_empty()).then_some(Value::Object(members))
}

fn cleaned(value: Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::Array(items) => {
            let items: Vec<_> = items.into_iter().filter_map(cleaned).collect();
            (!items.is_empty()).then_some(Value::Array(items))
        }
        Value::Object(members) => {
            let members: Map<_, _> =
                members.into_iter().filter_map(|(key, value)| Some((key, cleaned(value)?))).collect();
            (!members.is_empty()).then_some(Value::Object(members))
        }
        value => Some(value),
    }
}

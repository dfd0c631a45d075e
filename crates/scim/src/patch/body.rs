//! The body of a PATCH: a list of operations.

use serde_json::{Map, Value};

use super::PATCH_SCHEMA;
use crate::assign::Verb;
use crate::error::{Error, quote};
use crate::lenience::{Leeway, Leniency};
use crate::limits::MAX_OPERATIONS;
use crate::resource::check_declared;

/// One operation as it was sent.
pub(super) struct Operation {
    pub(super) verb: Verb,
    pub(super) path: Option<String>,
    /// `None` when the key is missing; an explicit null is a value.
    pub(super) value: Option<Value>,
}

pub(super) fn operations(body: Value, leeway: &mut Leeway) -> Result<Vec<Operation>, Error> {
    let Value::Object(mut members) = body else {
        return Err(Error::invalid_syntax("a PATCH is a JSON object"));
    };
    check_declared(&members, &[PATCH_SCHEMA], leeway)?;
    let Some(Value::Array(items)) = take(&mut members, "Operations") else {
        return Err(Error::invalid_syntax("Operations must be an array"));
    };
    if items.is_empty() && !leeway.allow(Leniency::EmptyOperations, "Operations") {
        return Err(Error::invalid_syntax("Operations is empty"));
    }
    if items.len() > MAX_OPERATIONS {
        return Err(Error::too_large(format!("more than {MAX_OPERATIONS} operations")));
    }
    let numbered = items.into_iter().enumerate();
    numbered.map(|(index, item)| operation(item, leeway).map_err(|error| error.in_operation(index + 1))).collect()
}

fn operation(item: Value, leeway: &mut Leeway) -> Result<Operation, Error> {
    let Value::Object(mut members) = item else { return Err(Error::invalid_syntax("an operation is a JSON object")) };
    let verb = verb(take(&mut members, "op"), leeway)?;
    let path = match take(&mut members, "path") {
        None | Some(Value::Null) => None,
        Some(Value::String(path)) if path.is_empty() && leeway.allow(Leniency::BlankIsAbsent, "path") => None,
        Some(Value::String(path)) => Some(path),
        Some(_) => return Err(Error::invalid_path("path must be a string")),
    };
    Ok(Operation { verb, path, value: take(&mut members, "value") })
}

/// N13.
fn verb(op: Option<Value>, leeway: &mut Leeway) -> Result<Verb, Error> {
    let op = match op {
        None | Some(Value::Null) if leeway.allow(Leniency::MissingOpReplaces, "op") => return Ok(Verb::Replace),
        Some(Value::String(op)) => op,
        _ => return Err(Error::invalid_syntax("op must be add, remove or replace")),
    };
    let verbs = [("add", Verb::Add), ("remove", Verb::Remove), ("replace", Verb::Replace)];
    let found = verbs.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(&op));
    found
        .filter(|(name, _)| *name == op || leeway.allow(Leniency::AnyCaseOp, "op"))
        .map(|(_, verb)| verb)
        .ok_or_else(|| Error::invalid_syntax(format!("op must be add, remove or replace, not {}", quote(&op))))
}

/// By name without case (N6).
fn take(members: &mut Map<String, Value>, name: &str) -> Option<Value> {
    let key = members.keys().find(|key| key.eq_ignore_ascii_case(name))?.clone();
    members.remove(&key)
}

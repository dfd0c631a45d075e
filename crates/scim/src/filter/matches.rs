//! Whether a rendered resource matches.

use serde_json::{Map, Value};

use super::{Filter, Literal, Operator, compare};
use crate::fold::Keys;
use crate::reference::Reference;
use crate::schema::AttributePath;

impl Filter {
    /// `resource` is complete: rendered with its `id`, `meta` and the detached attribute that the filter names.
    pub fn matches(&self, resource: &Value) -> bool {
        self.matches_by(resource, &Keys::default())
    }

    pub(super) fn matches_by<'v>(&'v self, resource: &'v Value, keys: &Keys<'v>) -> bool {
        resource.as_object().is_some_and(|members| self.holds(Scope::Resource(members), keys))
    }

    /// For the filter between the brackets of a detached attribute: whether it selects this entry.
    pub fn matches_reference(&self, reference: &Reference) -> bool {
        let entry = Value::Object(reference.to_entry());
        self.matches_entry(&entry, &Keys::default())
    }

    /// For the filter between the brackets: whether it selects this entry.
    pub(crate) fn matches_entry<'v>(&'v self, entry: &'v Value, keys: &Keys<'v>) -> bool {
        self.holds(Scope::Entry(entry), keys)
    }

    fn holds<'v>(&'v self, scope: Scope<'v>, keys: &Keys<'v>) -> bool {
        match self {
            Self::And(terms) => terms.iter().all(|term| term.holds(scope, keys)),
            Self::Or(terms) => terms.iter().any(|term| term.holds(scope, keys)),
            Self::Not(filter) => !filter.holds(scope, keys),
            Self::Present(path) => scope.values(path).into_iter().any(is_assigned),
            Self::Compare { path, operator, value } => {
                holds_compare(&scope.compared(path), path, *operator, value, keys)
            }
            Self::Entry { attribute, filter } => {
                scope.values(attribute).into_iter().any(|entry| filter.matches_entry(entry, keys))
            }
        }
    }
}

const NOT_PRIMARY: &Value = &Value::Bool(false);

/// What a path is looked up in.
#[derive(Clone, Copy)]
enum Scope<'v> {
    Resource(&'v Map<String, Value>),
    Entry(&'v Value),
}

impl<'v> Scope<'v> {
    fn values(self, path: &AttributePath) -> Vec<&'v Value> {
        match self {
            Self::Resource(members) => values(members, path),
            Self::Entry(entry) => path.sub_name().and_then(|sub| of_entry(entry, sub)).into_iter().collect(),
        }
    }

    /// An entry that does not say whether it is the primary one is not (RFC 7643 section 2.4).
    fn compared(self, path: &AttributePath) -> Vec<&'v Value> {
        if !path.is_primary() {
            return self.values(path);
        }
        let entries = match self {
            Self::Resource(members) => values(members, &path.parent()),
            Self::Entry(entry) => vec![entry],
        };
        entries.into_iter().map(|entry| entry.get("primary").unwrap_or(NOT_PRIMARY)).collect()
    }
}

/// One value is enough (RFC 7644 section 3.4.2.2); an unassigned attribute differs from every value.
fn holds_compare<'v>(
    values: &[&'v Value],
    path: &AttributePath,
    operator: Operator,
    literal: &'v Literal,
    keys: &Keys<'v>,
) -> bool {
    let assigned = values.iter().any(|value| is_assigned(value));
    match (literal, operator) {
        (Literal::Null, Operator::Eq) => !assigned,
        (Literal::Null, _) => assigned,
        (_, Operator::Ne) if !assigned => true,
        _ => values.iter().any(|value| compare::holds(value, path.leaf(), operator, literal, keys)),
    }
}

fn is_assigned(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
        _ => true,
    }
}

/// The values at `path`: each entry of an array is one.
pub(crate) fn values<'v>(members: &'v Map<String, Value>, path: &AttributePath) -> Vec<&'v Value> {
    let (value, sub) = match path {
        AttributePath::Known { extension, attribute, sub } => {
            let home = extension.map_or(Some(members), |schema| members.get(schema.id).and_then(Value::as_object));
            (home.and_then(|home| home.get(attribute.name)), sub.map(|sub| sub.name))
        }
        AttributePath::Open { urn, name, sub } => {
            let block = find(members, urn).and_then(Value::as_object);
            (block.and_then(|block| find(block, name)), sub.as_deref())
        }
    };
    let entries = match value {
        None => return Vec::new(),
        Some(Value::Array(entries)) => entries.as_slice(),
        Some(value) => std::slice::from_ref(value),
    };
    entries.iter().filter_map(|entry| sub.map_or(Some(entry), |sub| of_entry(entry, sub))).collect()
}

fn of_entry<'v>(entry: &'v Value, sub: &str) -> Option<&'v Value> {
    find(entry.as_object()?, sub)
}

/// By its canonical name at once; an open extension's names are the client's, so they are compared without case.
fn find<'v>(members: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    members.get(name).or_else(|| members.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
}

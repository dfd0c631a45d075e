//! References that are kept apart from the document: a group's members come and go by the thousand.

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::filter::Filter;

/// One entry of a detached attribute, such as a group's `members`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The id of the resource that is referred to; it may not exist.
    pub value: String,
    pub display: Option<String>,
    /// `type`: "User" or "Group", for a user's groups "direct" or "indirect".
    pub kind: Option<String>,
}

/// What a PATCH does to the detached attribute; a list of them is applied in order.
#[derive(Debug, Clone, PartialEq)]
pub enum DetachedChange {
    Add(Vec<Reference>),
    /// These values, whether they are there or not.
    Remove(Vec<String>),
    /// What the filter matches, see [`Filter::matches_reference`]; only when it says more than `value eq`.
    RemoveWhere(Filter),
    RemoveAll,
    /// The full new list.
    Replace(Vec<Reference>),
}

impl Reference {
    pub fn new(value: impl Into<String>) -> Self {
        Self { value: value.into(), display: None, kind: None }
    }

    /// The entry as it stands in a resource; the caller adds `$ref`.
    pub(crate) fn to_entry(&self) -> Map<String, Value> {
        let fields = [("value", Some(&self.value)), ("display", self.display.as_ref()), ("type", self.kind.as_ref())];
        fields.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?.as_str().into()))).collect()
    }

    /// From a conformed entry; `None` without a `value`.
    pub(crate) fn from_entry(entry: Value) -> Option<Self> {
        let Value::Object(mut members) = entry else { return None };
        let mut text = |name: &str| match members.get_mut(name).map(Value::take) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        };
        Some(Self { value: text("value")?, display: text("display"), kind: text("type") })
    }
}

/// Duplicates collapse to the first of them; the order stays.
pub(crate) fn distinct(references: &mut Vec<Reference>) {
    let mut seen = HashSet::with_capacity(references.len());
    let first: Vec<bool> = references.iter().map(|reference| seen.insert(reference.value.as_str())).collect();
    drop(seen);
    let mut first = first.into_iter();
    references.retain(|_| first.next().unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn duplicates_collapse_in_order() {
        let mut references: Vec<_> = ["b", "a", "b", "c", "a"].map(Reference::new).into();
        distinct(&mut references);
        assert_eq!(references, ["b", "a", "c"].map(Reference::new));
    }

    #[test]
    fn entries_there_and_back() {
        let entry = json!({ "value": "1", "display": "One", "type": "User" });
        let reference = Reference::from_entry(entry.clone()).unwrap();
        assert_eq!(Value::Object(reference.to_entry()), entry);
        assert_eq!(Reference::from_entry(json!({ "display": "One" })), None);
    }
}

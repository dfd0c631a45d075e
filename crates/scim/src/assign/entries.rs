//! The entries of a multi-valued attribute under add, replace and remove (RFC 7644 sections 3.5.2.1 to 3.5.2.3).

use serde_json::{Map, Value};

use super::apply::merge;
use super::{Verb, Write};
use crate::conform::{Part, Place, check_count, is_blank};
use crate::error::Error;
use crate::filter::{Filter, Operator};
use crate::fold::Keys;
use crate::lenience::{Leeway, Leniency};
use crate::limits::{MAX_DOCUMENT_BYTES, folded_bytes, weight};
use crate::schema::{Attribute, Schema};

/// Which entries are meant, and how they are written.
pub(super) struct List<'a> {
    pub(super) extension: Option<&'static Schema>,
    pub(super) attribute: &'static Attribute,
    pub(super) filter: Option<&'a Filter>,
    pub(super) verb: Verb,
}

impl List<'_> {
    /// The entries as they become.
    pub(super) fn write(&self, old: Vec<Value>, write: Write, leeway: &mut Leeway) -> Result<Vec<Value>, Error> {
        leeway.compare(self.compared_bytes(&old, &write))?;
        let entries = match write {
            Write::Entries(new) if self.verb == Verb::Add => self.append(old, new),
            Write::Entries(listed) if self.verb == Verb::Remove => without(old, &listed),
            Write::Entries(new) => new,
            Write::Parts(parts) => self.write_selected(old, &parts, merge, leeway)?,
            Write::Entry(parts) => self.write_selected(old, &parts, replace, leeway)?,
            Write::Unassign | Write::Value(_) => self.remove_selected(old, leeway)?,
        };
        check_count(self.attribute, self.place(), entries.len())?;
        Ok(entries)
    }

    fn compared_bytes(&self, old: &[Value], write: &Write) -> usize {
        const PAIR: usize = 16;
        /// Folding a byte costs so many compared ones.
        const FOLDED: usize = 64;
        let of_filter = |filter: &Filter| {
            let literals: usize = filter.folded().into_iter().map(str::len).sum();
            let folded = literals + old.iter().map(folded_bytes).sum::<usize>();
            filter.terms() * old.iter().map(weight).sum::<usize>() + FOLDED * folded
        };
        let of_pairs = if let Write::Entries(new) = write { old.len() * new.len() * PAIR } else { 0 };
        of_pairs + self.filter.map_or(0, of_filter)
    }

    /// What is there already is not added again (section 3.5.2.1); the new primary entry takes the flag.
    fn append(&self, mut entries: Vec<Value>, new: Vec<Value>) -> Vec<Value> {
        for entry in new {
            let is_primary = self.is_primary(&entry);
            let at = entries.iter().position(|old| is_same(old, &entry)).unwrap_or(entries.len());
            match (entries.get_mut(at), entry) {
                (Some(Value::Object(old)), Value::Object(entry)) => old.extend(entry),
                (_, entry) => entries.push(entry),
            }
            if is_primary {
                self.claim_primary(&mut entries, at);
            }
        }
        entries
    }

    fn write_selected(
        &self,
        mut entries: Vec<Value>,
        parts: &[Part],
        write: fn(&mut Value, &[Part]),
        leeway: &mut Leeway,
    ) -> Result<Vec<Value>, Error> {
        let mut selected: Vec<usize> = self.selected(&entries);
        if selected.is_empty() {
            if parts.iter().all(|part| part.value.is_none()) {
                return self.nothing_to_remove(entries, leeway);
            }
            selected.push(entries.len());
            entries.push(self.create(leeway)?);
        }
        check_written(parts, selected.len())?;
        for &at in &selected {
            write(&mut entries[at], parts);
        }
        if let Some(&first) = selected.iter().find(|&&at| self.is_primary(&entries[at])) {
            self.claim_primary(&mut entries, first);
        }
        entries.retain(|entry| entry.as_object().is_none_or(|members| !members.is_empty()));
        Ok(entries)
    }

    fn remove_selected(&self, entries: Vec<Value>, leeway: &mut Leeway) -> Result<Vec<Value>, Error> {
        let selected = self.selected(&entries);
        if selected.is_empty() {
            return self.nothing_to_remove(entries, leeway);
        }
        let kept = entries.into_iter().enumerate().filter(|(at, _)| selected.binary_search(at).is_err());
        Ok(kept.map(|(_, entry)| entry).collect())
    }

    /// N18.
    fn nothing_to_remove(&self, entries: Vec<Value>, leeway: &mut Leeway) -> Result<Vec<Value>, Error> {
        let Some(_) = self.filter else { return Ok(entries) };
        if leeway.allow(Leniency::RemoveAbsent, self.place()) { Ok(entries) } else { Err(self.no_target()) }
    }

    /// N17: the entry that the filter describes. N11: what it describes as blank is absent.
    fn create(&self, leeway: &mut Leeway) -> Result<Value, Error> {
        let described = self.filter.map_or_else(|| Some(Map::new()), description);
        let mut described = described
            .filter(|_| leeway.allow(Leniency::CreateEntries, self.place()))
            .ok_or_else(|| self.no_target())?;
        described.retain(|_, value| !(is_blank(value) && leeway.allow(Leniency::BlankIsAbsent, self.place())));
        Ok(Value::Object(described))
    }

    /// The numbers of the entries that the filter selects.
    fn selected(&self, entries: &[Value]) -> Vec<usize> {
        let keys = Keys::default();
        let selects = |entry| self.filter.is_none_or(|filter| filter.matches_entry(entry, &keys));
        (0..entries.len()).filter(|&at| selects(&entries[at])).collect()
    }

    fn is_primary(&self, entry: &Value) -> bool {
        self.attribute.primary().is_some_and(|primary| entry.get(primary.name) == Some(&Value::Bool(true)))
    }

    /// N23 and RFC 7644 section 3.5.2: the flag is cleared elsewhere.
    fn claim_primary(&self, entries: &mut [Value], winner: usize) {
        let Some(primary) = self.attribute.primary() else { return };
        for (_, entry) in entries.iter_mut().enumerate().filter(|(at, _)| *at != winner) {
            if let Some(flag) = entry.get_mut(primary.name) {
                *flag = Value::Bool(false);
            }
        }
    }

    fn place(&self) -> Place {
        Place::of(self.extension, self.attribute)
    }

    fn no_target(&self) -> Error {
        Error::no_target(format!("no entry of {} matches the filter", self.place()))
    }
}

/// One value in every entry is many values.
fn check_written(parts: &[Part], entries: usize) -> Result<(), Error> {
    let bytes: usize = parts.iter().filter_map(|part| part.value.as_ref()).map(weight).sum();
    if bytes.saturating_mul(entries) > MAX_DOCUMENT_BYTES {
        return Err(Error::too_large(format!("the resource is larger than {MAX_DOCUMENT_BYTES} bytes")));
    }
    Ok(())
}

fn replace(entry: &mut Value, parts: &[Part]) {
    *entry = Value::Object(Map::new());
    merge(entry, parts);
}

/// The same value for the same purpose (RFC 7643 section 2.4), or the same in every part.
fn is_same(old: &Value, new: &Value) -> bool {
    let same = |name: &str| old.get(name) == new.get(name);
    old == new || (old.get("value").is_some() && same("value") && same("type"))
}

/// N19: an entry goes when a listed one names its value, or without a value all its parts.
fn without(mut entries: Vec<Value>, listed: &[Value]) -> Vec<Value> {
    entries.retain(|entry| !listed.iter().any(|listed| is_listed(entry, listed)));
    entries
}

pub(super) fn is_listed(entry: &Value, listed: &Value) -> bool {
    match listed {
        Value::Object(parts) if parts.contains_key("value") => entry.get("value") == parts.get("value"),
        Value::Object(parts) => parts.iter().all(|(name, value)| entry.get(name) == Some(value)),
        listed => entry == listed,
    }
}

/// The parts that a filter demands by `eq`, joined by `and`; `None` when it says anything else.
fn description(filter: &Filter) -> Option<Map<String, Value>> {
    match filter {
        Filter::And(terms) => {
            let parts: Option<Vec<_>> = terms.iter().map(description).collect();
            Some(parts?.into_iter().flatten().collect())
        }
        Filter::Compare { path, operator: Operator::Eq, value } => {
            let value = Some(value.to_value()).filter(|value| !value.is_null())?;
            Some(Map::from_iter([(path.sub_name()?.to_owned(), value)]))
        }
        _ => None,
    }
}

//! Changes of the detached attribute: they need no document, so their size does not matter to anything else.

use serde_json::Value;

use super::Verb;
use super::expand::{Expander, is_unassigned};
use super::path::AttributeTarget;
use crate::conform::{Place, check_count, conform_list, conform_one};
use crate::error::Error;
use crate::filter::Filter;
use crate::lenience::{Leeway, Leniency};
use crate::limits::{MAX_REFERENCES, check_entry};
use crate::outline::{Long, entries, is_placeholder};
use crate::reference::{DetachedChange, Reference, distinct};

impl Expander<'_> {
    pub(super) fn detached(&mut self, mut target: AttributeTarget, value: Option<Value>) -> Result<(), Error> {
        if target.sub.is_some() && !self.removes_entries(&target) {
            return self.immutable(&target);
        }
        let change = match target.filter.take() {
            Some(filter) => self.selected(&target, filter, value)?,
            None if self.verb == Verb::Remove => self.removed(&target, value)?,
            None => self.given(&target, value.unwrap_or_default())?,
        };
        self.detached.extend(change);
        self.check_references(&target)
    }

    /// `remove members[…].value`: an entry without its value is none (N11).
    fn removes_entries(&mut self, target: &AttributeTarget) -> bool {
        let of_value = target.sub.is_some_and(|sub| sub.name == "value") && target.filter.is_some();
        self.verb == Verb::Remove && of_value && self.leeway.allow(Leniency::DropHollow, target)
    }

    /// The parts of an entry never change (RFC 7643 section 8.7.1): the member is removed and another added.
    fn immutable(&mut self, target: &AttributeTarget) -> Result<(), Error> {
        if self.leeway.allow(Leniency::IgnoreReadOnly, target) {
            return Ok(());
        }
        Err(Error::mutability(format!("{target} is immutable")))
    }

    /// `members[…]`: what it selects goes; what `add` and `replace` give comes.
    fn selected(
        &mut self,
        target: &AttributeTarget,
        filter: Filter,
        value: Option<Value>,
    ) -> Result<Vec<DetachedChange>, Error> {
        let mut changes = Vec::new();
        if self.verb != Verb::Add {
            changes.push(match filter.listed_values("value") {
                Some(values) => DetachedChange::Remove(values),
                None => DetachedChange::RemoveWhere(selectable(target, filter)?),
            });
        }
        if self.verb != Verb::Remove {
            changes.push(DetachedChange::Add(self.references(target, value.unwrap_or_default())?));
        }
        Ok(changes)
    }

    /// N19: no value means everybody, a list means those, an empty list or null means nobody.
    fn removed(&mut self, target: &AttributeTarget, value: Option<Value>) -> Result<Vec<DetachedChange>, Error> {
        let Some(value) = value else { return Ok(vec![DetachedChange::RemoveAll]) };
        self.allow_listed(target)?;
        if is_unassigned(&value) {
            return Ok(Vec::new());
        }
        let values: Vec<_> = self.references(target, value)?.into_iter().map(|reference| reference.value).collect();
        Ok(if values.is_empty() { Vec::new() } else { vec![DetachedChange::Remove(values)] })
    }

    /// N20: `replace` and a body give the full list.
    fn given(&mut self, target: &AttributeTarget, value: Value) -> Result<Vec<DetachedChange>, Error> {
        let references = self.references(target, value)?;
        if self.verb != Verb::Add {
            return Ok(vec![DetachedChange::Replace(references)]);
        }
        Ok(if references.is_empty() { Vec::new() } else { vec![DetachedChange::Add(references)] })
    }

    fn references(&mut self, target: &AttributeTarget, value: Value) -> Result<Vec<Reference>, Error> {
        let place = Place::of(target.extension, target.attribute);
        let mut references = match self.long.take_if(|_| is_placeholder(&value)) {
            Some(long) => self.streamed(target, place, long)?,
            None => {
                let entries = conform_list(target.attribute, place, value, self.leeway)?;
                let mut references = Vec::with_capacity(entries.len());
                entries.into_iter().try_for_each(|entry| refer(entry, target, self.leeway, &mut references))?;
                references
            }
        };
        distinct(&mut references);
        Ok(references)
    }

    /// Entry by entry, which comes to the same as [`conform_list`].
    fn streamed(&mut self, target: &AttributeTarget, place: Place, long: Long<'_>) -> Result<Vec<Reference>, Error> {
        let (mut references, mut count) = (Vec::new(), 0);
        entries(long.text, &mut |item| {
            count += 1;
            check_count(target.attribute, place, count)?;
            check_entry(&item, target.attribute.name, long.levels)?;
            match conform_one(target.attribute, place, item, self.leeway)? {
                Some(entry) => refer(entry, target, self.leeway, &mut references),
                None => Ok(()),
            }
        })?;
        Ok(references)
    }

    fn check_references(&self, target: &AttributeTarget) -> Result<(), Error> {
        let count = |change: &DetachedChange| match change {
            DetachedChange::Add(references) | DetachedChange::Replace(references) => references.len(),
            DetachedChange::Remove(values) => values.len(),
            DetachedChange::RemoveWhere(_) | DetachedChange::RemoveAll => 0,
        };
        if self.detached.iter().map(count).sum::<usize>() > MAX_REFERENCES {
            return Err(Error::invalid_value(format!("more than {MAX_REFERENCES} values of {target} in one request")));
        }
        Ok(())
    }
}

/// Adds what an entry refers to.
fn refer(
    entry: Value,
    target: &AttributeTarget,
    leeway: &mut Leeway,
    references: &mut Vec<Reference>,
) -> Result<(), Error> {
    match Reference::from_entry(entry) {
        Some(reference) => references.push(reference),
        None if leeway.allow(Leniency::DropHollow, target) => {}
        None => return Err(Error::invalid_value(format!("{target} has an entry without a value"))),
    }
    Ok(())
}

/// Of a reference its value and its type are kept: what asks for anything else would select nobody, and seem to have succeeded.
fn selectable(target: &AttributeTarget, filter: Filter) -> Result<Filter, Error> {
    if filter.names_only(&["value", "type"]) {
        return Ok(filter);
    }
    Err(Error::invalid_filter(format!("entries of {target} are selected by value or type")))
}

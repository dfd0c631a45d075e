//! The value of an assignment, conformed to what the path leads to.

use serde_json::Value;

use super::expand::{Expander, is_unassigned};
use super::path::AttributeTarget;
use super::{Verb, Write};
use crate::conform::{Part, Place, conform, conform_list, conform_parts};
use crate::error::Error;
use crate::lenience::Leniency;

impl Expander<'_> {
    /// `None` when nothing is to be done.
    pub(super) fn value(&mut self, target: &AttributeTarget, value: Option<Value>) -> Result<Option<Write>, Error> {
        if self.verb == Verb::Remove {
            return self.removal(target, value);
        }
        let place = Place::of(target.extension, target.attribute);
        let value = value.unwrap_or_default();
        let write = if let Some(sub) = target.sub {
            let value = conform(sub, place.sub(sub.name), value, self.leeway)?;
            Some(Write::Parts(vec![Part { sub, value }]))
        } else if target.filter.is_some() {
            self.entry(target, place, value)?
        } else if target.attribute.multi_valued {
            let entries = conform_list(target.attribute, place, value, self.leeway)?;
            (!entries.is_empty()).then_some(Write::Entries(entries))
        } else if target.attribute.is_complex() {
            conform_parts(target.attribute, place, value, self.leeway)?.map(Write::Parts)
        } else {
            conform(target.attribute, place, value, self.leeway)?.map(Write::Value)
        };
        Ok(write.or_else(|| self.unassign(target)))
    }

    /// The value of the entries that a filter selects: `replace` leaves nothing of them (RFC 7644 section 3.5.2.3).
    fn entry(&mut self, target: &AttributeTarget, place: Place, value: Value) -> Result<Option<Write>, Error> {
        let parts = conform_parts(target.attribute, place, value, self.leeway)?;
        Ok(parts.map(if self.verb == Verb::Replace { Write::Entry } else { Write::Parts }))
    }

    /// To add nothing to a list is no change; to set a single value to nothing unassigns it.
    fn unassign(&self, target: &AttributeTarget) -> Option<Write> {
        let adds_nothing = self.verb == Verb::Add && target.attribute.multi_valued;
        (!adds_nothing).then_some(Write::Unassign)
    }

    /// RFC 7644 section 3.5.2.2 knows no value here; N19 reads one as the list of what goes.
    fn removal(&mut self, target: &AttributeTarget, value: Option<Value>) -> Result<Option<Write>, Error> {
        if let Some(sub) = target.sub {
            return Ok(Some(Write::Parts(vec![Part { sub, value: None }])));
        }
        let Some(value) = value.filter(|value| !value.is_null() && target.filter.is_none()) else {
            return Ok(Some(Write::Unassign));
        };
        let place = Place::of(target.extension, target.attribute);
        self.allow_listed(target)?;
        if !target.attribute.multi_valued {
            return conform(target.attribute, place, value, self.leeway).map(|value| value.map(Write::Value));
        }
        if is_unassigned(&value) {
            return Ok(None);
        }
        conform_list(target.attribute, place, value, self.leeway).map(|entries| Some(Write::Entries(entries)))
    }

    pub(super) fn allow_listed(&mut self, target: &AttributeTarget) -> Result<(), Error> {
        if self.leeway.allow(Leniency::RemoveListed, target) {
            return Ok(());
        }
        Err(Error::invalid_syntax(format!(
            "remove takes no value: select the values of {target} by a filter in the path"
        )))
    }
}

//! One filter against many resources.

use std::collections::HashMap;
use std::rc::Rc;

use serde_json::Value;

use super::Filter;
use crate::fold::{self, Keys};

/// Folds what the filter compares with once, and counts what it folds of the resources.
#[derive(Debug)]
pub struct Matcher<'f> {
    filter: &'f Filter,
    literals: HashMap<&'f str, Rc<str>>,
    folded_bytes: usize,
}

impl<'f> Matcher<'f> {
    pub fn new(filter: &'f Filter) -> Self {
        let literals = filter.folded().into_iter().map(|text| (text, fold::key(text).into())).collect();
        Self { filter, literals, folded_bytes: 0 }
    }

    /// [`Filter::matches`].
    pub fn matches(&mut self, resource: &Value) -> bool {
        let keys = Keys::beside(&self.literals);
        let matches = self.filter.matches_by(resource, &keys);
        self.folded_bytes += keys.folded_bytes();
        matches
    }

    /// Bytes that were folded to be compared without case, of all resources together. One costs as much as a hundred that are
    /// compared.
    pub const fn folded_bytes(&self) -> usize {
        self.folded_bytes
    }
}

//! Comparison of strings whose attribute is not `caseExact` (RFC 7643 section 2.2): caseless and by compatibility.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use caseless::Caseless;
use unicode_normalization::UnicodeNormalization;

/// Two strings with the same key are equal without case.
pub(crate) fn key(text: &str) -> Cow<'_, str> {
    if !text.is_ascii() {
        return Cow::Owned(text.nfkc().default_case_fold().nfkc().collect());
    }
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Cow::Owned(text.to_ascii_lowercase());
    }
    Cow::Borrowed(text)
}

/// Keys that are made once: folding costs some hundred times what comparing does, and a filter compares each value with each of
/// its terms.
#[derive(Default)]
pub(crate) struct Keys<'a> {
    /// Made before.
    known: Option<&'a HashMap<&'a str, Rc<str>>>,
    made: RefCell<HashMap<&'a str, Rc<str>>>,
    folded_bytes: Cell<usize>,
}

impl<'a> Keys<'a> {
    pub(crate) fn beside(known: &'a HashMap<&'a str, Rc<str>>) -> Self {
        Self { known: Some(known), ..Self::default() }
    }

    pub(crate) fn of(&self, text: &'a str) -> Rc<str> {
        if let Some(key) = self.known.and_then(|known| known.get(text)) {
            return Rc::clone(key);
        }
        let made = || {
            self.folded_bytes.update(|bytes| bytes + text.len());
            key(text).into()
        };
        Rc::clone(self.made.borrow_mut().entry(text).or_insert_with(made))
    }

    /// Bytes of what was folded.
    pub(crate) fn folded_bytes(&self) -> usize {
        self.folded_bytes.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(a: &str, b: &str, expected: bool) {
        assert_eq!(key(a) == key(b), expected, "{a} and {b}");
    }

    #[test]
    fn compared() {
        check("alice", "ALICE", true);
        check("alice", "alicia", false);
        check("STRASSE", "straße", true);
        check("A\u{30a}ngström", "ångstro\u{308}m", true);
        check("ｆｕｌｌ", "FULL", true);
        check("e", "é", false);
    }
}

//! Cursors of lists (RFC 9865 section 2): where a page begins, as text that is opaque, safe in a URL, and good for one query only.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::{Error, ScimType};
use crate::limits::MAX_CURSOR_BYTES;
use crate::sort::SortKey;

/// A page behind a place, or before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    pub place: Place,
    /// The page ends before the place.
    pub backward: bool,
    /// Of the first page: all of them are of one size.
    pub count: u32,
}

/// A resource's place in the order of a list, whether it is still there or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The name of its resource type.
    pub kind: String,
    /// What the list is sorted by; `None` when the resource has none of it.
    pub key: Option<SortKey>,
    pub id: String,
}

const CHECK_BYTES: usize = 8;

impl Cursor {
    /// `query` is whatever the cursor is good for: the directory, the filter, the order.
    pub fn encode(&self, query: &str) -> String {
        let json = serde_json::to_vec(self).unwrap_or_default();
        let mut bytes = check(query, &json).to_vec();
        bytes.extend(json);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// 400 `invalidCursor` for what is none, or is one of another query.
    pub fn decode(text: &str, query: &str) -> Result<Self, Error> {
        let invalid = || Error::bad_request(ScimType::InvalidCursor, "the cursor is none of this query");
        if text.len() > MAX_CURSOR_BYTES {
            return Err(invalid());
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| invalid())?;
        let (checked, json) = bytes.split_at_checked(CHECK_BYTES).ok_or_else(invalid)?;
        if checked != check(query, json) {
            return Err(invalid());
        }
        serde_json::from_slice(json).map_err(|_| invalid())
    }
}

fn check(query: &str, json: &[u8]) -> [u8; CHECK_BYTES] {
    let mut hash = Sha256::new();
    hash.update((query.len() as u64).to_be_bytes());
    hash.update(query);
    hash.update(json);
    let mut check = [0; CHECK_BYTES];
    check.iter_mut().zip(hash.finalize()).for_each(|(to, from)| *to = from);
    check
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_good_for_its_query() {
        let key = Some(SortKey::Text("ß\"ü".to_owned()));
        let place = Place { kind: "User".to_owned(), key, id: "u".to_owned() };
        let cursor = Cursor { place, backward: true, count: 10 };
        let text = cursor.encode("q");
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{text}");
        assert_eq!(Cursor::decode(&text, "q"), Ok(cursor));
        let mangled = format!("{}A", &text[..text.len() - 1]);
        for (text, query) in [(text.as_str(), "other"), (&mangled, "q"), ("", "q"), ("AAAA", "q"), ("ä", "q")] {
            let error = Cursor::decode(text, query).unwrap_err();
            assert_eq!((error.status, error.scim_type), (400, Some(ScimType::InvalidCursor)), "{text}");
        }
    }

    #[test]
    fn a_cursor_has_a_limit() {
        let of = |id: usize| {
            let place = Place { kind: String::new(), key: None, id: "x".repeat(id) };
            Cursor { place, backward: false, count: 0 }.encode("")
        };
        let most = (0..MAX_CURSOR_BYTES).find(|id| of(*id).len() > MAX_CURSOR_BYTES).unwrap();
        assert!(Cursor::decode(&of(most - 1), "").is_ok());
        assert!(Cursor::decode(&of(most), "").is_err());
    }
}

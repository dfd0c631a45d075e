//! Query parameters: unknown ones are ignored, empty ones are not given, lists come in three spellings.

use model::Timestamp;
use model::id::{Id, Kind};

use crate::api::error::ApiError;

/// Longest value of a parameter, in bytes.
const MAX_PARAM_LENGTH: usize = 2048;
/// How many values a list may have.
const MAX_LIST_VALUES: usize = 250;

/// The decoded pairs of a query string, in order.
pub(crate) struct Params(Vec<(String, String)>);

impl Params {
    pub(crate) fn parse(query: &str) -> Result<Self, ApiError> {
        let decoded = form_urlencoded::parse(query.as_bytes());
        let pairs: Vec<_> = decoded.map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        if pairs.iter().any(|(name, value)| name.contains('\0') || value.contains('\0')) {
            return Err(ApiError::bad_request("A parameter holds the character U+0000."));
        }
        Ok(Self(pairs))
    }

    /// A single value; of several the last.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&str>, ApiError> {
        let mut given = self.0.iter().filter(|(key, value)| key == name && !value.is_empty());
        let Some((_, value)) = given.next_back() else { return Ok(None) };
        if value.len() > MAX_PARAM_LENGTH {
            return Err(ApiError::invalid(name, format!("{name} is longer than {MAX_PARAM_LENGTH} bytes")));
        }
        Ok(Some(value))
    }

    /// The values of `name=a,b`, `name=a&name=b`, `name[]=a&name[0]=b`, or any mixture.
    pub(crate) fn list(&self, name: &str) -> Result<Vec<String>, ApiError> {
        let given = self.0.iter().filter(|(key, _)| key == name || is_bracketed(key, name));
        let values = given.flat_map(|(_, value)| value.split(',')).map(str::trim).filter(|value| !value.is_empty());
        let values: Vec<_> = values.map(str::to_owned).collect();
        if values.len() > MAX_LIST_VALUES {
            return Err(ApiError::invalid(name, format!("{name} has more than {MAX_LIST_VALUES} values")));
        }
        Ok(values)
    }

    /// An id to filter by. What is no id of this kind is the id of nobody: an empty list, like an absent or a foreign one.
    pub(crate) fn filter_id<K: Kind>(&self, name: &str) -> Result<Option<Id<K>>, ApiError> {
        Ok(self.text(name)?.map(|text| text.parse().unwrap_or_else(|_| nobody())))
    }

    /// ISO 8601 with `Z`; an offset is refused, as the real API does.
    pub(crate) fn time(&self, name: &str) -> Result<Option<Timestamp>, ApiError> {
        let read = |text: &str| Timestamp::parse(text).filter(|_| text.ends_with('Z'));
        let wrong = || ApiError::invalid(name, format!("{name} must be a time like 2026-01-15T12:00:00.000Z"));
        self.text(name)?.map(|text| read(text).ok_or_else(wrong)).transpose()
    }
}

/// An id that nothing has: ids are drawn from times after 1970.
pub(crate) fn nobody<K: Kind>() -> Id<K> {
    Id::from_ulid(0.into())
}

fn is_bracketed(key: &str, name: &str) -> bool {
    let index = key.strip_prefix(name).and_then(|rest| rest.strip_prefix('[')?.strip_suffix(']'));
    index.is_some_and(|index| index.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use model::id::{DirectoryId, kind};

    use super::*;

    #[test]
    fn lists_are_spelled_in_three_ways() {
        let check = |query: &str, expected: &[&str]| {
            assert_eq!(Params::parse(query).unwrap().list("events").unwrap(), expected, "{query}");
        };
        check("events=a%2Cb", &["a", "b"]);
        check("events=a,b", &["a", "b"]);
        check("events=a&events=b", &["a", "b"]);
        check("events[]=a&events%5B%5D=b", &["a", "b"]);
        check("events[0]=a&events[1]=b", &["a", "b"]);
        check("events[]=a,b&events=c&limit=1&events=", &["a", "b", "c"]);
        check("events=&eventsX=a&events[x]=a&xevents[]=a", &[]);
        check("", &[]);
    }

    #[test]
    fn values_and_lists_are_bounded() {
        let text = |length: usize| Params::parse(&format!("a={}", "x".repeat(length))).unwrap().text("a").is_ok();
        assert!(text(MAX_PARAM_LENGTH) && !text(MAX_PARAM_LENGTH + 1));
        let list = |values: usize| Params::parse(&format!("a={}", "x,".repeat(values))).unwrap().list("a").is_ok();
        assert!(list(MAX_LIST_VALUES) && !list(MAX_LIST_VALUES + 1));
        assert!(Params::parse("a=x%00").is_err());
    }

    #[test]
    fn the_last_value_counts_and_an_empty_one_is_not_given() {
        let params = Params::parse("a=1&a=2&a=&b=").unwrap();
        assert_eq!(params.text("a").unwrap(), Some("2"));
        assert_eq!(params.text("b").unwrap(), None);
    }

    #[test]
    fn a_filter_by_no_id_is_by_nobodys() {
        let id: DirectoryId = "directory_01HF7YAT00000000000000000A".parse().unwrap();
        let params = Params::parse(&format!("a={id}&b=directory_x&c={id}x")).unwrap();
        assert_eq!(params.filter_id("a").unwrap(), Some(id));
        assert_eq!(params.filter_id::<kind::Directory>("b").unwrap(), Some(nobody()));
        assert_eq!(params.filter_id::<kind::User>("a").unwrap(), Some(nobody()));
        assert_eq!(params.filter_id::<kind::User>("d").unwrap(), None);
    }

    #[test]
    fn a_time_ends_in_z() {
        let params = Params::parse("a=2026-01-15T12:00:00Z&b=2026-01-15T12:00:00%2B00:00&c=today").unwrap();
        assert_eq!(params.time("a").unwrap(), Some(Timestamp(1_768_478_400_000)));
        assert!(params.time("b").is_err() && params.time("c").is_err());
    }
}

//! Lists (RFC 7644 sections 3.4.2 and 3.4.3): what a query asks for, and the page that answers.

use serde_json::{Value, json};

use crate::error::Error;
use crate::limits::{DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE};

pub const LIST_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/// The query of a list, its filter still as text. Which attributes are answered is a [`crate::Projection`]'s matter; sorting is
/// not supported, and what is not supported is ignored (RFC 7644 section 3.4.2.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListQuery {
    /// Counted from 1.
    pub start_index: u64,
    /// At most `MAX_PAGE_SIZE`.
    pub count: u32,
    pub filter: Option<String>,
}

impl Default for ListQuery {
    fn default() -> Self {
        Self { start_index: 1, count: DEFAULT_PAGE_SIZE, filter: None }
    }
}

impl ListQuery {
    /// From decoded pairs. Names are compared without case, unknown and empty parameters ignored (N1, N2); of a repeated one
    /// the last counts. An empty filter is none that could be parsed: to answer everybody would be a match (N26).
    pub fn parse<N: AsRef<str>, V: AsRef<str>>(pairs: impl IntoIterator<Item = (N, V)>) -> Result<Self, Error> {
        let mut query = Self::default();
        for (name, value) in pairs {
            query.set(name.as_ref(), value.as_ref().trim())?;
        }
        Ok(query)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), Error> {
        match name.to_ascii_lowercase().as_str() {
            "startindex" => self.start_index = number("startIndex", value, 1)?.max(1),
            "count" => {
                let count = number("count", value, u64::from(DEFAULT_PAGE_SIZE))?.min(u64::from(MAX_PAGE_SIZE));
                self.count = u32::try_from(count).unwrap_or(MAX_PAGE_SIZE);
            }
            "filter" if value.is_empty() => return Err(Error::invalid_filter("the filter is empty")),
            "filter" => self.filter = Some(value.to_owned()),
            _ => {}
        }
        Ok(())
    }
}

/// Below zero is zero (RFC 7644 section 3.4.2.4).
fn number(name: &str, value: &str, default: u64) -> Result<u64, Error> {
    if value.is_empty() {
        return Ok(default);
    }
    let number: i64 = value.parse().map_err(|_| Error::invalid_value(format!("{name} must be an integer")))?;
    Ok(u64::try_from(number).unwrap_or(0))
}

/// One page of a list (RFC 7644 section 3.4.2).
#[derive(Debug, Clone, PartialEq)]
pub struct ListResponse {
    /// Of all pages.
    pub total_results: u64,
    pub start_index: u64,
    pub resources: Vec<Value>,
}

impl ListResponse {
    pub fn to_json(self) -> Value {
        json!({
            "schemas": [LIST_SCHEMA],
            "totalResults": self.total_results,
            "startIndex": self.start_index,
            "itemsPerPage": self.resources.len(),
            "Resources": self.resources,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ScimType;

    fn check(pairs: &[(&str, &str)], expected: Result<ListQuery, &str>) {
        let query = ListQuery::parse(pairs.iter().copied());
        assert_eq!(query.map_err(|error| (error.scim_type, error.detail)), expected.map_err(invalid), "{pairs:?}");
    }

    fn invalid(detail: &str) -> (Option<ScimType>, String) {
        (Some(ScimType::InvalidValue), detail.to_owned())
    }

    #[test]
    fn n29_paging() {
        let query = ListQuery::default;
        check(&[], Ok(query()));
        check(&[("startIndex", "0")], Ok(query()));
        check(&[("startIndex", "-5"), ("count", "")], Ok(query()));
        check(&[("STARTINDEX", "101"), ("Count", "2")], Ok(ListQuery { start_index: 101, count: 2, ..query() }));
        check(&[("count", "0")], Ok(ListQuery { count: 0, ..query() }));
        check(&[("count", "-1")], Ok(ListQuery { count: 0, ..query() }));
        check(&[("count", "200")], Ok(ListQuery { count: MAX_PAGE_SIZE, ..query() }));
        check(&[("count", "201")], Ok(ListQuery { count: MAX_PAGE_SIZE, ..query() }));
        check(&[("count", "lots")], Err("count must be an integer"));
        check(&[("startIndex", "1.5")], Err("startIndex must be an integer"));
    }

    #[test]
    fn n26_an_empty_filter_is_refused() {
        let filtered = ListQuery { filter: Some("userName eq \"a\"".into()), ..ListQuery::default() };
        check(
            &[("Filter", " userName eq \"a\" "), ("sortOrder", "sideways"), ("shoeSize", "43"), ("", "")],
            Ok(filtered),
        );
        for empty in ["", " "] {
            let error = ListQuery::parse([("filter", empty)]).unwrap_err();
            assert_eq!(error, Error::invalid_filter("the filter is empty"));
        }
    }

    #[test]
    fn rendered() {
        let page = ListResponse { total_results: 7, start_index: 3, resources: vec![json!({ "id": "1" })] };
        let expected = json!({
            "schemas": [LIST_SCHEMA], "totalResults": 7, "startIndex": 3, "itemsPerPage": 1, "Resources": [{ "id": "1" }],
        });
        assert_eq!(page.to_json(), expected);
    }
}

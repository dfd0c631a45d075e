//! Lists (RFC 7644 sections 3.4.2 and 3.4.3): what a query asks for, and the page that answers.

use serde_json::{Value, json};

use crate::error::{Error, ScimType};
use crate::limits::{DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE};

pub const LIST_SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/// The query of a list, its filter and its order still as text. Which attributes are answered is a [`crate::Projection`]'s matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListQuery {
    pub paging: Paging,
    /// At most `MAX_PAGE_SIZE`.
    pub count: u32,
    pub filter: Option<String>,
    pub sorting: Option<Sorting>,
}

/// Which page is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Paging {
    /// That begins with this resource, counted from 1: the default method (RFC 9865 section 2.4).
    Index(u64),
    /// That this cursor stands for; the first page, without one (RFC 9865 section 2).
    Cursor(Option<String>),
}

/// `sortBy` and `sortOrder`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sorting {
    pub by: String,
    pub descending: bool,
}

impl Default for ListQuery {
    fn default() -> Self {
        Self { paging: Paging::Index(1), count: DEFAULT_PAGE_SIZE, filter: None, sorting: None }
    }
}

/// The parameters as they came.
#[derive(Default)]
struct Parameters {
    start_index: Option<String>,
    count: Option<String>,
    cursor: Option<String>,
    filter: Option<String>,
    sort_by: Option<String>,
    sort_order: Option<String>,
}

impl ListQuery {
    /// From decoded pairs. Names are compared without case, unknown and empty parameters ignored (N1, N2); of a repeated one
    /// the last counts. An empty filter is none that could be parsed: to answer everybody would be a match (N26). An empty
    /// cursor asks for the first page.
    ///
    /// 400 `invalidFilter`, `invalidValue`, or in a query by cursor `invalidCursor` and `invalidCount`.
    pub fn parse<N: AsRef<str>, V: AsRef<str>>(pairs: impl IntoIterator<Item = (N, V)>) -> Result<Self, Error> {
        let mut parameters = Parameters::default();
        for (name, value) in pairs {
            parameters.set(name.as_ref(), value.as_ref().trim());
        }
        parameters.read()
    }
}

impl Parameters {
    fn set(&mut self, name: &str, value: &str) {
        let (place, may_be_empty) = match name.to_ascii_lowercase().as_str() {
            "startindex" => (&mut self.start_index, false),
            "count" => (&mut self.count, false),
            "cursor" => (&mut self.cursor, true),
            "filter" => (&mut self.filter, true),
            "sortby" => (&mut self.sort_by, false),
            "sortorder" => (&mut self.sort_order, false),
            _ => return,
        };
        *place = Some(value.to_owned()).filter(|value| may_be_empty || !value.is_empty());
    }

    fn read(self) -> Result<ListQuery, Error> {
        if self.filter.as_ref().is_some_and(String::is_empty) {
            return Err(Error::invalid_filter("the filter is empty"));
        }
        let paging = match (self.cursor, &self.start_index) {
            (Some(_), Some(_)) => {
                let detail = "cursor and startIndex exclude each other";
                return Err(Error::bad_request(ScimType::InvalidCursor, detail));
            }
            (Some(cursor), None) => Paging::Cursor(Some(cursor).filter(|cursor| !cursor.is_empty())),
            (None, None) => Paging::Index(1),
            (None, Some(start)) => Paging::Index(number("startIndex", start).map_err(Error::invalid_value)?.max(1)),
        };
        let count = match (self.count.map(|count| number("count", &count)), &paging) {
            (None, _) => u64::from(DEFAULT_PAGE_SIZE),
            (Some(count), Paging::Index(_)) => count.map_err(Error::invalid_value)?.min(u64::from(MAX_PAGE_SIZE)),
            (Some(count), Paging::Cursor(_)) => count.and_then(at_most_a_page).map_err(invalid_count)?,
        };
        let descending = match self.sort_order {
            None => false,
            Some(order) if order.eq_ignore_ascii_case("ascending") => false,
            Some(order) if order.eq_ignore_ascii_case("descending") => true,
            Some(_) => return Err(Error::invalid_value("sortOrder must be ascending or descending")),
        };
        let sorting = self.sort_by.map(|by| Sorting { by, descending });
        let count = u32::try_from(count).unwrap_or(MAX_PAGE_SIZE);
        Ok(ListQuery { paging, count, filter: self.filter, sorting })
    }
}

/// Below zero is zero (RFC 7644 section 3.4.2.4).
fn number(name: &str, value: &str) -> Result<u64, String> {
    let number: i64 = value.parse().map_err(|_| format!("{name} must be an integer"))?;
    Ok(u64::try_from(number).unwrap_or(0))
}

/// RFC 9865 section 2.1, table 3.
fn at_most_a_page(count: u64) -> Result<u64, String> {
    if count > u64::from(MAX_PAGE_SIZE) { Err(format!("count must be {MAX_PAGE_SIZE} at most")) } else { Ok(count) }
}

/// A page by cursor is of the size that was asked for, and all pages are of one size.
fn invalid_count(detail: impl Into<String>) -> Error {
    Error::bad_request(ScimType::InvalidCount, detail)
}

/// One page of a list (RFC 7644 section 3.4.2).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ListResponse {
    /// Of all pages; `None` when they were not counted, which only a page by cursor may leave out.
    pub total_results: Option<u64>,
    /// Of a page by index.
    pub start_index: Option<u64>,
    pub next_cursor: Option<String>,
    pub previous_cursor: Option<String>,
    pub resources: Vec<Value>,
}

impl ListResponse {
    pub fn to_json(self) -> Value {
        let mut page = json!({ "schemas": [LIST_SCHEMA] });
        let numbers = [("totalResults", self.total_results), ("startIndex", self.start_index)];
        numbers
            .into_iter()
            .filter_map(|(name, number)| Some((name, number?)))
            .for_each(|(name, number)| page[name] = number.into());
        page["itemsPerPage"] = self.resources.len().into();
        let cursors = [("previousCursor", self.previous_cursor), ("nextCursor", self.next_cursor)];
        cursors
            .into_iter()
            .filter_map(|(name, cursor)| Some((name, cursor?)))
            .for_each(|(name, cursor)| page[name] = cursor.into());
        page["Resources"] = self.resources.into();
        page
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
        let paging = |start| Paging::Index(start);
        check(&[], Ok(query()));
        check(&[("startIndex", "0")], Ok(query()));
        check(&[("startIndex", "-5"), ("count", "")], Ok(query()));
        check(&[("STARTINDEX", "101"), ("Count", "2")], Ok(ListQuery { paging: paging(101), count: 2, ..query() }));
        check(&[("count", "0")], Ok(ListQuery { count: 0, ..query() }));
        check(&[("count", "-1")], Ok(ListQuery { count: 0, ..query() }));
        check(&[("count", "200")], Ok(ListQuery { count: MAX_PAGE_SIZE, ..query() }));
        check(&[("count", "201")], Ok(ListQuery { count: MAX_PAGE_SIZE, ..query() }));
        check(&[("count", "lots")], Err("count must be an integer"));
        check(&[("startIndex", "1.5")], Err("startIndex must be an integer"));
    }

    #[test]
    fn paging_by_cursor() {
        let of = |cursor: Option<&str>, count| ListQuery {
            paging: Paging::Cursor(cursor.map(str::to_owned)),
            count,
            ..ListQuery::default()
        };
        check(&[("cursor", "")], Ok(of(None, DEFAULT_PAGE_SIZE)));
        check(&[("Cursor", "x"), ("count", "200")], Ok(of(Some("x"), MAX_PAGE_SIZE)));
        check(&[("cursor", ""), ("count", "-1")], Ok(of(None, 0)));
        let refused = |pairs: &[(&str, &str)]| ListQuery::parse(pairs.iter().copied()).unwrap_err().scim_type;
        for count in ["201", "lots"] {
            assert_eq!(refused(&[("cursor", ""), ("count", count)]), Some(ScimType::InvalidCount));
        }
        assert_eq!(refused(&[("cursor", ""), ("startIndex", "1")]), Some(ScimType::InvalidCursor));
    }

    #[test]
    fn sorting() {
        let by = |descending| Some(Sorting { by: "userName".to_owned(), descending });
        let sorted = |descending| ListQuery { sorting: by(descending), ..ListQuery::default() };
        check(&[("sortBy", "userName")], Ok(sorted(false)));
        check(&[("SORTBY", "userName"), ("sortorder", "Ascending")], Ok(sorted(false)));
        check(&[("sortBy", "userName"), ("sortOrder", "descending")], Ok(sorted(true)));
        check(&[("sortBy", ""), ("sortOrder", "descending")], Ok(ListQuery::default()));
        check(&[("sortOrder", "sideways")], Err("sortOrder must be ascending or descending"));
    }

    #[test]
    fn n26_an_empty_filter_is_refused() {
        let filtered = ListQuery { filter: Some("userName eq \"a\"".into()), ..ListQuery::default() };
        check(&[("Filter", " userName eq \"a\" "), ("shoeSize", "43"), ("", "")], Ok(filtered));
        for empty in ["", " "] {
            let error = ListQuery::parse([("filter", empty)]).unwrap_err();
            assert_eq!(error, Error::invalid_filter("the filter is empty"));
        }
    }

    #[test]
    fn rendered() {
        let resources = vec![json!({ "id": "1" })];
        let (total_results, start_index) = (Some(7), Some(3));
        let page = ListResponse { total_results, start_index, resources, ..ListResponse::default() };
        let expected = json!({
            "schemas": [LIST_SCHEMA], "totalResults": 7, "startIndex": 3, "itemsPerPage": 1, "Resources": [{ "id": "1" }],
        });
        assert_eq!(page.clone().to_json(), expected);
        let (next_cursor, previous_cursor) = (Some("n".to_owned()), Some("p".to_owned()));
        let page = ListResponse { total_results: None, start_index: None, next_cursor, previous_cursor, ..page };
        let expected = json!({
            "schemas": [LIST_SCHEMA], "itemsPerPage": 1, "previousCursor": "p", "nextCursor": "n", "Resources": [{ "id": "1" }],
        });
        assert_eq!(page.to_json(), expected);
    }
}

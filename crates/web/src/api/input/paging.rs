//! Which page: `limit`, `order`, `before`, `after` (`workos-contract.md` 2.1).

use std::str::FromStr;

use model::query::{Order, PageQuery};
use utoipa::IntoParams;

use super::{Params, ReadQuery};
use crate::api::error::ApiError;
use crate::openapi::schema::pagination_order;

/// Most objects on a page.
pub const MAX_LIMIT: u64 = 100;
const DEFAULT_LIMIT: u64 = 10;

/// Which page of a list.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Paging {
    /// How many objects to answer at most.
    #[param(value_type = Option<u64>, minimum = 1, maximum = 100, default = 10)]
    limit: u64,
    /// `desc` is newest first, `asc` oldest first; `normal` is newest first with the cursors the other way round: `before`
    /// leads to older objects, `after` to newer ones.
    #[param(schema_with = pagination_order, required = false)]
    order: Order,
    /// An id of this list, still there or not: the page that ends before it.
    before: Option<String>,
    /// An id of this list: the page that begins after it. With both cursors, the one that leads on counts.
    after: Option<String>,
}

impl ReadQuery for Paging {
    fn read(params: &Params) -> Result<Self, ApiError> {
        let cursor = |name| params.text(name).map(|text| text.map(str::to_owned));
        Ok(Self { limit: limit(params)?, order: order(params)?, before: cursor("before")?, after: cursor("after")? })
    }
}

impl Paging {
    /// The page of a list of these ids.
    pub(crate) fn of<I: FromStr>(&self) -> Result<PageQuery<I>, ApiError> {
        let (before, after) = (cursor("before", self.before.as_deref())?, cursor("after", self.after.as_deref())?);
        Ok(PageQuery { limit: self.limit, order: self.order, before, after })
    }
}

fn cursor<I: FromStr>(name: &str, text: Option<&str>) -> Result<Option<I>, ApiError> {
    let wrong = |text: &str| ApiError::invalid(name, format!("{name} is no id of this list: {text}"));
    text.map(|text| text.parse().map_err(|_| wrong(text))).transpose()
}

pub(crate) fn limit(params: &Params) -> Result<u64, ApiError> {
    let wrong = || ApiError::invalid("limit", format!("limit must be a number from 1 to {MAX_LIMIT}"));
    let read = |text: &str| text.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit));
    params.text("limit")?.map_or(Ok(DEFAULT_LIMIT), |text| read(text).ok_or_else(wrong))
}

fn order(params: &Params) -> Result<Order, ApiError> {
    match params.text("order")? {
        None | Some("desc") => Ok(Order::Newest),
        Some("asc") => Ok(Order::Oldest),
        Some("normal") => Ok(Order::Reversed),
        Some(_) => Err(ApiError::invalid("order", "order must be desc, asc or normal")),
    }
}

#[cfg(test)]
mod tests {
    use model::id::UserId;

    use super::*;

    const ID: &str = "directory_user_01HF7YAT00000000000000000A";

    fn check(query: &str, expected: Option<(u64, Order)>) {
        let read = Params::parse(query).and_then(|params| Paging::read(&params)?.of::<UserId>());
        assert_eq!(read.ok().map(|page| (page.limit, page.order)), expected, "{query}");
    }

    #[test]
    fn has_defaults_and_limits() {
        check("", Some((DEFAULT_LIMIT, Order::Newest)));
        check("limit=&order=&before=&after=&page=7", Some((DEFAULT_LIMIT, Order::Newest)));
        check("limit=1&order=asc", Some((1, Order::Oldest)));
        check("limit=100&order=normal", Some((MAX_LIMIT, Order::Reversed)));
        for wrong in ["limit=0", "limit=101", "limit=-1", "limit=x", "limit=1.5", "order=newest", "before=x"] {
            check(wrong, None);
        }
        check(&format!("after={ID}"), Some((DEFAULT_LIMIT, Order::Newest)));
        check(&format!("after={}", ID.replace("user", "group")), None);
    }
}

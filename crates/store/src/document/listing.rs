//! The order of a list and where it begins.
//!
//! A page behind a place is found by index, whatever lies before it. Rows without a key lie last, in descending order first: they are
//! read by a statement of their own.

use std::fmt::Write;

use model::query::IndexPage;
use sea_orm::{FromQueryResult, Value};

use super::{Condition, number};
use crate::error::Error;
use crate::query::Query;
use crate::read;
use crate::reader::DirectoryReader;

/// What is read.
#[derive(Debug, Clone)]
pub struct Listing<'a> {
    pub conditions: &'a [Condition],
    pub by: SortBy,
    pub descending: bool,
    pub start: Start,
    pub count: u64,
}

/// What is alike lies in the order of creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortBy {
    Created,
    /// The user's `userName` or the group's `displayName`.
    Name,
    ExternalId,
    /// The user's.
    DisplayName,
    Modified,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// So many rows are left out.
    Offset(u64),
    /// A row's place in the order, whether it is still there or not.
    Behind { key: Option<Key>, id: String },
}

/// A row's part in the order: a case key or an exact text, or milliseconds since the epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    Text(String),
    Integer(i64),
}

impl<'a> Listing<'a> {
    /// In the order of creation.
    pub fn page(conditions: &'a [Condition], page: IndexPage) -> Self {
        let start = Start::Offset(page.start_index.saturating_sub(1));
        Self { conditions, by: SortBy::Created, descending: false, start, count: page.count }
    }
}

/// What one statement reads: the rows with a key, those without, or all.
struct Part {
    rows: Rows,
    start: Start,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Rows {
    /// All of them, where a key is always there: an index is told so.
    WithKey,
    WithoutKey,
    /// One behind the other, which no index has.
    Both,
}

impl Listing<'_> {
    fn parts(&self, nullable: bool) -> Vec<Part> {
        let part = |rows, start: &Start| Part { rows, start: start.clone() };
        let keyed = |has_key| if has_key { Rows::WithKey } else { Rows::WithoutKey };
        let from = |has_key| part(keyed(has_key), &Start::Offset(0));
        match &self.start {
            start if !nullable => vec![part(Rows::WithKey, start)],
            Start::Offset(0) => vec![from(!self.descending), from(self.descending)],
            start @ Start::Offset(_) => vec![part(Rows::Both, start)],
            start @ Start::Behind { key, .. } => {
                let here = part(keyed(key.is_some()), start);
                if key.is_some() == self.descending { vec![here] } else { vec![here, from(self.descending)] }
            }
        }
    }
}

impl From<&Key> for Value {
    fn from(key: &Key) -> Self {
        match key {
            Key::Text(text) => text.as_str().into(),
            Key::Integer(integer) => (*integer).into(),
        }
    }
}

impl DirectoryReader {
    /// One statement; two where a key may be missing and the first of them does not fill the page.
    pub(super) async fn listed<M: FromQueryResult>(
        &self,
        table: &str,
        name_key: &str,
        listing: &Listing<'_>,
    ) -> Result<Vec<M>, Error> {
        let (column, nullable) = match listing.by {
            SortBy::Created => (None, false),
            SortBy::Name => (Some(name_key), false),
            SortBy::ExternalId => (Some("external_id"), true),
            SortBy::DisplayName => (Some("display_name_key"), name_key != "display_name_key"),
            SortBy::Modified => (Some("updated_at"), false),
        };
        let mut rows = Vec::new();
        for part in listing.parts(nullable) {
            let room = listing.count.saturating_sub(rows.len() as u64);
            if room == 0 {
                break;
            }
            let by_id = column.is_none() || part.rows == Rows::WithoutKey;
            let mut query = self.documents(table, name_key, listing.conditions, by_id);
            let is_mail = |condition: &Condition| matches!(condition, Condition::Mail(_));
            // No index has both: in the order of ids SQLite would look at everybody for the one with an address.
            let id = if listing.conditions.iter().any(is_mail) { "t.id || ''" } else { "t.id" };
            part.write(&mut query, (column, id), listing.descending, room);
            rows.extend(read::all::<M>(&self.store.0.read, self.store.0.dialect, &query.sql, query.values).await?);
        }
        Ok(rows)
    }
}

impl Part {
    fn write(&self, query: &mut Query, (column, id): (Option<&str>, &str), descending: bool, count: u64) {
        let (past, order) = if descending { ("<", "DESC") } else { (">", "ASC") };
        let keyed = column.filter(|_| self.rows != Rows::WithoutKey);
        match (column, self.rows) {
            (Some(column), Rows::WithKey) => _ = write!(query.sql, " AND t.{column} IS NOT NULL"),
            (Some(column), Rows::WithoutKey) => _ = write!(query.sql, " AND t.{column} IS NULL"),
            _ => {}
        }
        let offset = match (&self.start, keyed) {
            (Start::Offset(offset), _) => *offset,
            (Start::Behind { key: Some(key), id: place }, Some(column)) => {
                query.values.extend([key.into(), place.as_str().into()]);
                let at = query.values.len();
                _ = write!(query.sql, " AND (t.{column}, t.id) {past} (${}, ${at})", at - 1);
                0
            }
            (Start::Behind { id: place, .. }, _) => {
                query.values.push(place.as_str().into());
                query.compare("t.id", past, query.values.len());
                0
            }
        };
        query.sql.push_str(" ORDER BY ");
        if let Some(column) = keyed {
            if self.rows == Rows::Both {
                _ = write!(query.sql, "t.{column} IS NULL {order}, ");
            }
            _ = write!(query.sql, "t.{column} {order}, ");
        }
        query.values.extend([number(count).into(), number(offset).into()]);
        let (at, order) = (query.values.len(), query.order(id, order));
        _ = write!(query.sql, "{order} LIMIT ${} OFFSET ${at}", at - 1);
    }
}

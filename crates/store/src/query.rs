//! A SELECT that is put together from conditions, with its parameters numbered as they come.

use std::fmt::Write;

use model::id::{Id, Kind};
use model::query::PageQuery;
use sea_orm::Value;

use crate::dialect::{Dialect, Rows};

pub(crate) struct Query {
    dialect: Dialect,
    /// Where `FROM …` begins in the text.
    from: usize,
    pub(crate) sql: String,
    pub(crate) values: Vec<Value>,
}

impl Query {
    /// Begins with `SELECT columns FROM from WHERE true`.
    pub(crate) fn new(dialect: Dialect, columns: &str, from: &str) -> Self {
        let select = format!("SELECT {columns} ");
        Self { dialect, from: select.len(), sql: format!("{select}FROM {from} WHERE true"), values: Vec::new() }
    }

    /// `AND condition`, where `?` stands for the value.
    pub(crate) fn and(&mut self, condition: &str, value: impl Into<Value>) {
        self.values.push(value.into());
        let numbered = condition.replace('?', &format!("${}", self.values.len()));
        self.sql.push_str(" AND ");
        self.sql.push_str(&numbered);
    }

    /// [`Query::and`] when there is a value.
    pub(crate) fn and_some(&mut self, condition: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.and(condition, value);
        }
    }

    /// `AND column IN (…)`, any number of keys as one parameter.
    pub(crate) fn and_in(&mut self, column: &str, keys: Rows) {
        let (rows, values) = self.dialect.rows("k", keys, self.values.len() + 1);
        self.values.extend(values);
        _ = write!(self.sql, " AND {column} IN (SELECT k.c0 FROM {rows})");
    }

    /// Keyset page by `id`: what `page.rs` says, in the same one statement.
    pub(crate) fn page<K: Kind>(&mut self, id: &str, page: PageQuery<Id<K>>) {
        let ascending = page.ascending();
        let (past, nearest, behind, order) =
            if ascending { (">=", "max", "<=", "ASC") } else { ("<=", "min", ">=", "DESC") };
        if let Some(cursor) = page.cursor() {
            let (_, from) = self.sql.split_at(self.from);
            let at = self.values.len() + 1;
            let bound = format!("COALESCE((SELECT {nearest}({id}) {from} AND {id} {behind} ${at}), ${at})");
            _ = write!(self.sql, " AND {id} {past} {bound}");
            self.values.push(cursor.to_string().into());
        }
        self.values.push(i64::try_from(page.rows()).unwrap_or(i64::MAX).into());
        _ = write!(self.sql, " ORDER BY {id} {order} LIMIT ${}", self.values.len());
    }
}

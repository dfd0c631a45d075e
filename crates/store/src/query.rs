//! A SELECT that is put together from conditions, with its parameters numbered as they come.

use std::fmt::{Display, Write};

use model::query::PageQuery;
use sea_orm::Value;

use crate::dialect::{Dialect, Rows};

pub(crate) struct Query {
    dialect: Dialect,
    pub(crate) sql: String,
    pub(crate) values: Vec<Value>,
}

impl Query {
    /// Begins with `SELECT … FROM … WHERE true`.
    pub(crate) fn new(dialect: Dialect, select: &str) -> Self {
        Self { dialect, sql: format!("{select} WHERE true"), values: Vec::new() }
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

    /// Keyset page by `id`: one row more than asked for.
    pub(crate) fn page<I: Display + Copy>(&mut self, id: &str, page: PageQuery<I>) {
        let (past, order) = if page.ascending() { (">", "ASC") } else { ("<", "DESC") };
        self.and_some(&format!("{id} {past} ?"), page.cursor().map(|cursor| cursor.to_string()));
        self.values.push(i64::try_from(page.limit + 1).unwrap_or(i64::MAX).into());
        _ = write!(self.sql, " ORDER BY {id} {order} LIMIT ${}", self.values.len());
    }
}

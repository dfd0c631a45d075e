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
    /// See [`Query::within`].
    scope: Option<Scope>,
}

/// A column that has one value in all rows, and the number of the parameter that holds it.
struct Scope {
    column: String,
    at: usize,
}

impl Query {
    /// Begins with `SELECT columns FROM from WHERE true`.
    pub(crate) fn new(dialect: Dialect, columns: &str, from: &str) -> Self {
        let select = format!("SELECT {columns} ");
        Self {
            dialect,
            from: select.len(),
            sql: format!("{select}FROM {from} WHERE true"),
            values: Vec::new(),
            scope: None,
        }
    }

    /// `AND column = value`, said as a range. A list in the order of ids then has to lead with the column, which only an index
    /// over both does. To an equality PostgreSQL would take the primary key, too, and look at everybody else's rows: it believes that
    /// each tenant's lie evenly among them. SQLite takes the index for the equality, and for a range it may not.
    pub(crate) fn within(&mut self, column: &str, value: impl Into<Value>) {
        if self.dialect == Dialect::Sqlite {
            return self.and(&format!("{column} = ?"), value);
        }
        self.values.push(value.into());
        let at = self.values.len();
        _ = write!(self.sql, " AND {column} >= ${at} AND {column} <= ${at}");
        self.scope = Some(Scope { column: column.to_owned(), at });
    }

    /// `AND`, `id` compared with parameter `at` in the order of [`Query::order`].
    pub(crate) fn compare(&mut self, id: &str, operator: &str, at: usize) {
        let comparison = self.comparison(id, operator, &format!("${at}"));
        _ = write!(self.sql, " AND {comparison}");
    }

    fn comparison(&self, id: &str, operator: &str, than: &str) -> String {
        match &self.scope {
            Some(Scope { column, at }) => format!("({column}, {id}) {operator} (${at}, {than})"),
            None => format!("{id} {operator} {than}"),
        }
    }

    /// What follows `ORDER BY`, by id.
    pub(crate) fn order(&self, id: &str, direction: &str) -> String {
        let lead = self.scope.as_ref().map(|scope| format!("{} {direction}, ", scope.column));
        format!("{}{id} {direction}", lead.unwrap_or_default())
    }

    /// `AND condition`, where `?` stands for the value.
    pub(crate) fn and(&mut self, condition: &str, value: impl Into<Value>) {
        self.values.push(value.into());
        let numbered = condition.replace('?', &format!("${}", self.values.len()));
        self.sql.push_str(" AND ");
        self.sql.push_str(&numbered);
    }

    /// A parameter, as the text names it.
    pub(crate) fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
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
        let (past, behind, order, back) =
            if page.ascending() { (">=", "<=", "ASC", "DESC") } else { ("<=", ">=", "DESC", "ASC") };
        if let Some(cursor) = page.cursor() {
            let (_, from) = self.sql.split_at(self.from);
            let at = self.values.len() + 1;
            let behind = self.comparison(id, behind, &format!("${at}"));
            let nearest = format!("SELECT {id} {from} AND {behind} ORDER BY {} LIMIT 1", self.order(id, back));
            let past = self.comparison(id, past, &format!("COALESCE(({nearest}), ${at})"));
            _ = write!(self.sql, " AND {past}");
            self.values.push(cursor.to_string().into());
        }
        self.values.push(i64::try_from(page.rows()).unwrap_or(i64::MAX).into());
        _ = write!(self.sql, " ORDER BY {} LIMIT ${}", self.order(id, order), self.values.len());
    }
}

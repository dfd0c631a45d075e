//! Several writes in as few round trips as their order allows.

use std::mem;

use sea_orm::{ActiveModelTrait, ConnectionTrait, QueryResult, Value};

use crate::bulk::{self, Bulk};
use crate::dialect::{Dialect, Rows};
use crate::error::Error;
use crate::statement;

/// How many rows one statement carries at most; more go in pieces within the same transaction.
pub(crate) const MAX_ROWS: usize = 1000;

/// Statements that run together. Start a new script where order matters.
pub(crate) struct Script {
    dialect: Dialect,
    statements: Vec<String>,
    values: Vec<Value>,
    /// Pieces past the first [`MAX_ROWS`] of a table, each a round trip of its own.
    rest: Vec<Bulk>,
}

impl Script {
    pub(crate) const fn new(dialect: Dialect) -> Self {
        Self { dialect, statements: Vec::new(), values: Vec::new(), rest: Vec::new() }
    }

    pub(crate) fn insert<A: ActiveModelTrait>(&mut self, models: Vec<A>) {
        let dialect = self.dialect;
        self.pieces(models, |piece, from| bulk::insert(dialect, piece, from));
    }

    pub(crate) fn update<A: ActiveModelTrait>(&mut self, keys: usize, models: Vec<A>) {
        let dialect = self.dialect;
        self.pieces(models, |piece, from| bulk::update(dialect, piece, keys, from));
    }

    pub(crate) fn delete(&mut self, table: &str, columns: &[&str], keys: Rows) {
        if keys.len() > 0 {
            let bulk = bulk::delete(self.dialect, table, columns, keys, self.next());
            self.push(bulk);
        }
    }

    /// A set of rows for a statement of [`Script::push`].
    pub(crate) fn rows(&self, alias: &str, rows: Rows) -> (String, Vec<Value>) {
        self.dialect.rows(alias, rows, self.next())
    }

    /// A statement written by hand; its parameters are numbered from [`Script::next`].
    pub(crate) fn push(&mut self, bulk: Bulk) {
        self.statements.push(bulk.sql);
        self.values.extend(bulk.values);
    }

    /// The number of the next parameter.
    pub(crate) fn next(&self) -> usize {
        self.values.len() + 1
    }

    pub(crate) async fn run(self, on: &impl ConnectionTrait) -> Result<(), Error> {
        if !self.statements.is_empty() {
            let sql = self.dialect.together(&self.statements);
            on.execute_raw(statement::with(self.dialect, &sql, self.values)).await?;
        }
        for piece in self.rest {
            on.execute_raw(statement::with(self.dialect, &piece.sql, piece.values)).await?;
        }
        Ok(())
    }

    /// [`Script::run`] with the draw of positions as its last statement.
    pub(crate) async fn run_and_draw(
        mut self,
        on: &impl ConnectionTrait,
        draw: Rows,
    ) -> Result<Vec<QueryResult>, Error> {
        let dialect = self.dialect;
        if !self.rest.is_empty() || dialect.draws_apart() {
            self.run(on).await?;
            self = Self::new(dialect);
        }
        let (sql, values) = dialect.draw(draw, self.next());
        self.push(Bulk { sql, values });
        Ok(on.query_all_raw(statement::with(dialect, &self.statements.join(";\n"), self.values)).await?)
    }

    fn pieces<A>(&mut self, mut models: Vec<A>, bulk: impl Fn(Vec<A>, usize) -> Bulk) {
        if models.is_empty() {
            return;
        }
        let mut rest = if models.len() > MAX_ROWS { models.split_off(MAX_ROWS) } else { Vec::new() };
        let first = bulk(models, self.next());
        self.push(first);
        while !rest.is_empty() {
            let tail = if rest.len() > MAX_ROWS { rest.split_off(MAX_ROWS) } else { Vec::new() };
            self.rest.push(bulk(mem::replace(&mut rest, tail), 1));
        }
    }
}

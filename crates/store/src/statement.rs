//! Raw statements: SQL text with its parameters; how many ran, and which.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use sea_orm::{Statement, Value};

use crate::Store;
use crate::dialect::Dialect;

pub(crate) fn with(dialect: Dialect, sql: &str, values: Vec<Value>) -> Statement {
    Statement::from_sql_and_values(dialect.backend(), sql, values)
}

type Watcher = Box<dyn Fn(&str) + Send + Sync>;

/// What ran on all connections of a store, BEGIN and COMMIT apart.
#[derive(Default)]
pub(crate) struct Statements {
    count: AtomicU64,
    watcher: OnceLock<Watcher>,
}

impl Statements {
    pub(crate) fn note(&self, sql: &str) {
        self.count.fetch_add(1, Ordering::Relaxed);
        if let Some(watcher) = self.watcher.get() {
            watcher(sql);
        }
    }
}

impl Store {
    /// How many SQL statements ran so far, BEGIN and COMMIT apart; a script that goes in one round trip is one. For tests
    /// and metrics.
    pub fn statements(&self) -> u64 {
        self.0.statements.count.load(Ordering::Relaxed)
    }

    /// Shows the text of each statement that runs from now on, without its values; a store has one watcher, the first. For
    /// tests of what the database makes of them.
    pub fn watch_statements(&self, watcher: impl Fn(&str) + Send + Sync + 'static) {
        _ = self.0.statements.watcher.set(Box::new(watcher));
    }
}

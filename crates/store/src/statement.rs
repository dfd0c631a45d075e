//! Raw statements: SQL text with its parameters.

use sea_orm::{Statement, Value};

use crate::dialect::Dialect;

pub(crate) fn with(dialect: Dialect, sql: &str, values: Vec<Value>) -> Statement {
    Statement::from_sql_and_values(dialect.backend(), sql, values)
}

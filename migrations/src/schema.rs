//! One SQL text for both databases: a few words stand for what they spell differently.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

/// Words of a step's SQL, and what each database reads instead.
///
/// Text is compared bytewise on both, so that order and uniqueness agree.
const WORDS: &[(&str, &str, &str)] = &[
    ("{text}", "text COLLATE \"C\"", "text"),
    ("{bytes}", "bytea", "blob"),
    ("{int}", "bigint", "integer"),
    ("{bool}", "boolean", "boolean"),
];

/// Runs a step's SQL, statement by statement.
pub(crate) async fn run(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    let postgres = manager.get_database_backend() == DatabaseBackend::Postgres;
    let connection = manager.get_connection();
    let mut text = sql.to_owned();
    for (word, on_postgres, on_sqlite) in WORDS {
        text = text.replace(word, if postgres { on_postgres } else { on_sqlite });
    }
    for statement in text.split(';').map(str::trim).filter(|statement| !statement.is_empty()) {
        connection.execute_unprepared(statement).await?;
    }
    Ok(())
}

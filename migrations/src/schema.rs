//! One SQL text for both databases: a few words stand for what they spell differently.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{DatabaseBackend, Statement};

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

/// Runs what the databases have no common words for.
pub(crate) async fn run_each(manager: &SchemaManager<'_>, postgres: &[&str], sqlite: &[&str]) -> Result<(), DbErr> {
    let is_postgres = manager.get_database_backend() == DatabaseBackend::Postgres;
    for statement in if is_postgres { postgres } else { sqlite } {
        manager.get_connection().execute_unprepared(statement).await?;
    }
    Ok(())
}

/// Lets PostgreSQL compress these columns (table, column) with lz4 where it was built with it: its own way took a tenth of
/// an insert's time (measured). Rows that are there stay as they are.
pub(crate) async fn compress(manager: &SchemaManager<'_>, columns: &[(&str, &str)]) -> Result<(), DbErr> {
    if manager.get_database_backend() != DatabaseBackend::Postgres {
        return Ok(());
    }
    let connection = manager.get_connection();
    let offered = "SELECT 1 FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY(enumvals)";
    let offered = Statement::from_string(DatabaseBackend::Postgres, offered);
    if connection.query_one_raw(offered).await?.is_some() {
        for (table, column) in columns {
            let alter = format!("ALTER TABLE {table} ALTER COLUMN {column} SET COMPRESSION lz4");
            connection.execute_unprepared(&alter).await?;
        }
    }
    Ok(())
}

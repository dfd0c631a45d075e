//! Settings without which an answered commit may be lost.

use sea_orm::sqlx::{self, Connection, PgConnection, SqliteConnection};
use tests::{Database, Kind, on_each_database};

use crate::house::{self, MIGRATED, Outcome};

on_each_database!(MIGRATED: an_answered_commit_is_on_disk);

async fn an_answered_commit_is_on_disk(database: Database) -> Outcome {
    let store = house::open(database.url()).await?;
    let durability = store.durability().await?;
    let expected = match database.kind() {
        Kind::Sqlite => "synchronous=FULL",
        Kind::Postgres => "synchronous_commit=on",
    };
    assert_eq!((durability.setting.as_str(), durability.strong), (expected, true));
    let (sql, on_disk) = match database.kind() {
        Kind::Sqlite => ("PRAGMA journal_mode", "wal"),
        Kind::Postgres => ("SHOW fsync", "on"),
    };
    assert_eq!(setting(&database, sql).await?, on_disk);
    Ok(())
}

async fn setting(database: &Database, sql: &'static str) -> anyhow::Result<String> {
    Ok(match database.kind() {
        Kind::Sqlite => {
            sqlx::query_scalar(sql).fetch_one(&mut SqliteConnection::connect(database.url()).await?).await?
        }
        Kind::Postgres => sqlx::query_scalar(sql).fetch_one(&mut PgConnection::connect(database.url()).await?).await?,
    })
}

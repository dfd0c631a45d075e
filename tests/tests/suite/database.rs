//! The harness itself: what a suite may rely on when it asks for a database.

use anyhow::Result;
use sea_orm::sqlx::{self, Connection, PgConnection, SqliteConnection};
use tests::{Database, Template, on_each_database};

static PEOPLE: Template = Template::new(|url| {
    Box::pin(async move { Ok(execute(&url, "CREATE TABLE people (name TEXT PRIMARY KEY)").await?) })
});

on_each_database!(
    PEOPLE: a_copy_has_the_templates_tables,
    a_copy_shares_nothing_with_the_next,
    a_dropped_one_is_gone,
);

async fn a_copy_has_the_templates_tables(database: Database) -> Result<()> {
    execute(database.url(), "INSERT INTO people VALUES ('Ada')").await
}

async fn a_copy_shares_nothing_with_the_next(database: Database) -> Result<()> {
    let next = PEOPLE.copy(database.kind()).await?;
    assert_ne!(database.url(), next.url());
    for database in [&database, &next] {
        execute(database.url(), "INSERT INTO people VALUES ('Ada')").await?;
    }
    Ok(())
}

async fn a_dropped_one_is_gone(database: Database) -> Result<()> {
    let url = database.url().to_owned();
    execute(&url, "SELECT 1").await?;
    drop(database);
    assert!(execute(&url, "SELECT 1").await.is_err(), "{url} is still there");
    Ok(())
}

mod without_template {
    use super::{Database, Result, execute, on_each_database};

    on_each_database!(it_is_empty, two_share_nothing);

    async fn it_is_empty(database: Database) -> Result<()> {
        let error = execute(database.url(), "INSERT INTO people VALUES ('Ada')").await.unwrap_err();
        assert!(format!("{error:#}").contains("people"), "{error:#}");
        Ok(())
    }

    async fn two_share_nothing(database: Database) -> Result<()> {
        let next = Database::empty(database.kind())?;
        for database in [&database, &next] {
            execute(database.url(), "CREATE TABLE people (name TEXT)").await?;
        }
        Ok(())
    }
}

async fn execute(url: &str, sql: &'static str) -> Result<()> {
    if url.starts_with("sqlite:") {
        let mut connection = SqliteConnection::connect(url).await?;
        sqlx::raw_sql(sql).execute(&mut connection).await?;
        connection.close().await?;
    } else {
        let mut connection = PgConnection::connect(url).await?;
        sqlx::raw_sql(sql).execute(&mut connection).await?;
        connection.close().await?;
    }
    Ok(())
}

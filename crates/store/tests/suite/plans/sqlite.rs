//! `EXPLAIN QUERY PLAN`: a statement searches tables, and scans none.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use sea_orm::sqlx::{self, AssertSqlSafe, Connection, Row, SqliteConnection};
use tests::Kind;

use super::{SMALL, Walker};
use crate::house::{self, House, MIGRATED, Outcome};

#[tokio::test]
async fn no_statement_scans_a_table() -> Outcome {
    let house = House::new(MIGRATED.copy(Kind::Sqlite).await?).await?;
    let ran = Arc::new(Mutex::new(BTreeSet::new()));
    let store = house::open(house.database.url()).await?;
    let watcher = Arc::clone(&ran);
    store.watch_statements(move |sql| {
        watcher.lock().unwrap().extend(sql.split(";\n").map(str::to_owned));
    });
    let mut walker = Walker::new(house, store).await?;
    walker.fill().await?;
    walker.walk(1).await?;
    let ran = std::mem::take(&mut *ran.lock().unwrap());
    assert!(ran.len() > 60, "{} different statements ran", ran.len());
    let mut connection = SqliteConnection::connect(walker.house.database.url()).await?;
    let tables = tables(&mut connection).await?;
    let mut scans = Vec::new();
    for sql in ran {
        let plan = plan(&mut connection, &sql).await?;
        scans
            .extend(plan.iter().filter_map(|step| scanned(step, &sql, &tables)).map(|table| format!("{table}: {sql}")));
    }
    assert!(scans.is_empty(), "{scans:#?}");
    Ok(())
}

async fn tables(connection: &mut SqliteConnection) -> anyhow::Result<Vec<String>> {
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table'";
    let tables: Vec<String> = sqlx::query_scalar(sql).fetch_all(connection).await?;
    Ok(tables.into_iter().filter(|table| !SMALL.contains(&table.as_str())).collect())
}

async fn plan(connection: &mut SqliteConnection, sql: &str) -> anyhow::Result<Vec<String>> {
    let explain = format!("EXPLAIN QUERY PLAN {sql}");
    let rows = sqlx::query(AssertSqlSafe(explain)).fetch_all(connection).await?;
    Ok(rows.iter().map(|row| row.try_get("detail")).collect::<Result<_, _>>()?)
}

/// Indexes of what is to go: they are read from their beginning.
const PARTIAL: &str = "_deleting";

/// The table that a step reads from end to end: plans name it by its alias in the statement.
fn scanned<'a>(step: &str, sql: &str, tables: &'a [String]) -> Option<&'a str> {
    if step.ends_with(PARTIAL) {
        return None;
    }
    let alias = step.strip_prefix("SCAN ")?.split(' ').next()?;
    let sql = sql.replace('"', "");
    let is_alias_of = |table: &str| {
        [format!(" {table} {alias} "), format!(" {table} AS {alias} ")].iter().any(|text| sql.contains(text))
    };
    tables.iter().map(String::as_str).find(|table| *table == alias || is_alias_of(table))
}

#[test]
fn a_scan_is_recognised_by_table_and_alias() {
    let tables = ["users".to_owned(), "groups".to_owned()];
    let sql = r#"SELECT * FROM "users" u JOIN groups AS g ON true JOIN json_each($1) AS k"#;
    let check = |step: &str, found: Option<&str>| assert_eq!(scanned(step, sql, &tables), found, "{step}");
    check("SCAN u", Some("users"));
    check("SCAN g USING INDEX groups_directory", Some("groups"));
    check("SCAN users", Some("users"));
    check("SCAN k", None);
    check("SCAN u USING COVERING INDEX users_deleting", None);
    check("SEARCH u USING INDEX users_directory (directory_id=?)", None);
}

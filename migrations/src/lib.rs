#![doc = include_str!("../README.md")]

mod schema;
mod steps;

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DatabaseConnection, Statement};

/// Every step, oldest first. Steps are never changed once released; see the README.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(steps::m0001_spine::Migration)]
    }
}

/// The steps' names, oldest first.
pub fn known() -> Vec<String> {
    Migrator::migrations().iter().map(|step| step.name().to_owned()).collect()
}

/// The names of the steps that this database has taken, oldest first. Reads only.
pub async fn taken(database: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    const TABLE: &str = "seaql_migrations";
    if !SchemaManager::new(database).has_table(TABLE).await? {
        return Ok(Vec::new());
    }
    let sql = format!("SELECT version FROM {TABLE} ORDER BY version");
    let rows = database.query_all_raw(Statement::from_string(database.get_database_backend(), sql)).await?;
    rows.iter().map(|row| row.try_get("", "version")).collect()
}

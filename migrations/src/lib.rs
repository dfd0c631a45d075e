#![doc = include_str!("../README.md")]

mod schema;
mod steps;

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

/// Every step, oldest first. Steps are never changed once released; see the README.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(steps::m0001_spine::Migration)]
    }
}

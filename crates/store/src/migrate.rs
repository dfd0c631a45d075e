//! Bringing the schema up to date: one process at a time, all of it or nothing.

use std::time::{Duration, Instant};

use migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DbErr};

use crate::error::{self, Error};
use crate::{Store, procedure};

/// A step that finds a table locked gives way at once, so that nobody queues behind it, and comes again after a pause, for so
/// long.
const PATIENCE: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_secs(1);

/// What a database has of the steps that this version knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// Steps that it has still to take.
    pub pending: Vec<String>,
    /// Steps of a newer version.
    pub unknown: Vec<String>,
}

impl Store {
    /// Reads only.
    pub async fn schema(&self) -> Result<Schema, Error> {
        let (known, taken) = (migrations::known(), migrations::taken(&self.0.write.pool()).await?);
        let without =
            |all: &[String], some: &[String]| all.iter().filter(|step| !some.contains(step)).cloned().collect();
        Ok(Schema { pending: without(&known, &taken), unknown: without(&taken, &known) })
    }

    /// Brings the schema up to date. Who comes second waits for the first, within bounds, and finds it done.
    ///
    /// # Errors
    /// [`Error::Newer`]: nothing was done.
    pub async fn migrate(&self) -> Result<(), Error> {
        if let Some(step) = self.schema().await?.unknown.pop() {
            return Err(Error::Newer { step });
        }
        let end = Instant::now() + PATIENCE;
        loop {
            match self.try_to_migrate().await {
                Err(error) if error::is_locked(&error) && Instant::now() < end => tokio::time::sleep(PAUSE).await,
                done => return Ok(done?),
            }
        }
    }

    async fn try_to_migrate(&self) -> Result<(), DbErr> {
        let tx = self.0.write.begin().await?.into_inner();
        for sql in self.0.dialect.lock_schema() {
            tx.execute_unprepared(sql).await?;
        }
        Migrator::up(&tx, None).await?;
        if self.0.dialect.has_procedure() {
            tx.execute_unprepared(procedure::create()).await?;
        }
        tx.commit().await
    }
}

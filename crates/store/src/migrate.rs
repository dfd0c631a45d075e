//! Bringing the schema up to date: one process at a time, all of it or nothing.

use migrations::{Migrator, MigratorTrait};
use sea_orm::ConnectionTrait;

use crate::error::Error;
use crate::{Store, procedure};

impl Store {
    /// Brings the schema up to date. Who comes second waits for the first, within bounds, and finds it done.
    pub async fn migrate(&self) -> Result<(), Error> {
        let tx = self.begin_write().await?;
        for sql in self.0.dialect.lock_schema() {
            tx.execute_unprepared(sql).await?;
        }
        Migrator::up(&tx, None).await?;
        if self.0.dialect.has_procedure() {
            tx.execute_unprepared(procedure::create()).await?;
        }
        Ok(tx.commit().await?)
    }
}

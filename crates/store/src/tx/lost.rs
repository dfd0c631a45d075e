//! After a COMMIT whose answer was lost: what became of it.

use std::time::Duration;

use model::event::StreamId;
use sea_orm::ConnectionTrait;

use super::Tx;
use super::commit::{Places, Positions, position};
use crate::error::Error;
use crate::{Store, read, statement};

/// How often that is asked while the database stays away, and how long between: beyond its usual change of primary.
const LOOK_UPS: u32 = 20;
const BETWEEN: Duration = Duration::from_millis(500);

impl Tx {
    /// The positions, if the transaction was committed after all; `error` if it was not.
    pub(super) async fn found_or(&self, places: &Places, error: Error) -> Result<Positions, Error> {
        for look_up in 0..LOOK_UPS {
            if look_up > 0 {
                tokio::time::sleep(BETWEEN).await;
            }
            match self.look_up(places).await {
                Ok(Some(positions)) => return Ok(positions),
                Ok(None) => return Err(error),
                Err(Error::Unavailable(_)) => {}
                Err(other) => return Err(other),
            }
        }
        Err(Error::Undecided(error.into()))
    }

    /// Waits for the locks of that transaction, so that it is over, and looks for what it left.
    async fn look_up(&self, places: &Places) -> Result<Option<Positions>, Error> {
        let streams: Vec<StreamId> = self.heads.keys().copied().collect();
        let tx = self.store.begin(&streams).await?;
        if places.commits.is_empty() {
            return self.stands(&tx).then_some(None).ok_or_else(|| Error::Undecided("it left no event".into()));
        }
        let environments: Vec<_> = places.commits.keys().collect();
        let ids: Vec<_> = places.commits.values().map(|commit| commit.id).collect();
        wait_for_counters(&tx, &self.store, &environments).await?;
        let dialect = self.store.0.dialect;
        let (keys, values) = dialect.rows("k", read::keys([&ids]), 1);
        let sql =
            format!("SELECT c.environment_id, c.first_position, c.count FROM {keys} JOIN commits c ON c.id = k.c0");
        let rows = tx.tx.query_all_raw(statement::with(dialect, &sql, values)).await?;
        let found = rows.iter().map(position).collect::<Result<Positions, Error>>()?;
        Ok((!found.is_empty()).then_some(found))
    }

    /// Whether every stream is where it was read.
    fn stands(&self, now: &Self) -> bool {
        self.loaded.iter().all(|(id, read)| now.heads.get(id) == Some(read))
    }
}

/// A transaction that makes its stream holds no lock of it that others see; its environment's counter it does.
async fn wait_for_counters(tx: &Tx, store: &Store, environments: &[&impl std::fmt::Display]) -> Result<(), Error> {
    let dialect = store.0.dialect;
    let (keys, values) = dialect.rows("k", read::keys([environments]), 1);
    let sql = format!(
        "SELECT p.last FROM {keys} JOIN positions p ON p.environment_id = k.c0 ORDER BY p.environment_id{}",
        dialect.lock("p", true)
    );
    tx.tx.execute_raw(statement::with(dialect, &sql, values)).await?;
    Ok(())
}

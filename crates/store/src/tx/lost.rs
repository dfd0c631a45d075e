//! After a COMMIT whose answer was lost: what became of it.

use std::time::{Duration, Instant};

use model::event::StreamId;
use sea_orm::ConnectionTrait;

use super::Tx;
use super::commit::{Places, Positions, position};
use crate::error::Error;
use crate::{read, statement};

/// For how long that is asked again while the database stays away, and how long lies between: beyond its usual change of
/// primary, and below what a client waits.
const LONGEST: Duration = Duration::from_secs(10);
const BETWEEN: Duration = Duration::from_millis(500);

impl Tx {
    /// The positions, if the transaction was committed after all; `error` if it was not.
    pub(super) async fn found_or(&self, places: &Places, error: Error) -> Result<Positions, Error> {
        let end = Instant::now() + LONGEST;
        loop {
            match self.look_up(places).await {
                Ok(Some(positions)) => return Ok(positions),
                Ok(None) => return Err(error),
                Err(Error::Unavailable(_)) if Instant::now() < end => tokio::time::sleep(BETWEEN).await,
                Err(Error::Unavailable(_)) => return Err(Error::Undecided(error.into())),
                Err(other) => return Err(other),
            }
        }
    }

    /// Waits for the locks of that transaction, so that it is over, and looks for what it left.
    async fn look_up(&self, places: &Places) -> Result<Option<Positions>, Error> {
        let streams: Vec<StreamId> = self.heads.keys().copied().collect();
        let tx = self.store.begin(&streams).await?;
        if places.commits.is_empty() {
            return self.stands(&tx).then_some(None).ok_or_else(|| Error::Undecided("it left no event".into()));
        }
        // A transaction that makes its stream holds no lock of it that others see; of its environment's counter it does.
        tx.lock_counters(&places.commits).await?;
        let ids: Vec<_> = places.commits.values().map(|commit| commit.id).collect();
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

//! After a COMMIT whose answer was lost: what became of it.

use std::time::{Duration, Instant};

use model::event::StreamId;
use sea_orm::ConnectionTrait;

use super::Tx;
use super::commit::{Places, Positions, position};
use super::link::Link;
use crate::error::Error;
use crate::{read, statement};

/// For how long that is asked again while the database stays away, and how long lies between: beyond its usual change of
/// primary, and below what a client waits.
const LONGEST: Duration = Duration::from_secs(10);
const BETWEEN: Duration = Duration::from_millis(500);

/// What was not answered.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lost {
    /// It holds the locks: whoever has them comes after it.
    Commit,
    /// It takes the locks, once it has arrived: which may be later still.
    Call,
}

impl Tx {
    /// The positions, if the transaction was committed after all; `error` if it was not.
    pub(super) async fn found_or(&self, lost: Lost, places: &Places, error: Error) -> Result<Positions, Error> {
        let mut end = None;
        loop {
            match self.look_up(lost, places).await {
                Ok(Some(positions)) => return Ok(positions),
                Ok(None) => return Err(error),
                Err(Error::Unavailable(_)) => {
                    // A connection that hangs may hold up the first look for longer than all of them may take.
                    if Instant::now() > *end.get_or_insert_with(|| Instant::now() + LONGEST) {
                        return Err(Error::Undecided(error.into()));
                    }
                    tokio::time::sleep(BETWEEN).await;
                }
                Err(other) => return Err(other),
            }
        }
    }

    /// Waits for the locks of that transaction, and looks for what it left. A call that may come later finds that its streams have
    /// moved.
    async fn look_up(&self, lost: Lost, places: &Places) -> Result<Option<Positions>, Error> {
        let streams: Vec<StreamId> = self.heads.keys().copied().collect();
        let tx = self.store.begin(&streams).await?;
        let found = self.left_in(&tx, places).await?;
        if found.is_none() && lost == Lost::Call {
            tx.move_on(&streams).await?;
        }
        Ok(found)
    }

    async fn left_in(&self, tx: &Self, places: &Places) -> Result<Option<Positions>, Error> {
        if places.commits.is_empty() {
            return self.stands(tx).then_some(None).ok_or_else(|| Error::Undecided("it left no event".into()));
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

    /// Leaves a hole in the sequences of these streams, which it has locked.
    async fn move_on(self, streams: &[StreamId]) -> Result<(), Error> {
        let dialect = self.store.0.dialect;
        let (keys, values) = dialect.rows("k", read::keys([streams]), 1);
        let sql = format!("UPDATE streams SET sequence = sequence + 1 WHERE id IN (SELECT k.c0 FROM {keys})");
        self.tx.execute_raw(statement::with(dialect, &sql, values)).await?;
        match self.tx {
            Link::Transaction(transaction) => Ok(transaction.commit().await?),
            Link::Pool(_) => Ok(()),
        }
    }

    /// Whether every stream is where it was read.
    fn stands(&self, now: &Self) -> bool {
        self.loaded.iter().all(|(id, read)| now.heads.get(id) == Some(read))
    }
}

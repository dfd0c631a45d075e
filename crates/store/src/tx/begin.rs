//! Beginning: one transaction mode for both databases, and the ordered locks.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::time::Instant;

use model::event::StreamId;
use model::id::DirectoryId;
use model::tenant::Directory;
use sea_orm::{ConnectionTrait, FromQueryResult, QueryResult};

use super::commit::Places;
use super::link::Link;
use super::{Head, Tx, Writes};
use crate::connections::{Connections, Transaction};
use crate::error::Error;
use crate::script::Script;
use crate::{Store, directories, read, statement, table};

/// Whether to wait for a stream that another node holds, or to go on without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contended {
    Wait,
    Skip,
}

impl Store {
    /// Begins and locks these streams, waiting for each in turn. Streams that do not exist are not in [`Tx::heads`].
    pub async fn begin(&self, streams: &[StreamId]) -> Result<Tx, Error> {
        let mut tx = self.begin_bare(&self.0.write).await?;
        let dialect = self.0.dialect;
        if streams.is_empty() {
            tx.ask_time().await?;
            return Ok(tx);
        }
        let (now, lock) = (dialect.now_column(), dialect.lock("s", true));
        let select = format!("SELECT s.*, s.id AS stream_id{now} FROM");
        let rest = format!("JOIN streams s ON s.id = k.c0 ORDER BY s.id{lock}");
        tx.lock(streams, &select, &rest).await?;
        Ok(tx)
    }

    /// Begins and locks these directories with their streams; answers those that were got. Who waits does so on a connection
    /// beside that of the batches that do not.
    pub async fn begin_directories(
        &self,
        ids: &[DirectoryId],
        contended: Contended,
    ) -> Result<(Tx, Vec<Directory>), Error> {
        let pool = if contended == Contended::Wait { &self.0.write } else { &self.0.batch };
        let mut tx = self.begin_bare(pool).await?;
        let lock = self.0.dialect.lock("s, d", contended == Contended::Wait);
        let got = tx.read_directories(ids, &lock).await?;
        Ok((tx, got))
    }

    /// Reads these directories with the heads of their streams, and locks nothing: [`Tx::commit`] will find out whether a
    /// stream has moved, and then writes nothing ([`Error::Moved`]). `None` where that saves no round trip.
    pub async fn attempt_directories(&self, ids: &[DirectoryId]) -> Result<Option<(Tx, Vec<Directory>)>, Error> {
        if !self.0.dialect.has_procedure() {
            return Ok(None);
        }
        let mut tx = self.bare(Link::Pool(self.0.batch.clone()));
        let asked = Instant::now();
        let got = tx.read_directories(ids, "").await?;
        if !got.is_empty() {
            self.0.anchor.drop_at(tx.now_ms, asked);
        }
        Ok(Some((tx, got)))
    }

    /// [`Store::attempt_directories`] with heads that are remembered: nothing is read.
    pub fn attempt(&self, heads: BTreeMap<StreamId, Head>) -> Option<Tx> {
        if !self.0.dialect.has_procedure() {
            return None;
        }
        let tx = self.bare(Link::Pool(self.0.batch.clone()));
        Some(Tx { now_ms: self.0.anchor.rising_ms()?, loaded: heads.clone(), heads, remembered: true, ..tx })
    }

    /// A transaction that writes, without streams or events.
    pub(crate) async fn begin_write(&self) -> Result<Transaction, Error> {
        Ok(self.0.write.begin().await?)
    }

    async fn begin_bare(&self, pool: &Connections) -> Result<Tx, Error> {
        Ok(self.bare(Link::Transaction(pool.begin().await?)))
    }

    fn bare(&self, tx: Link) -> Tx {
        Tx {
            store: self.clone(),
            tx,
            now_ms: self.0.clock.now_ms(),
            heads: BTreeMap::new(),
            loaded: BTreeMap::new(),
            remembered: false,
            script: Script::new(self.0.dialect),
            staged: Writes::default(),
            events: Vec::new(),
            placed: Places::default(),
            flushed: false,
            endpoints: Vec::new(),
        }
    }
}

impl Tx {
    /// Directories with their streams' heads, in the order of locks.
    async fn read_directories(&mut self, ids: &[DirectoryId], lock: &str) -> Result<Vec<Directory>, Error> {
        let now = self.store.0.dialect.now_column();
        let select = format!("SELECT d.*, s.sequence, s.event_sequence, s.id AS stream_id{now} FROM");
        let rest = format!(
            "JOIN directories d ON d.id = k.c0 JOIN streams s ON s.id = d.organization_id ORDER BY s.id, d.id{lock}"
        );
        let rows = self.lock(ids, &select, &rest).await?;
        rows.iter().map(|row| directories::noun(table::directory::Model::from_query_result(row, "")?)).collect()
    }

    /// One ordered SELECT that locks; every row carries a stream's head.
    async fn lock(&mut self, ids: &[impl Display], select: &str, rest: &str) -> Result<Vec<QueryResult>, Error> {
        let dialect = self.store.0.dialect;
        let (keys, values) = dialect.rows("k", read::keys([ids]), 1);
        let sql = format!("{select} {keys} {rest}");
        let rows = self.tx.query_all_raw(statement::with(dialect, &sql, values)).await?;
        rows.iter().try_for_each(|row| self.take_head(row))?;
        Ok(rows)
    }

    /// The time that comes with the locks, when there is nothing to lock.
    async fn ask_time(&mut self) -> Result<(), Error> {
        let dialect = self.store.0.dialect;
        if dialect.has_clock() {
            let sql = format!("SELECT 1 AS one{}", dialect.now_column());
            let row = self.tx.query_one_raw(statement::with(dialect, &sql, Vec::new())).await?;
            self.now_ms = row.ok_or(Error::Corrupt { what: "time" })?.try_get("", "now")?;
        }
        Ok(())
    }

    fn take_head(&mut self, row: &QueryResult) -> Result<(), Error> {
        let head = Head {
            environment_id: read::id(&row.try_get::<String>("", "environment_id")?)?,
            sequence: row.try_get("", "sequence")?,
            event_sequence: row.try_get("", "event_sequence")?,
        };
        let id: StreamId = read::id(&row.try_get::<String>("", "stream_id")?)?;
        if self.store.0.dialect.has_clock() {
            self.now_ms = row.try_get("", "now")?;
        }
        self.heads.insert(id, head);
        self.loaded.insert(id, head);
        Ok(())
    }
}

//! How late things are, for metrics: each one statement, by index, over one row per environment or endpoint.

use model::id::EndpointId;
use sea_orm::FromQueryResult;

use crate::cursors::LogReader;
use crate::error::Error;
use crate::pending::WAITING;
use crate::read;
use crate::system::System;

/// What a reader of the log has not read yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromQueryResult)]
pub struct Lag {
    pub events: i64,
    /// How long ago the oldest of them was recorded, in milliseconds.
    pub oldest_ms: Option<i64>,
}

/// An endpoint with something undelivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Late {
    pub endpoint_id: EndpointId,
    /// How long ago the oldest of it was fanned out, in milliseconds.
    pub oldest_ms: i64,
}

/// The connections of one purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pool {
    pub name: &'static str,
    pub open: u32,
    pub idle: u32,
}

impl System {
    /// By the reader's durable cursors, which lag up to a second behind it.
    pub async fn lag(&self, reader: LogReader) -> Result<Lag, Error> {
        let dialect = self.0.0.dialect;
        let sql = format!(
            "SELECT CAST(COALESCE(sum(b.events), 0) AS bigint) AS events, {now} - min(b.created_at) AS oldest_ms FROM ( \
             SELECT p.last - COALESCE(c.position, 0) AS events, (SELECT e.created_at FROM events e WHERE e.commit_id = ( \
             SELECT k.id FROM commits k WHERE k.environment_id = p.environment_id \
             AND k.first_position <= COALESCE(c.position, 0) + 1 ORDER BY k.first_position DESC LIMIT 1) LIMIT 1) \
             AS created_at FROM positions p LEFT JOIN cursors c ON c.reader = $1 AND c.environment_id = p.environment_id \
             WHERE p.last > COALESCE(c.position, 0)) b",
            now = dialect.now(2)
        );
        let values = vec![reader.as_str().into(), self.0.clock_ms().into()];
        let rows: Vec<Lag> = read::all(&self.0.0.read, dialect, &sql, values).await?;
        rows.into_iter().next().ok_or(Error::Corrupt { what: "lag" })
    }

    /// The `limit` endpoints of which something has waited longest. Two probes per endpoint of which something waits.
    pub async fn late_endpoints(&self, limit: u32) -> Result<Vec<Late>, Error> {
        #[derive(FromQueryResult)]
        struct Row {
            id: String,
            oldest_ms: i64,
        }
        let dialect = self.0.0.dialect;
        let sql = format!(
            "{WAITING} SELECT l.id, {now} - l.created_at AS oldest_ms FROM (SELECT e.id, (SELECT d.created_at FROM deliveries d \
             WHERE d.endpoint_id = e.id AND d.state = 'pending' ORDER BY d.position LIMIT 1) AS created_at \
             FROM w JOIN endpoints e ON e.id = w.id) l WHERE l.created_at IS NOT NULL ORDER BY l.created_at LIMIT $1",
            now = dialect.now(2)
        );
        let values = vec![i64::from(limit).into(), self.0.clock_ms().into()];
        let rows: Vec<Row> = read::all(&self.0.0.read, dialect, &sql, values).await?;
        let late = |row: Row| Ok(Late { endpoint_id: read::id(&row.id)?, oldest_ms: row.oldest_ms });
        rows.into_iter().map(late).collect()
    }

    /// As they are at the moment.
    pub fn pools(&self) -> [Pool; 3] {
        let inner = &self.0.0;
        let pools = [("write", &inner.write), ("batch", &inner.batch), ("read", &inner.read.0)];
        pools.map(|(name, pool)| {
            let (open, idle) = inner.dialect.use_of(&pool.pool());
            Pool { name, open, idle: u32::try_from(idle).unwrap_or(u32::MAX) }
        })
    }
}

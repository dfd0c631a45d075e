//! What the owner of an endpoint reads: which endpoints wait, and their windows of pending deliveries.

use std::collections::{BTreeMap, BTreeSet};

use model::Timestamp;
use model::delivery::Reach;
use model::endpoint::Endpoint;
use model::event::{StreamId, Subject};
use model::id::{DeliveryId, EndpointId, EnvironmentId, EventId};
use sea_orm::{FromQueryResult, Value};

use crate::dialect::{Cell, Rows};
use crate::error::Error;
use crate::system::System;
use crate::{Store, endpoints, events, read, table};

/// An enabled endpoint with pending deliveries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    pub endpoint_id: EndpointId,
    /// When the endpoint was last changed.
    pub updated_at: Timestamp,
    /// The position of the newest pending delivery.
    pub last_position: i64,
}

/// An endpoint that is sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enabled {
    /// Without the events it is subscribed to.
    pub endpoint: Endpoint,
    /// Every attempt has failed since.
    pub failing_since: Option<Timestamp>,
}

/// A pending delivery: all that its order and its sending need, but the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    pub id: DeliveryId,
    pub environment_id: EnvironmentId,
    pub event_id: EventId,
    pub stream: StreamId,
    pub subject: Subject,
    pub reach: Reach,
    pub position: i64,
    /// How many attempts have ended.
    pub attempts: i64,
    /// When the first of them began.
    pub tried_at: Option<Timestamp>,
    pub due_at: Timestamp,
}

#[derive(FromQueryResult)]
struct WaitingRow {
    id: String,
    updated_at: i64,
    last_position: i64,
}

#[derive(FromQueryResult)]
struct Row {
    id: String,
    environment_id: String,
    event_id: String,
    stream_id: String,
    directory_id: Option<String>,
    user_id: Option<String>,
    group_id: Option<String>,
    reach: String,
    position: i64,
    attempts: i64,
    tried_at: Option<i64>,
    due_at: i64,
}

const COLUMNS: &str = "d.id, d.environment_id, d.event_id, d.stream_id, d.directory_id, d.user_id, d.group_id, d.reach, \
                       d.position, d.attempts, d.tried_at, d.due_at";

fn noun(row: &Row) -> Result<Pending, Error> {
    Ok(Pending {
        id: read::id(&row.id)?,
        environment_id: read::id(&row.environment_id)?,
        event_id: read::id(&row.event_id)?,
        stream: read::id(&row.stream_id)?,
        subject: events::subject(row.directory_id.as_deref(), row.user_id.as_deref(), row.group_id.as_deref())?,
        reach: Reach::parse(&row.reach).ok_or(Error::Corrupt { what: "delivery" })?,
        position: row.position,
        attempts: row.attempts,
        tried_at: row.tried_at.map(Timestamp),
        due_at: Timestamp(row.due_at),
    })
}

/// The ids of endpoints with pending deliveries, and a null at the end: a probe for each.
pub(crate) const WAITING: &str = "WITH RECURSIVE w(id) AS (SELECT (SELECT d.endpoint_id FROM deliveries d \
    WHERE d.state = 'pending' AND d.endpoint_id > '' ORDER BY d.endpoint_id, d.position LIMIT 1) \
    UNION ALL SELECT (SELECT d.endpoint_id FROM deliveries d \
    WHERE d.state = 'pending' AND d.endpoint_id > w.id ORDER BY d.endpoint_id, d.position LIMIT 1) \
    FROM w WHERE w.id IS NOT NULL)";

impl System {
    /// The enabled endpoints of these shards that have pending deliveries. Two probes per endpoint that has any: idle ones cost
    /// nothing.
    pub async fn waiting_endpoints(&self, shards: impl IntoIterator<Item = u8>) -> Result<Vec<Waiting>, Error> {
        let dialect = self.0.0.dialect;
        let mut keys = Rows::new(&[Cell::Int]);
        shards.into_iter().for_each(|shard| keys.push([i64::from(shard).into()]));
        let (keys, values) = dialect.rows("k", keys, 1);
        let sql = format!(
            "{WAITING} SELECT p.* FROM (SELECT e.id, e.updated_at, (SELECT d.position \
             FROM deliveries d WHERE d.endpoint_id = e.id AND d.state = 'pending' ORDER BY d.position DESC LIMIT 1) \
             AS last_position FROM w JOIN endpoints e ON e.id = w.id WHERE e.status = 'enabled' \
             AND e.shard IN (SELECT k.c0 FROM {keys})) p WHERE p.last_position IS NOT NULL"
        );
        let rows: Vec<WaitingRow> = read::all(&self.0.0.read, dialect, &sql, values).await?;
        rows.iter().map(waiting).collect()
    }

    /// Those of these endpoints that are enabled; one that cannot be read, or whose secret does not open, is an error of its
    /// own.
    pub async fn enabled_endpoints(
        &self,
        ids: &BTreeSet<EndpointId>,
    ) -> Result<BTreeMap<EndpointId, Result<Enabled, Error>>, Error> {
        let dialect = self.0.0.dialect;
        let ids: Vec<_> = ids.iter().collect();
        let (keys, values) = dialect.rows("k", read::keys([&ids]), 1);
        let sql = dialect.lookup(&keys, "endpoints", "t.id = k.c0 AND t.status = 'enabled'");
        let rows: Vec<table::endpoint::Model> = read::all(&self.0.0.read, dialect, &sql, values).await?;
        rows.into_iter().map(|row| Ok((read::id(&row.id)?, enabled(&self.0, row)))).collect()
    }

    /// The oldest pending deliveries of an endpoint, by position.
    pub async fn oldest_pending(&self, endpoint_id: EndpointId, limit: usize) -> Result<Vec<Pending>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM deliveries d WHERE d.endpoint_id = $1 AND d.state = 'pending' \
             ORDER BY d.position LIMIT $2"
        );
        self.pending(&sql, vec![endpoint_id.to_string().into(), count(limit)]).await
    }

    /// The pending revocations of an endpoint from a position on, by position.
    pub async fn pending_revocations(
        &self,
        endpoint_id: EndpointId,
        from_position: i64,
        limit: usize,
    ) -> Result<Vec<Pending>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM deliveries d WHERE d.endpoint_id = $1 AND d.state = 'pending' \
             AND d.reach <> 'nothing' AND d.position >= $2 ORDER BY d.position LIMIT $3"
        );
        self.pending(&sql, vec![endpoint_id.to_string().into(), from_position.into(), count(limit)]).await
    }

    async fn pending(&self, sql: &str, values: Vec<Value>) -> Result<Vec<Pending>, Error> {
        let rows: Vec<Row> = read::all(&self.0.0.read, self.0.0.dialect, sql, values).await?;
        rows.iter().map(noun).collect()
    }
}

fn enabled(store: &Store, row: table::endpoint::Model) -> Result<Enabled, Error> {
    let failing_since = row.failing_since.map(Timestamp);
    Ok(Enabled { endpoint: endpoints::noun(store, row)?, failing_since })
}

fn count(limit: usize) -> Value {
    i64::try_from(limit).unwrap_or(i64::MAX).into()
}

fn waiting(row: &WaitingRow) -> Result<Waiting, Error> {
    let updated_at = Timestamp(row.updated_at);
    Ok(Waiting { endpoint_id: read::id(&row.id)?, updated_at, last_position: row.last_position })
}

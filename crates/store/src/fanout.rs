//! Fan-out: how far each stream has become deliveries, and the transaction that moves it.

use std::collections::{BTreeMap, BTreeSet};

use model::delivery::{Cause, Reach};
use model::event::{Event, StreamId};
use model::id::{DeliveryId, EndpointId, EnvironmentId, EventId};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};

use crate::connections::Transaction;
use crate::dialect::{Cell, Rows};
use crate::endpoints::DELETING;
use crate::error::Error;
use crate::events::{FROM_COMMIT, PAST};
use crate::system::System;
use crate::{Store, read, statement};

/// A transaction that holds its streams' rows in `fanout`. Dropped without [`FanoutTx::commit`], it is rolled back.
pub struct FanoutTx {
    store: Store,
    tx: Transaction,
    now_ms: i64,
    /// Of each stream, the sequence up to which it has been fanned out.
    pub sequences: BTreeMap<StreamId, i64>,
    /// Streams that nobody has fanned out before.
    pub fresh: BTreeSet<StreamId>,
}

/// A delivery that a fan-out made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fanned {
    pub id: DeliveryId,
    pub endpoint_id: EndpointId,
    pub event_id: EventId,
}

#[derive(FromQueryResult)]
struct FannedRow {
    id: String,
    endpoint_id: String,
    event_id: String,
}

#[derive(FromQueryResult)]
struct SequenceRow {
    stream_id: String,
    sequence: i64,
}

/// Endpoints `e` for which all news from their `from_position` on is kept. For the others, and for what came before that, only
/// revocations are kept, and only where something is pending before them: else that would be granted once they are enabled.
const KEEPS_NEWS: &str = "e.status IN ('enabled', 'stopped')";
const HAS_PENDING: &str = "SELECT 1 FROM deliveries d WHERE d.endpoint_id = e.id AND d.state = 'pending'";

impl System {
    /// How many endpoints of each of these environments may hear of news; none is absent. Asked after the events were
    /// committed, it misses no endpoint that hears of them.
    pub async fn listeners(
        &self,
        environments: &BTreeSet<EnvironmentId>,
    ) -> Result<BTreeMap<EnvironmentId, usize>, Error> {
        #[derive(FromQueryResult)]
        struct Row {
            id: String,
            listeners: i64,
        }
        let dialect = self.0.0.dialect;
        let ids: Vec<_> = environments.iter().collect();
        let (rows, values) = dialect.rows("r", read::keys([&ids]), 1);
        let sql = format!(
            "SELECT r.c0 AS id, count(*) AS listeners FROM {rows} JOIN endpoints e ON e.environment_id = r.c0 \
             WHERE {KEEPS_NEWS} OR e.status <> '{DELETING}' AND EXISTS ({HAS_PENDING}) GROUP BY r.c0"
        );
        let rows: Vec<Row> = read::all(&self.0.0.read, dialect, &sql, values).await?;
        let listeners = |row: &Row| usize::try_from(row.listeners).unwrap_or(usize::MAX);
        rows.iter().map(|row| Ok((read::id(&row.id)?, listeners(row)))).collect()
    }

    /// Moves streams forward without making deliveries: nobody listened. One statement.
    pub async fn skip_fanout(&self, streams: &BTreeMap<StreamId, (EnvironmentId, i64)>) -> Result<(), Error> {
        if streams.is_empty() {
            return Ok(());
        }
        let dialect = self.0.0.dialect;
        let mut rows = Rows::new(&[Cell::Text, Cell::Text, Cell::Int]);
        for (stream, (environment, sequence)) in streams {
            rows.push([stream.to_string().into(), environment.to_string().into(), (*sequence).into()]);
        }
        let (rows, values) = dialect.rows("r", rows, 1);
        let sql = format!(
            "INSERT INTO fanout AS t (stream_id, environment_id, sequence) \
             SELECT r.c0, r.c1, r.c2 FROM {rows} WHERE true ORDER BY r.c0 \
             ON CONFLICT (stream_id) DO UPDATE SET sequence = excluded.sequence WHERE t.sequence < excluded.sequence"
        );
        self.0.0.write.execute_raw(statement::with(dialect, &sql, values)).await?;
        Ok(())
    }

    /// The position of the first event of an environment that is not fanned out yet, past one position and through another: by
    /// index, and without a body. The log is read between the two, so they are no further apart than a statement may read.
    pub async fn first_not_fanned(
        &self,
        environment: EnvironmentId,
        past: i64,
        through: i64,
    ) -> Result<Option<i64>, Error> {
        #[derive(FromQueryResult)]
        struct First {
            position: i64,
        }
        let sql = format!(
            "SELECT c.first_position + e.ordinal AS position FROM commits c JOIN events e ON e.commit_id = c.id \
             LEFT JOIN fanout f ON f.stream_id = e.stream_id WHERE {PAST} AND {FROM_COMMIT} AND c.first_position <= $3 \
             AND c.first_position + e.ordinal <= $3 AND e.sequence > COALESCE(f.sequence, 0) \
             ORDER BY c.first_position, e.ordinal LIMIT 1"
        );
        let values = vec![environment.to_string().into(), past.into(), through.into()];
        let rows: Vec<First> = read::all(&self.0.0.read, self.0.0.dialect, &sql, values).await?;
        Ok(rows.first().map(|row| row.position))
    }

    /// Begins and locks the rows of these streams, in order; rows that are missing are made.
    pub async fn begin_fanout(&self, streams: &BTreeMap<StreamId, EnvironmentId>) -> Result<FanoutTx, Error> {
        let store = self.0.clone();
        let (tx, now_ms) = (store.begin_write().await?, store.clock_ms());
        let mut fanout = FanoutTx { store, tx, now_ms, sequences: BTreeMap::new(), fresh: BTreeSet::new() };
        fanout.lock(streams).await?;
        if fanout.sequences.len() < streams.len() {
            fanout.fresh = streams.keys().filter(|id| !fanout.sequences.contains_key(id)).copied().collect();
            fanout.insert_missing(streams).await?;
            fanout.lock(streams).await?;
            // Another node may have made a row, and moved it, just before.
            let FanoutTx { fresh, sequences, .. } = &mut fanout;
            fresh.retain(|id| sequences.get(id) == Some(&0));
        }
        Ok(fanout)
    }
}

impl FanoutTx {
    async fn lock(&mut self, streams: &BTreeMap<StreamId, EnvironmentId>) -> Result<(), Error> {
        let dialect = self.store.0.dialect;
        let ids: Vec<_> = streams.keys().collect();
        let (keys, values) = dialect.rows("k", read::keys([&ids]), 1);
        let sql = format!(
            "SELECT f.stream_id, f.sequence{} FROM {keys} JOIN fanout f ON f.stream_id = k.c0 ORDER BY f.stream_id{}",
            dialect.now_column(),
            dialect.lock("f", true)
        );
        let rows = self.tx.query_all_raw(statement::with(dialect, &sql, values)).await?;
        for row in &rows {
            let SequenceRow { stream_id, sequence } = SequenceRow::from_query_result(row, "")?;
            self.sequences.insert(read::id(&stream_id)?, sequence);
            if dialect.has_clock() {
                self.now_ms = row.try_get("", "now")?;
            }
        }
        Ok(())
    }

    async fn insert_missing(&self, streams: &BTreeMap<StreamId, EnvironmentId>) -> Result<(), Error> {
        let dialect = self.store.0.dialect;
        let missing = streams.iter().filter(|(id, _)| self.fresh.contains(id));
        let (rows, values) = dialect.rows("r", read::pairs(missing), 1);
        let sql = format!(
            "INSERT INTO fanout (stream_id, environment_id, sequence) SELECT r.c0, r.c1, 0 FROM {rows} WHERE true \
             ORDER BY r.c0 ON CONFLICT (stream_id) DO NOTHING"
        );
        self.tx.execute_raw(statement::with(dialect, &sql, values)).await?;
        Ok(())
    }

    /// Makes one delivery per event and endpoint that listens, and of what takes away one per endpoint at which something is
    /// pending before; moves each stream to the last of its events, commits.
    /// Answers the deliveries that are new. One statement.
    pub async fn commit(self, events: &[(i64, &Event)]) -> Result<Vec<Fanned>, Error> {
        let dialect = self.store.0.dialect;
        let (moved, mut values) = dialect.rows("r", sequences(events), 1);
        let update = format!("UPDATE fanout AS f SET sequence = r.c1 FROM {moved} WHERE f.stream_id = r.c0");
        let (rows, row_values) = dialect.rows("r", event_rows(events), values.len() + 3);
        let (now, time) = (values.len() + 1, values.len() + 2);
        let insert = format!(
            "INSERT INTO deliveries (id, environment_id, endpoint_id, event_id, cause, stream_id, directory_id, user_id, \
             group_id, reach, position, state, attempts, tried_at, due_at, epoch, created_at, updated_at) \
             SELECT 'delivery_' || ${time} || {tail}, r.c0, e.id, r.c1, '{live}', r.c2, {about}, r.c6, r.c7, \
             'pending', 0, NULL, ${now}, 0, ${now}, ${now} FROM {rows} \
             JOIN endpoint_events s ON s.environment_id = r.c0 AND s.kind = r.c8 \
             JOIN endpoints e ON e.id = s.endpoint_id AND e.environment_id = r.c0 \
             WHERE {KEEPS_NEWS} AND e.from_position < r.c7 \
             OR e.status <> '{DELETING}' AND r.c6 <> '{nothing}' AND EXISTS ({HAS_PENDING} AND d.position < r.c7) \
             ON CONFLICT (endpoint_id, event_id, cause) DO NOTHING RETURNING id, endpoint_id, event_id",
            tail = dialect.random_ulid_tail(),
            about = [3, 4, 5].map(|at| dialect.stored("r", at, Cell::Text)).join(", "),
            live = Cause::Live.as_str(),
            nothing = Reach::Nothing.as_str(),
        );
        values.extend([Value::from(self.now_ms), time_part(self.now_ms).into()]);
        values.extend(row_values);
        let sql = dialect.update_and_insert(&update, &insert);
        let rows: Vec<FannedRow> = read::all(&self.tx, dialect, &sql, values).await?;
        self.tx.commit().await?;
        if !rows.is_empty() {
            self.store.0.wake.raise_elsewhere();
        }
        rows.iter().map(fanned).collect()
    }
}

/// The first ten of the 26 characters of a ULID: its time.
fn time_part(now_ms: i64) -> String {
    let id = DeliveryId::first_at(now_ms).to_string();
    id.strip_prefix("delivery_").and_then(|ulid| ulid.get(..10)).unwrap_or_default().to_owned()
}

fn sequences(events: &[(i64, &Event)]) -> Rows {
    let last: BTreeMap<_, _> = events.iter().map(|(_, event)| (event.stream, event.sequence)).collect();
    let mut rows = Rows::new(&[Cell::Text, Cell::Int]);
    last.into_iter().for_each(|(stream, sequence)| rows.push([stream.to_string().into(), sequence.into()]));
    rows
}

fn event_rows(events: &[(i64, &Event)]) -> Rows {
    let text = Cell::Text;
    let mut rows = Rows::new(&[text, text, text, text, text, text, text, Cell::Int, text]);
    for (position, event) in events {
        rows.push([
            event.environment_id.to_string().into(),
            event.id.to_string().into(),
            event.stream.to_string().into(),
            event.subject.directory().map(|id| id.to_string()).into(),
            event.subject.user().map(|id| id.to_string()).into(),
            event.subject.group().map(|id| id.to_string()).into(),
            Reach::of(event).as_str().into(),
            (*position).into(),
            event.kind.as_str().into(),
        ]);
    }
    rows
}

fn fanned(row: &FannedRow) -> Result<Fanned, Error> {
    Ok(Fanned { id: read::id(&row.id)?, endpoint_id: read::id(&row.endpoint_id)?, event_id: read::id(&row.event_id)? })
}

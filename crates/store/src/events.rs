//! The event log, read: by position for relay and fan-out, by cursor for the events API.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use model::Timestamp;
use model::event::{Event, EventType, StreamId, Subject};
use model::id::{CommitId, DirectoryId, EnvironmentId, EventId, GroupId, UserId};
use model::query::EventFilter;
use sea_orm::{FromQueryResult, Value};

use crate::error::Error;
use crate::query::Query;
use crate::reader::Reader;
use crate::system::System;
use crate::{Store, read};

/// An event with its position in its environment's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Positioned {
    pub position: i64,
    pub event: Event,
}

#[derive(FromQueryResult)]
struct Row {
    position: i64,
    id: String,
    environment_id: String,
    stream_id: String,
    sequence: i64,
    previous: i64,
    version: i64,
    kind: String,
    directory_id: Option<String>,
    user_id: Option<String>,
    group_id: Option<String>,
    revokes: bool,
    created_at: i64,
    body: String,
}

const COLUMNS: &str = "c.first_position + e.ordinal AS position, e.id, e.environment_id, e.stream_id, e.sequence, \
                       e.previous, e.version, e.kind, e.directory_id, e.user_id, e.group_id, e.revokes, e.created_at, \
                       b.body";
/// Commits outside, so that rows come in the order of positions without a sort.
const FROM: &str = "commits c JOIN events e ON e.commit_id = c.id JOIN event_bodies b ON b.event_id = e.id";

/// Of environment `$1`, past position `$2`.
pub(crate) const PAST: &str = "c.environment_id = $1 AND c.first_position + e.ordinal > $2";
/// And from the commit on that holds the next position, found by index.
pub(crate) const FROM_COMMIT: &str = "c.first_position >= COALESCE((SELECT max(f.first_position) FROM commits f \
                           WHERE f.environment_id = $1 AND f.first_position <= $2 + 1), 0)";

/// How long a transaction lasts at most, from its time (that of its id and its events) to its place in the log.
const LONGEST_COMMIT_MS: i64 = 600_000;

/// Of environment `$1`: commits from the last one on that lies before all that was recorded since a time, by the id `?`.
const SINCE: &str = "c.first_position >= COALESCE((SELECT f.first_position FROM commits f \
                     WHERE f.environment_id = $1 AND f.id < ? ORDER BY f.id DESC LIMIT 1), 0)";
/// Up to the first one that lies past all that was recorded before a time.
const UNTIL: &str = "c.first_position <= COALESCE((SELECT f.first_position FROM commits f \
                     WHERE f.environment_id = $1 AND f.id >= ? ORDER BY f.id LIMIT 1), 9223372036854775807)";

fn noun(row: Row) -> Result<Positioned, Error> {
    let subject = subject(row.directory_id.as_deref(), row.user_id.as_deref(), row.group_id.as_deref())?;
    let event = Event {
        id: read::id(&row.id)?,
        environment_id: read::id(&row.environment_id)?,
        stream: StreamId::from_str(&row.stream_id).map_err(|_| Error::Corrupt { what: "event" })?,
        sequence: row.sequence,
        previous: row.previous,
        version: row.version,
        kind: EventType::parse(&row.kind).ok_or(Error::Corrupt { what: "event type" })?,
        subject,
        revokes: row.revokes,
        created_at: Timestamp(row.created_at),
        body: row.body,
    };
    Ok(Positioned { position: row.position, event })
}

/// What a row is about, from its three columns.
pub(crate) fn subject(directory: Option<&str>, user: Option<&str>, group: Option<&str>) -> Result<Subject, Error> {
    let directory: Option<DirectoryId> = read::optional_id(directory)?;
    let user: Option<UserId> = read::optional_id(user)?;
    let group: Option<GroupId> = read::optional_id(group)?;
    Ok(match (directory, group, user) {
        (None, ..) => Subject::Organization,
        (Some(directory), None, None) => Subject::Directory(directory),
        (Some(directory), None, Some(user)) => Subject::User(directory, user),
        (Some(directory), Some(group), None) => Subject::Group(directory, group),
        (Some(directory), Some(group), Some(user)) => Subject::Membership(directory, group, user),
    })
}

/// A part of an environment's log, read in order.
#[derive(Debug)]
pub struct Page {
    pub events: Vec<Positioned>,
    /// There was no more to read.
    pub is_last: bool,
}

/// Past so many bytes of bodies a page of the log takes no further event: one body may have two MiB.
pub const MAX_PAGE_BYTES: usize = 16 * 1024 * 1024;

impl Store {
    async fn events_past(&self, environment: EnvironmentId, position: i64, limit: u64) -> Result<Page, Error> {
        // A commit holds an event at least: with so many of them no plan can read the whole log.
        let commits = format!(
            "SELECT * FROM commits n WHERE n.environment_id = $1 AND {} ORDER BY n.first_position LIMIT $3 + 1",
            FROM_COMMIT.replace("c.", "n.")
        );
        let from = FROM.replacen("commits c", &format!("({commits}) c"), 1);
        let select = format!("{from} WHERE {PAST} ORDER BY c.first_position, e.ordinal LIMIT $3");
        self.page(&select, vec![environment.to_string().into(), position.into()], limit).await
    }

    /// What follows the columns of a SELECT in the order of positions, its last value, which is the limit, being left out.
    async fn page(&self, select: &str, mut values: Vec<Value>, limit: u64) -> Result<Page, Error> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        values.extend([limit.into(), i64::try_from(MAX_PAGE_BYTES).unwrap_or(i64::MAX).into()]);
        let sql = format!(
            "SELECT * FROM (SELECT p.*, sum(p.bytes) OVER (ORDER BY p.position ROWS UNBOUNDED PRECEDING) AS through \
             FROM (SELECT {COLUMNS}, octet_length(b.body) AS bytes FROM {select}) p) s \
             WHERE s.through - s.bytes < ${} ORDER BY s.position",
            values.len()
        );
        let rows: Vec<Row> = read::all(&self.0.read, self.0.dialect, &sql, values).await?;
        let events: Vec<_> = rows.into_iter().map(noun).collect::<Result<_, _>>()?;
        let bytes: usize = events.iter().map(|found| found.event.body.len()).sum();
        let is_last = (events.len() as u64) < limit.unsigned_abs() && bytes < MAX_PAGE_BYTES;
        Ok(Page { events, is_last })
    }
}

impl System {
    /// Up to `limit` events of an environment past `position`, in order, at least one if there is one: what the relay and a
    /// late fan-out read.
    pub async fn events_past(&self, environment: EnvironmentId, position: i64, limit: u64) -> Result<Page, Error> {
        self.0.events_past(environment, position, limit).await
    }

    /// Up to `limit` events of a stream past one sequence and through another, in order, at least one if there is one: what a
    /// fan-out fills a gap with.
    pub async fn stream_events(&self, stream: StreamId, past: i64, through: i64, limit: u64) -> Result<Page, Error> {
        let select = "events e JOIN commits c ON c.id = e.commit_id JOIN event_bodies b ON b.event_id = e.id \
                      WHERE e.stream_id = $1 AND e.sequence > $2 AND e.sequence <= $3 ORDER BY e.sequence LIMIT $4";
        self.0.page(select, vec![stream.to_string().into(), past.into(), through.into()], limit).await
    }

    /// These events, as far as the log holds them, in the order of their positions in each environment. One statement.
    pub async fn events_of(&self, ids: &BTreeSet<EventId>) -> Result<Vec<Positioned>, Error> {
        let dialect = self.0.0.dialect;
        let ids: Vec<_> = ids.iter().collect();
        let (keys, values) = dialect.rows("k", read::keys([&ids]), 1);
        let sql = format!(
            "SELECT {COLUMNS} FROM {keys} JOIN events e ON e.id = k.c0 JOIN commits c ON c.id = e.commit_id \
             JOIN event_bodies b ON b.event_id = e.id ORDER BY e.environment_id, position"
        );
        let rows: Vec<Row> = read::all(&self.0.0.read, dialect, &sql, values).await?;
        rows.into_iter().map(noun).collect()
    }

    /// The bodies of these events, as far as they are kept.
    pub async fn event_bodies(&self, ids: &BTreeSet<EventId>) -> Result<BTreeMap<EventId, String>, Error> {
        #[derive(FromQueryResult)]
        struct Body {
            event_id: String,
            body: String,
        }
        let dialect = self.0.0.dialect;
        let ids: Vec<_> = ids.iter().collect();
        let (keys, values) = dialect.rows("k", read::keys([&ids]), 1);
        let sql = dialect.lookup(&keys, "event_bodies", "t.event_id = k.c0");
        let rows: Vec<Body> = read::all(&self.0.0.read, dialect, &sql, values).await?;
        rows.into_iter().map(|row| Ok((read::id(&row.event_id)?, row.body))).collect()
    }
}

impl Reader {
    /// An event's position in this environment's log.
    pub async fn position_of(&self, id: EventId) -> Result<Option<i64>, Error> {
        #[derive(FromQueryResult)]
        struct Position {
            position: i64,
        }
        let sql = "SELECT c.first_position + e.ordinal AS position FROM events e JOIN commits c ON c.id = e.commit_id \
                   WHERE e.id = $1 AND e.environment_id = $2";
        let values = vec![id.to_string().into(), self.environment_id.to_string().into()];
        let rows: Vec<Position> = read::all(&self.store.0.read, self.store.0.dialect, sql, values).await?;
        Ok(rows.first().map(|row| row.position))
    }

    /// Up to `limit` events past `position` that match, oldest first.
    pub async fn list_events(&self, filter: &EventFilter, position: i64, limit: u64) -> Result<Vec<Positioned>, Error> {
        let dialect = self.store.0.dialect;
        // Others are filters too, but are never recorded.
        let kinds: Vec<_> = filter.kinds.iter().filter(|kind| EventType::parse(kind).is_some()).collect();
        if kinds.is_empty() {
            return Ok(Vec::new());
        }
        let commit = |at_ms: i64| CommitId::first_at(at_ms).to_string();
        let mut query = Query::new(dialect, COLUMNS, FROM);
        query.values = vec![self.environment_id.to_string().into(), position.into()];
        query.sql.push_str(" AND ");
        query.sql.push_str(PAST);
        query.sql.push_str(" AND ");
        query.sql.push_str(FROM_COMMIT);
        query.and_in("e.kind", read::keys([&kinds]));
        query.and_some("e.stream_id = ?", filter.organization_id.map(|id| id.to_string()));
        query.and_some("e.created_at >= ?", filter.range_start.map(|at| at.0));
        query.and_some("e.created_at < ?", filter.range_end.map(|at| at.0));
        query.and_some(SINCE, filter.range_start.map(|at| commit(at.0 - LONGEST_COMMIT_MS)));
        query.and_some(UNTIL, filter.range_end.map(|at| commit(at.0 + LONGEST_COMMIT_MS)));
        query.values.push(i64::try_from(limit).unwrap_or(i64::MAX).into());
        let sql = format!("{} ORDER BY c.first_position, e.ordinal LIMIT ${}", query.sql, query.values.len());
        let values = query.values;
        let rows: Vec<Row> = read::all(&self.store.0.read, dialect, &sql, values).await?;
        rows.into_iter().map(noun).collect()
    }
}

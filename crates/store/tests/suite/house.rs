//! A store with an environment and an organization in it, and what tests do to them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use model::event::{Event, EventType, StreamId, Subject};
use model::id::{DirectoryId, EnvironmentId, EventId, OrganizationId};
use model::tenant::Environment;
use model::{Clock, Timestamp};
use sea_orm::sqlx::{self, Connection, PgConnection, SqliteConnection};
use store::{MasterKey, Options, Store, Tx};
use tests::{Database, Kind, Template};

pub(crate) type Outcome = anyhow::Result<()>;

/// How long a test waits for what must come.
pub(crate) const LIMIT: Duration = Duration::from_secs(30);

/// The schema, migrated once.
pub(crate) static MIGRATED: Template = Template::new(|url| {
    Box::pin(async move {
        let store = open(&url).await?;
        store.migrate().await?;
        Ok(store.close().await?)
    })
});

/// Runs on from a fixed start.
pub(crate) struct RunningClock {
    start_ms: i64,
    since: Instant,
}

impl RunningClock {
    pub(crate) fn from(start_ms: i64) -> Arc<Self> {
        Arc::new(Self { start_ms, since: Instant::now() })
    }
}

impl Clock for RunningClock {
    fn now_ms(&self) -> i64 {
        self.start_ms + i64::try_from(self.since.elapsed().as_millis()).unwrap()
    }
}

pub(crate) const NOW_MS: i64 = 1_768_478_400_000;

pub(crate) fn options(url: &str) -> Options {
    Options {
        url: url.to_owned(),
        master_key: MasterKey::new([7; 32]),
        seed: seed(),
        clock: RunningClock::from(NOW_MS),
        write_connections: 4,
        read_connections: 4,
    }
}

/// Stores of one test draw different ids.
fn seed() -> [u8; 32] {
    static NEXT: std::sync::atomic::AtomicU8 = std::sync::atomic::AtomicU8::new(0);
    [NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed); 32]
}

pub(crate) async fn open(url: &str) -> Result<Store, store::Error> {
    Store::open(options(url)).await
}

pub(crate) async fn environment(store: &Store) -> Result<EnvironmentId, store::Error> {
    let mut tx = store.begin(&[]).await?;
    let (id, at) = (store.new_id(tx.now_ms), Timestamp(tx.now_ms));
    tx.insert_environment(&Environment { id, name: "e".to_owned(), created_at: at, updated_at: at });
    tx.commit().await?;
    Ok(id)
}

/// The stream of a new organization: the rest of it is nothing to most tests.
pub(crate) async fn stream(store: &Store, of: EnvironmentId) -> Result<StreamId, store::Error> {
    let mut tx = store.begin(&[]).await?;
    let id: OrganizationId = store.new_id(tx.now_ms);
    tx.insert_stream(StreamId::Organization(id), of);
    tx.commit().await?;
    Ok(StreamId::Organization(id))
}

pub(crate) struct House {
    pub(crate) store: Store,
    pub(crate) environment: EnvironmentId,
    pub(crate) stream: StreamId,
    pub(crate) database: Database,
}

impl House {
    pub(crate) async fn new(database: Database) -> anyhow::Result<Self> {
        let store = open(database.url()).await?;
        let environment = environment(&store).await?;
        let stream = stream(&store, environment).await?;
        Ok(Self { store, environment, stream, database })
    }

    /// Records so many events in one commit.
    pub(crate) async fn record(&self, count: usize) -> anyhow::Result<Vec<EventId>> {
        let mut tx = self.store.begin(&[self.stream]).await?;
        let ids = (0..count).map(|_| say(&self.store, &mut tx, self.stream)).collect();
        tx.commit().await?;
        Ok(ids)
    }

    /// One event with a body of so many bytes.
    pub(crate) async fn record_of(&self, bytes: usize) -> Outcome {
        let mut tx = self.store.begin(&[self.stream]).await?;
        let (id, now_ms) = (self.store.new_id(tx.now_ms), tx.now_ms);
        let subject = Subject::User(self.store.new_id(now_ms), self.store.new_id(now_ms));
        let event = event(&mut tx, self.stream, (id, EventType::UserCreated, subject), now_ms);
        tx.record(Event { body: "x".repeat(bytes), ..event });
        tx.commit().await?;
        Ok(())
    }
}

/// Records an event of a stream that the transaction holds.
pub(crate) fn say(store: &Store, tx: &mut Tx, stream: StreamId) -> EventId {
    let directory: DirectoryId = store.new_id(tx.now_ms);
    say_of(store, tx, stream, EventType::UserCreated, Subject::User(directory, store.new_id(tx.now_ms)))
}

pub(crate) fn say_of(store: &Store, tx: &mut Tx, stream: StreamId, kind: EventType, subject: Subject) -> EventId {
    let (id, now_ms) = (store.new_id(tx.now_ms), tx.now_ms);
    let event = event(tx, stream, (id, kind, subject), now_ms);
    tx.record(event);
    id
}

/// The next event of a stream.
fn event(tx: &mut Tx, stream: StreamId, (id, kind, subject): (EventId, EventType, Subject), now_ms: i64) -> Event {
    let head = tx.heads.get_mut(&stream).unwrap();
    head.sequence += 1;
    let event = Event {
        id,
        environment_id: head.environment_id,
        stream,
        sequence: head.sequence,
        previous: head.event_sequence,
        version: head.sequence,
        kind,
        subject,
        revokes: false,
        created_at: Timestamp(now_ms),
        body: format!(r#"{{"id":"{id}"}}"#),
    };
    head.event_sequence = head.sequence;
    event
}

/// Runs a statement past the store, as an operator would.
pub(crate) async fn execute(database: &Database, sql: &'static str) -> Outcome {
    match database.kind() {
        Kind::Sqlite => _ = sqlx::raw_sql(sql).execute(&mut SqliteConnection::connect(database.url()).await?).await?,
        Kind::Postgres => _ = sqlx::raw_sql(sql).execute(&mut PgConnection::connect(database.url()).await?).await?,
    }
    Ok(())
}

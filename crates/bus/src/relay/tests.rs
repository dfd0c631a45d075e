//! The relay on both databases, against a bus that notes what it is given.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use model::event::{Event, EventType, StreamId, Subject};
use model::id::{DirectoryId, EnvironmentId, EventId, OrganizationId};
use model::tenant::Environment;
use model::{FixedClock, Timestamp};
use store::{Head, LogReader, MasterKey, News, Options, Store};
use tests::{Database, Template, on_each_database};
use tokio::sync::{Semaphore, watch};

use super::{Relay, Settings, start};
use crate::bus::{Bus, Error as BusError, Marks, Run, Spans};

type Outcome = anyhow::Result<()>;

pub(crate) static MIGRATED: Template = Template::new(|url| {
    Box::pin(async move {
        let store = open(&url).await?;
        store.migrate().await?;
        Ok(store.close().await?)
    })
});

on_each_database!(
    MIGRATED: everything_is_published_once_and_in_order,
    a_new_relay_goes_on_where_the_last_one_was,
    what_the_bus_did_not_take_is_published_again,
    another_bus_is_told_everything,
    a_bus_that_was_emptied_is_told_everything,
    one_leads_and_the_other_stands_by,
    one_whose_bus_takes_nothing_lets_another_lead,
    a_running_relay_starts_from_memory,
    a_commit_too_large_to_carry_is_read_from_the_log,
    what_another_process_commits_is_found_by_the_tick,
    an_environment_that_cannot_be_read_stops_no_other,
    one_that_stands_by_writes_nothing_at_news,
    cursors_are_written_at_ticks_and_at_the_end,
    commits_told_in_the_wrong_order_are_published_in_the_right_one,
    cursors_that_could_not_be_read_are_read_again,
    what_lies_before_a_refused_event_is_published_once,
);

/// Consecutive events of an environment, as nothing in the database knows them.
pub(crate) fn run(first_position: i64, count: usize) -> Run {
    let environment = EnvironmentId::first_at(1);
    Run::new(first_position, (0..count).map(|_| event(environment, EventId::first_at(1), 1)).collect()).unwrap()
}

fn event(environment_id: EnvironmentId, id: EventId, sequence: i64) -> Event {
    Event {
        id,
        environment_id,
        stream: StreamId::Environment(environment_id),
        sequence,
        previous: sequence - 1,
        version: sequence,
        kind: EventType::DirectoryActivated,
        subject: Subject::Directory(DirectoryId::first_at(1)),
        revokes: false,
        created_at: Timestamp(0),
        body: "{}".to_owned(),
    }
}

async fn open(url: &str) -> Result<Store, store::Error> {
    let (clock, master_key) = (Arc::new(FixedClock::at(1_700_000_000_000)), MasterKey::new([7; 32]));
    let (url, seed) = (url.to_owned(), [3; 32]);
    Store::open(Options { url, master_key, seed, clock, write_connections: 4, read_connections: 4 }).await
}

const APART: i64 = 16;

/// Environments with events.
pub(crate) struct Log {
    pub(crate) store: Store,
    pub(crate) database: Database,
    pub(crate) environments: Vec<EnvironmentId>,
}

impl Log {
    pub(crate) async fn new(database: Database, environments: usize) -> anyhow::Result<Self> {
        let store = open(database.url()).await?;
        let environments: Vec<EnvironmentId> = (0..environments).map(|_| store.new_id(0)).collect();
        for id in &environments {
            let mut tx = store.begin(&[]).await?;
            let (name, at) = ("e".to_owned(), Timestamp(0));
            tx.insert_environment(&Environment { id: *id, name, created_at: at, updated_at: at });
            tx.commit().await?;
        }
        Ok(Self { store, database, environments })
    }

    /// Records so many events in one commit.
    pub(crate) async fn record(&self, environment: usize, count: usize) -> anyhow::Result<Vec<EventId>> {
        let environment_id = self.environments[environment];
        let stream = StreamId::Environment(environment_id);
        let mut tx = self.store.begin(&[stream]).await?;
        let mut ids = Vec::new();
        for _ in 0..count {
            let head = tx.heads.get_mut(&stream).unwrap();
            head.sequence += 1;
            head.event_sequence = head.sequence;
            let (id, sequence) = (self.store.new_id(0), head.sequence);
            tx.record(event(environment_id, id, sequence));
            ids.push(id);
        }
        tx.commit().await?;
        Ok(ids)
    }

    /// Records an event in each of sixteen streams, one commit each; how many that were.
    pub(crate) async fn record_apart(&self) -> anyhow::Result<usize> {
        let environment_id = self.environments[0];
        for n in 1..=APART {
            let stream = StreamId::Organization(OrganizationId::first_at(n));
            let mut tx = self.store.begin(&[stream]).await?;
            let head = tx.heads.entry(stream).or_insert(Head { environment_id, sequence: 0, event_sequence: 0 });
            let previous = head.sequence;
            head.sequence += 1;
            head.event_sequence = head.sequence;
            let id = self.store.new_id(0);
            tx.record(Event { stream, previous, ..event(environment_id, id, previous + 1) });
            tx.commit().await?;
        }
        Ok(usize::try_from(APART)?)
    }

    /// The whole log of an environment.
    pub(crate) async fn events(&self, environment: usize) -> Result<Vec<Event>, store::Error> {
        let page = self.store.system().events_past(self.environments[environment], 0, 100_000).await?;
        Ok(page.events.into_iter().map(|positioned| positioned.event).collect())
    }

    async fn cursors(&self) -> Result<Vec<i64>, store::Error> {
        Ok(self.store.system().load_cursors(LogReader::Relay).await?.into_values().collect())
    }
}

/// Notes what is published; takes only so much, or all but one event, if told to.
struct Notes {
    published: Mutex<Vec<Run>>,
    events: watch::Sender<usize>,
    room: Semaphore,
    refused: Mutex<Option<EventId>>,
}

impl Notes {
    fn with_room(room: usize) -> Arc<Self> {
        let (published, refused) = (Mutex::default(), Mutex::default());
        Arc::new(Self { published, events: watch::Sender::new(0), room: Semaphore::new(room), refused })
    }

    fn new() -> Arc<Self> {
        Self::with_room(Semaphore::MAX_PERMITS)
    }

    fn ids(&self) -> Vec<EventId> {
        self.published.lock().unwrap().iter().flat_map(|run| run.events().iter().map(|event| event.id)).collect()
    }

    async fn until(&self, events: usize) {
        let mut seen = self.events.subscribe();
        let came = tokio::time::timeout(Duration::from_secs(30), seen.wait_for(|seen| *seen >= events));
        assert!(came.await.is_ok(), "only {:?} came", self.ids());
    }
}

#[async_trait]
impl Bus for Notes {
    fn name(&self) -> &'static str {
        "notes"
    }

    async fn begin(&self) -> Result<(), BusError> {
        Ok(())
    }

    async fn holds(&self, _: &Marks) -> Result<bool, BusError> {
        Ok(true)
    }

    async fn publish(&self, runs: Vec<Run>) -> Result<Spans, BusError> {
        let refused = *self.refused.lock().unwrap();
        let is_refused = |run: &&Run| run.events().iter().any(|event| Some(event.id) == refused);
        if let Some(run) = runs.iter().find(is_refused) {
            return Err(BusError::TooLarge(run.environment_id()));
        }
        self.room.try_acquire().map_err(|_| BusError::Gone)?.forget();
        let events: usize = runs.iter().map(|run| run.events().len()).sum();
        assert!((1..=1_999).contains(&events));
        self.published.lock().unwrap().extend(runs);
        self.events.send_modify(|seen| *seen += events);
        Ok(Spans::new())
    }

    async fn receive(&self) -> Result<Vec<Run>, BusError> {
        std::future::pending().await
    }

    async fn commit(&self) -> Result<(), BusError> {
        Ok(())
    }

    async fn leave(&self) {}
}

fn relay(store: &Store, bus: &Arc<Notes>) -> Relay {
    Relay::new(store, Arc::clone(bus) as Arc<dyn Bus>, &Settings::default())
}

/// Says that it holds nothing of what it was told.
struct Emptied(Arc<Notes>);

#[async_trait]
impl Bus for Emptied {
    fn name(&self) -> &'static str {
        "emptied"
    }

    async fn begin(&self) -> Result<(), BusError> {
        self.0.begin().await
    }

    async fn holds(&self, marks: &Marks) -> Result<bool, BusError> {
        Ok(!marks.is_empty())
    }

    async fn publish(&self, runs: Vec<Run>) -> Result<Spans, BusError> {
        let end = || i64::try_from(self.0.ids().len()).unwrap();
        let first = end();
        self.0.publish(runs).await?;
        Ok([(3, (first, end() - 1))].into())
    }

    async fn receive(&self) -> Result<Vec<Run>, BusError> {
        self.0.receive().await
    }

    async fn commit(&self) -> Result<(), BusError> {
        Ok(())
    }

    async fn leave(&self) {}
}

async fn everything_is_published_once_and_in_order(database: Database) -> Outcome {
    let log = Log::new(database, 2).await?;
    let mut expected = log.record(0, 3).await?;
    expected.extend(log.record(0, 1_200).await?);
    let others = log.record(1, 2).await?;
    let bus = Notes::new();
    let mut relay = relay(&log.store, &bus);
    assert_eq!(relay.run_once().await?, 1_205);
    expected.extend(&others);
    assert_eq!(bus.ids(), expected);
    assert_eq!(relay.run_once().await?, 0);
    assert_eq!(log.cursors().await?, [1_203, 2]);
    Ok(())
}

/// A log of two events, of which a relay that leads no more has told the bus.
async fn relayed(database: Database) -> anyhow::Result<(Log, Arc<Notes>)> {
    let log = Log::new(database, 1).await?;
    log.record(0, 2).await?;
    let bus = Notes::new();
    let mut first = relay(&log.store, &bus);
    assert_eq!(first.run_once().await?, 2);
    first.lead.release().await?;
    Ok((log, bus))
}

async fn a_new_relay_goes_on_where_the_last_one_was(database: Database) -> Outcome {
    let (log, _) = relayed(database).await?;
    let later = log.record(0, 2).await?;
    let bus = Notes::new();
    assert_eq!(relay(&log.store, &bus).run_once().await?, 2);
    assert_eq!(bus.ids(), later);
    Ok(())
}

async fn what_the_bus_did_not_take_is_published_again(database: Database) -> Outcome {
    let log = Log::new(database, 1).await?;
    let ids = log.record(0, 2_500).await?;
    let bus = Notes::with_room(1);
    let mut relay = relay(&log.store, &bus);
    assert!(relay.run_once().await.is_err());
    assert_eq!(bus.ids().len(), 1_000);
    bus.room.add_permits(10);
    assert_eq!(relay.run_once().await?, 1_500);
    assert_eq!(bus.ids(), ids);
    Ok(())
}

async fn another_bus_is_told_everything(database: Database) -> Outcome {
    let log = Log::new(database, 1).await?;
    let ids = log.record(0, 2).await?;
    let mut first = relay(&log.store, &Notes::new());
    assert_eq!(first.run_once().await?, 2);
    first.lead.release().await?;
    let other = Notes::new();
    let bus: Arc<dyn Bus> = Arc::new(Emptied(Arc::clone(&other)));
    let mut second = Relay::new(&log.store, Arc::clone(&bus), &Settings::default());
    assert_eq!(second.run_once().await?, 2);
    assert_eq!(other.ids(), ids);
    // From then on it is known.
    second.lead.release().await?;
    let later = log.record(0, 1).await?;
    assert_eq!(Relay::new(&log.store, bus, &Settings::default()).run_once().await?, 1);
    assert_eq!(other.ids()[2..], later);
    Ok(())
}

/// The offset of what is published lies below one that was published before.
async fn a_bus_that_was_emptied_is_told_everything(database: Database) -> Outcome {
    let log = Log::new(database, 1).await?;
    let mut ids = log.record(0, 3).await?;
    let notes = Notes::new();
    let mut relay = Relay::new(&log.store, Arc::new(Emptied(Arc::clone(&notes))), &Settings::default());
    assert_eq!(relay.run_once().await?, 3);
    notes.published.lock().unwrap().clear();
    ids.extend(log.record(0, 1).await?);
    relay.run_once().await?;
    relay.run_once().await?;
    assert_eq!(notes.ids()[1..], ids);
    Ok(())
}

async fn one_leads_and_the_other_stands_by(database: Database) -> Outcome {
    let log = Log::new(database, 1).await?;
    let ids = log.record(0, 2).await?;
    let (bus, idle) = (Notes::new(), Notes::new());
    let (mut one, mut other) = (relay(&log.store, &bus), relay(&log.store, &idle));
    assert_eq!(one.run_once().await?, 2);
    let later = log.record(0, 1).await?;
    assert_eq!(other.run_once().await?, 0);
    one.lead.release().await?;
    assert_eq!(other.run_once().await?, 1);
    assert_eq!((bus.ids(), idle.ids()), (ids, later));
    Ok(())
}

/// What a node sees that does not reach the brokers.
struct CutOff;

#[async_trait]
impl Bus for CutOff {
    fn name(&self) -> &'static str {
        "notes"
    }

    async fn begin(&self) -> Result<(), BusError> {
        Err(BusError::Unavailable("cut off".into()))
    }

    async fn holds(&self, _: &Marks) -> Result<bool, BusError> {
        self.begin().await.map(|()| true)
    }

    async fn publish(&self, _: Vec<Run>) -> Result<Spans, BusError> {
        self.begin().await.map(|()| Spans::new())
    }

    async fn receive(&self) -> Result<Vec<Run>, BusError> {
        std::future::pending().await
    }

    async fn commit(&self) -> Result<(), BusError> {
        Ok(())
    }

    async fn leave(&self) {}
}

/// Its lease, which it could renew for ever, is the other's long before it would expire.
async fn one_whose_bus_takes_nothing_lets_another_lead(database: Database) -> Outcome {
    let log = Log::new(database, 1).await?;
    let ids = log.record(0, 2).await?;
    let (tick, lease, patience) = (Duration::from_millis(20), Duration::from_hours(1), Duration::from_millis(100));
    let settings = Settings { alone: false, tick, lease, patience };
    let cut_off = start(&log.store, Arc::new(CutOff), &settings);
    tests::until("a leader", Duration::from_secs(30), async || (cut_off.metrics().leads.get() == 1).then_some(()))
        .await?;
    let bus = Notes::new();
    let other = start(&log.store, Arc::clone(&bus) as Arc<dyn Bus>, &settings);
    bus.until(2).await;
    assert_eq!(bus.ids(), ids);
    assert_eq!((cut_off.metrics().leads.get(), other.metrics().leads.get()), (0, 1));
    other.shutdown().await;
    cut_off.shutdown().await;
    Ok(())
}

/// Without a query: the statements are those of the commits.
async fn a_running_relay_starts_from_memory(database: Database) -> Outcome {
    let log = Log::new(database, 2).await?;
    let bus = Notes::new();
    let before = log.store.statements();
    log.record(1, 2).await?;
    let each = log.store.statements() - before;
    let hour = Duration::from_hours(1);
    let settings = Settings { tick: hour, lease: hour, alone: true, ..Settings::default() };
    let relay = start(&log.store, Arc::clone(&bus) as Arc<dyn Bus>, &settings);
    bus.until(2).await;
    let mut ids = bus.ids();
    ids.extend(log.record(0, 1).await?);
    bus.until(3).await;
    let before = log.store.statements();
    for n in 0..10 {
        ids.extend(log.record(n % 2, 2).await?);
        bus.until(ids.len()).await;
    }
    assert_eq!(bus.ids(), ids);
    assert_eq!(log.store.statements() - before, 10 * each, "the relay asked the database");
    relay.shutdown().await;
    assert_eq!(log.cursors().await?, [11, 12]);
    Ok(())
}

async fn a_commit_too_large_to_carry_is_read_from_the_log(database: Database) -> Outcome {
    let log = Log::new(database, 1).await?;
    let bus = Notes::new();
    let settings = Settings { tick: Duration::from_hours(1), ..Settings::default() };
    let relay = start(&log.store, Arc::clone(&bus) as Arc<dyn Bus>, &settings);
    let mut ids = log.record(0, 1).await?;
    bus.until(1).await;
    ids.extend(log.record(0, store::MAX_CARRIED + 1).await?);
    ids.extend(log.record(0, 1).await?);
    bus.until(ids.len()).await;
    assert_eq!(bus.ids(), ids);
    relay.shutdown().await;
    Ok(())
}

async fn what_another_process_commits_is_found_by_the_tick(database: Database) -> Outcome {
    let mut log = Log::new(database, 1).await?;
    let bus = Notes::new();
    let settings = Settings { tick: Duration::from_millis(20), ..Settings::default() };
    let relay = start(&log.store, Arc::clone(&bus) as Arc<dyn Bus>, &settings);
    log.store = open(log.database.url()).await?;
    let mut news = log.store.listen();
    let ids = log.record(0, 3).await?;
    assert!(matches!(news.try_next(), Some(News::Events { .. })), "told in its own process");
    bus.until(3).await;
    assert_eq!(bus.ids(), ids);
    relay.shutdown().await;

    Ok(())
}

async fn an_environment_that_cannot_be_read_stops_no_other(database: Database) -> Outcome {
    let log = Log::new(database, 3).await?;
    let mut ids = Vec::new();
    for environment in 0..3 {
        ids.push(log.record(environment, 1).await?[0]);
    }
    log.database.execute(&format!("UPDATE events SET kind = 'unheard.of' WHERE id = '{}'", ids[1])).await?;
    let bus = Notes::new();
    let mut relay = relay(&log.store, &bus);
    assert_eq!(relay.run_once().await?, 2);
    assert_eq!(bus.ids(), [ids[0], ids[2]]);
    // Nor does news of it.
    let mut news = log.store.listen();
    log.record(1, 1).await?;
    let later = log.record(2, 1).await?;
    relay.tell(std::iter::from_fn(|| news.try_next())).await?;
    assert_eq!(bus.ids()[2..], later);
    Ok(())
}

async fn one_that_stands_by_writes_nothing_at_news(database: Database) -> Outcome {
    let log = Log::new(database, 1).await?;
    let leader = log.store.new_holder(false);
    log.store.system().hold_leases(&leader, &["relay".to_owned()], 3_600_000).await?;
    let bus = Notes::new();
    let settings = Settings { tick: Duration::from_hours(1), ..Settings::default() };
    let before = log.store.statements();
    log.record(0, 1).await?;
    let each = log.store.statements() - before;
    let handle = start(&log.store, Arc::clone(&bus) as Arc<dyn Bus>, &settings);
    // Its one tick asks for the lease; what it hears then does not.
    let before = log.store.statements();
    for _ in 0..20 {
        log.record(0, 1).await?;
    }
    handle.shutdown().await;
    let asked = log.store.statements() - before - 20 * each;
    assert!(asked <= 1, "{asked} statements");
    assert_eq!(bus.ids(), []);
    Ok(())
}

async fn cursors_are_written_at_ticks_and_at_the_end(database: Database) -> Outcome {
    let log = Log::new(database, 1).await?;
    let bus = Notes::new();
    let settings = Settings { tick: Duration::from_hours(1), ..Settings::default() };
    let handle = start(&log.store, Arc::clone(&bus) as Arc<dyn Bus>, &settings);
    log.record(0, 1).await?;
    bus.until(1).await;
    let large = store::MAX_CARRIED + 1;
    log.record(0, large).await?;
    bus.until(1 + large).await;
    // It hears of this one when it has done with that one.
    log.record(0, 1).await?;
    bus.until(2 + large).await;
    assert!(log.cursors().await?.iter().all(|cursor| *cursor <= 1), "written at a look");
    handle.shutdown().await;
    assert_eq!(log.cursors().await?, [i64::try_from(2 + large)?]);
    Ok(())
}

async fn commits_told_in_the_wrong_order_are_published_in_the_right_one(database: Database) -> Outcome {
    let log = Log::new(database, 1).await?;
    let bus = Notes::new();
    let mut relay = relay(&log.store, &bus);
    relay.run_once().await?;
    let mut news = log.store.listen();
    let mut ids = log.record(0, 1).await?;
    ids.extend(log.record(0, 1).await?);
    let told: Vec<_> = std::iter::from_fn(|| news.try_next()).collect();
    let before = log.store.statements();
    relay.tell(told.into_iter().rev()).await?;
    assert_eq!((bus.ids(), log.store.statements() - before), (ids, 0));
    Ok(())
}

async fn cursors_that_could_not_be_read_are_read_again(database: Database) -> Outcome {
    let (log, bus) = relayed(database).await?;
    let mut next = relay(&log.store, &bus);
    log.database.execute("ALTER TABLE bus_marks RENAME TO away").await?;
    assert!(next.run_once().await.is_err());
    log.database.execute("ALTER TABLE away RENAME TO bus_marks").await?;
    let later = log.record(0, 1).await?;
    assert_eq!(next.run_once().await?, 1);
    assert_eq!(bus.ids()[2..], later);
    Ok(())
}

async fn what_lies_before_a_refused_event_is_published_once(database: Database) -> Outcome {
    let log = Log::new(database, 2).await?;
    let ids = log.record(0, 5).await?;
    let bus = Notes::new();
    *bus.refused.lock().unwrap() = Some(ids[3]);
    let mut relay = relay(&log.store, &bus);
    relay.run_once().await?;
    assert_eq!(bus.ids(), ids[..3]);
    let others = log.record(1, 2).await?;
    relay.run_once().await?;
    assert_eq!(bus.ids()[3..], others);
    assert_eq!(log.cursors().await?, [3, 2]);
    Ok(())
}

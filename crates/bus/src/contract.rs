//! What every bus holds to, under a real relay: one suite for memory on both databases, and for Kafka.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use model::event::{Event, StreamId};
use model::id::EventId;
use store::Store;
use tests::Database;
use tokio::time::timeout;

use crate::bus::{Bus, Run};
use crate::relay::tests::Log;
use crate::relay::{self, Handle, Settings};

type Outcome = anyhow::Result<()>;

/// How long what must come may take: a consumer that joins has to be given its partitions.
pub(crate) const LIMIT: Duration = Duration::from_secs(30);

/// Makes another instance of the same bus, as another process would.
pub(crate) type Make = Arc<dyn Fn(&Store) -> Arc<dyn Bus> + Send + Sync>;

/// A log, and a node that relays it.
pub(crate) struct House {
    pub(crate) log: Log,
    make: Make,
}

/// One process: its relay, and its end of the bus.
pub(crate) struct Node {
    relay: Handle,
    pub(crate) bus: Arc<dyn Bus>,
}

impl House {
    pub(crate) async fn new(database: Database, make: Make) -> anyhow::Result<Self> {
        Ok(Self { log: Log::new(database, 2).await?, make })
    }

    pub(crate) fn node(&self) -> Node {
        let bus = (self.make)(&self.log.store);
        let settings = Settings { tick: Duration::from_millis(50), alone: true, ..Settings::default() };
        Node { relay: relay::start(&self.log.store, Arc::clone(&bus), &settings), bus }
    }

    /// The whole log, by stream.
    pub(crate) async fn streams(&self) -> anyhow::Result<BTreeMap<StreamId, Vec<EventId>>> {
        let mut all = Vec::new();
        for environment in 0..self.log.environments.len() {
            all.extend(self.log.events(environment).await?);
        }
        Ok(by_stream(all.iter()))
    }
}

impl Node {
    pub(crate) async fn receive(&self) -> anyhow::Result<Vec<Run>> {
        Ok(timeout(LIMIT, self.bus.receive()).await??)
    }

    /// Receives and commits until so many different events have come; what came, in its order.
    pub(crate) async fn take(&self, count: usize) -> anyhow::Result<Vec<Event>> {
        let (mut seen, mut events) = (HashSet::new(), Vec::new());
        while seen.len() < count {
            let runs = self.receive().await?;
            events.extend(runs.iter().flat_map(|run| run.events().to_vec()));
            self.bus.commit().await?;
            seen.extend(events.iter().map(|event| event.id));
        }
        Ok(events)
    }

    pub(crate) async fn shutdown(self) {
        self.relay.shutdown().await;
        self.bus.leave().await;
    }
}

/// First appearances.
pub(crate) fn by_stream<'a>(events: impl Iterator<Item = &'a Event>) -> BTreeMap<StreamId, Vec<EventId>> {
    let (mut seen, mut streams) = (HashSet::new(), BTreeMap::<_, Vec<_>>::new());
    for event in events.filter(|event| seen.insert(event.id)) {
        streams.entry(event.stream).or_default().push(event.id);
    }
    streams
}

pub(crate) async fn everything_comes_in_the_order_of_its_stream(house: House) -> Outcome {
    let node = house.node();
    for n in 0..20 {
        house.log.record(n % 2, 1 + n * 7).await?;
    }
    let expected = house.streams().await?;
    let events = node.take(expected.values().map(Vec::len).sum()).await?;
    assert_eq!(by_stream(events.iter()), expected);
    node.shutdown().await;
    Ok(())
}

/// As it was recorded, to the byte, at the position that it has in the log.
pub(crate) async fn an_event_comes_as_it_stands_in_the_log(house: House) -> Outcome {
    let node = house.node();
    house.log.record(0, 3).await?;
    let expected = house.log.events(0).await?;
    let mut came = Vec::new();
    while came.len() < 3 {
        for run in node.receive().await? {
            assert_eq!(run.environment_id(), house.log.environments[0]);
            came.extend(run.positioned().map(|(position, event)| (position, event.clone())));
        }
        node.bus.commit().await?;
    }
    assert_eq!(came, (1..).zip(expected).collect::<Vec<_>>());
    node.shutdown().await;
    Ok(())
}

pub(crate) async fn what_was_not_committed_comes_again(house: House) -> Outcome {
    let node = house.node();
    house.log.record(0, 2).await?;
    node.take(2).await?;
    let lost: HashSet<EventId> = house.log.record(0, 3).await?.into_iter().collect();
    let mut came = HashSet::new();
    let first = node.receive().await?;
    came.extend(first.iter().flat_map(|run| run.events().iter().map(|event| event.id)));
    assert!(!came.is_disjoint(&lost));
    // To this process...
    let again = timeout(LIMIT, async {
        let mut again = HashSet::new();
        while !again.is_superset(&came) {
            let runs = node.bus.receive().await?;
            again.extend(runs.iter().flat_map(|run| run.events().iter().map(|event| event.id)));
        }
        anyhow::Ok(again)
    });
    assert!(again.await??.is_superset(&came));
    node.shutdown().await;
    // ... and to the next.
    let next = house.node();
    let mut missing = lost;
    while !missing.is_empty() {
        for event in next.receive().await?.iter().flat_map(|run| run.events().iter()) {
            missing.remove(&event.id);
        }
        next.bus.commit().await?;
    }
    next.shutdown().await;
    Ok(())
}

/// A relay that is killed leaves what it published, and not more than a second of repeats: none out of order.
pub(crate) async fn another_relay_goes_on_in_order(house: House) -> Outcome {
    let mut came = Vec::new();
    let mut count = 0;
    for round in 0..4 {
        let node = house.node();
        for n in 0..10 {
            count += house.log.record(n % 2, 1 + n).await?.len();
        }
        let mut seen: HashSet<EventId> = came.iter().map(|event: &Event| event.id).collect();
        while seen.len() < count {
            let events = node.receive().await?.iter().flat_map(|run| run.events().to_vec()).collect::<Vec<_>>();
            node.bus.commit().await?;
            seen.extend(events.iter().map(|event| event.id));
            came.extend(events);
        }
        match round {
            // Killed: neither cursor nor lease is given up in order.
            0 | 2 => node.relay.task().abort(),
            _ => node.relay.shutdown().await,
        }
        node.bus.leave().await;
    }
    assert_eq!(by_stream(came.iter()), house.streams().await?);
    Ok(())
}

/// Each case as a test on the database `$kind`, with the bus that `$make` makes.
macro_rules! contract {
    (@cases $kind:ident, $make:expr, $($case:ident)+) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $case() -> Result<(), Box<dyn std::error::Error>> {
            let database = $crate::relay::tests::MIGRATED.copy(tests::Kind::$kind).await?;
            let house = $crate::contract::House::new(database, $make).await?;
            Ok($crate::contract::$case(house).await?)
        }
    )+};
    ($kind:ident, $make:expr) => {
        $crate::contract::contract!(@cases $kind, $make,
            everything_comes_in_the_order_of_its_stream
            an_event_comes_as_it_stands_in_the_log
            what_was_not_committed_comes_again
            another_relay_goes_on_in_order
        );
    };
}
pub(crate) use contract;

fn in_memory() -> Make {
    Arc::new(|_| Arc::new(crate::Memory::default()))
}

mod sqlite {
    crate::contract::contract!(Sqlite, super::in_memory());
}

mod postgres {
    crate::contract::contract!(Postgres, super::in_memory());
}

//! The log: gap-free, in the order of commits, whatever runs beside what.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use futures::future::try_join_all;
use model::event::StreamId;
use model::id::EnvironmentId;
use store::{MAX_PAGE_BYTES, Positioned, Store};
use tests::{Database, on_each_database};

use crate::house::{self, House, MIGRATED, Outcome, say};

const ENVIRONMENTS: usize = 3;
const WRITERS: usize = 6;
const COMMITS: usize = 12;

on_each_database!(
    MIGRATED: are_consecutive_beside_each_other_and_whoever_sees_one_sees_all_below,
    a_commit_that_is_refused_takes_none,
    a_transaction_that_is_dropped_takes_none,
    a_streams_head_moves_with_its_rows_told_or_not,
    an_event_is_found_by_its_place,
    a_page_is_bounded_by_its_bytes,
);

async fn log(store: &Store, of: EnvironmentId) -> anyhow::Result<Vec<Positioned>> {
    Ok(store.system().events_past(of, 0, 100_000).await?.events)
}

fn are_consecutive(log: &[Positioned]) -> bool {
    log.iter().map(|found| found.position).eq(1..=i64::try_from(log.len()).unwrap())
}

/// Each environment with two streams.
async fn tenants(store: &Store) -> anyhow::Result<Vec<(EnvironmentId, [StreamId; 2])>> {
    let mut tenants = Vec::new();
    for _ in 0..ENVIRONMENTS {
        let id = house::environment(store).await?;
        tenants.push((id, [house::stream(store, id).await?, house::stream(store, id).await?]));
    }
    Ok(tenants)
}

/// Commits that each touch one stream, or streams of two environments.
async fn write(store: Store, tenants: Vec<(EnvironmentId, [StreamId; 2])>, writer: usize) -> Result<(), store::Error> {
    for turn in 0..COMMITS {
        let of = |at: usize| tenants[at % ENVIRONMENTS].1[turn % 2];
        let mut streams = vec![of(writer + turn)];
        if turn % 3 == 0 {
            streams.push(of(writer + turn + 1));
        }
        let mut tx = store.begin(&streams).await?;
        for at in 0..=turn % 4 {
            say(&store, &mut tx, streams[at % streams.len()]);
        }
        tx.commit().await?;
    }
    Ok(())
}

async fn are_consecutive_beside_each_other_and_whoever_sees_one_sees_all_below(database: Database) -> Outcome {
    let store = house::open(database.url()).await?;
    let tenants = tenants(&store).await?;
    let done = AtomicBool::new(false);
    let watched = async {
        let mut looks = 0;
        while !done.load(Ordering::Relaxed) {
            for (id, _) in &tenants {
                assert!(are_consecutive(&log(&store, *id).await?), "seen while others wrote");
                looks += 1;
            }
        }
        anyhow::Ok(looks)
    };
    let written = async {
        let writers = (0..WRITERS).map(|writer| tokio::spawn(write(store.clone(), tenants.clone(), writer)));
        for written in try_join_all(writers).await? {
            written?;
        }
        done.store(true, Ordering::Relaxed);
        anyhow::Ok(())
    };
    let (looks, ()) = tokio::try_join!(watched, written)?;
    let mut total = 0;
    for (id, _) in &tenants {
        let log = log(&store, *id).await?;
        assert!(are_consecutive(&log) && in_stream_order(&log));
        total += log.len();
    }
    assert_eq!(total, WRITERS * (0..COMMITS).map(|turn| turn % 4 + 1).sum::<usize>());
    assert!(looks >= ENVIRONMENTS);
    Ok(())
}

/// In each stream sequences rise by position, and each event names the one before it.
fn in_stream_order(log: &[Positioned]) -> bool {
    let mut last: BTreeMap<StreamId, i64> = BTreeMap::new();
    log.iter().all(|Positioned { event, .. }| {
        let before = last.insert(event.stream, event.sequence).unwrap_or(0);
        event.previous == before && event.sequence > before
    })
}

/// The stream that it inserts is there already.
async fn a_commit_that_is_refused_takes_none(database: Database) -> Outcome {
    let house = House::new(database).await?;
    house.record(2).await?;
    let mut tx = house.store.begin(&[house.stream]).await?;
    say(&house.store, &mut tx, house.stream);
    tx.insert_stream(StreamId::Environment(house.environment), house.environment);
    assert!(matches!(tx.commit().await, Err(store::Error::Conflict(_))));
    house.record(1).await?;
    let log = log(&house.store, house.environment).await?;
    assert!(log.len() == 3 && are_consecutive(&log) && in_stream_order(&log));
    Ok(())
}

async fn a_transaction_that_is_dropped_takes_none(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let mut tx = house.store.begin(&[house.stream]).await?;
    say(&house.store, &mut tx, house.stream);
    drop(tx);
    house.record(1).await?;
    let log = log(&house.store, house.environment).await?;
    assert!(log.len() == 1 && are_consecutive(&log) && in_stream_order(&log));
    Ok(())
}

async fn a_streams_head_moves_with_its_rows_told_or_not(database: Database) -> Outcome {
    let house = House::new(database).await?;
    house.record(2).await?;
    let mut tx = house.store.begin(&[house.stream]).await?;
    tx.heads.get_mut(&house.stream).unwrap().sequence += 5;
    tx.commit().await?;
    let tx = house.store.begin(&[house.stream]).await?;
    let head = tx.heads[&house.stream];
    drop(tx);
    assert_eq!((head.sequence, head.event_sequence), (7, 2));
    house.record(1).await?;
    let found = log(&house.store, house.environment).await?.pop().unwrap();
    assert_eq!((found.position, found.event.sequence, found.event.previous), (3, 8, 2));
    Ok(())
}

async fn an_event_is_found_by_its_place(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let (first, second) = (house.record(3).await?, house.record(2).await?);
    let reader = house.store.environment(house.environment);
    for (at, id) in first.iter().chain(&second).enumerate() {
        assert_eq!(reader.position_of(*id).await?, Some(i64::try_from(at).unwrap() + 1));
        let past = house.store.system().events_past(house.environment, i64::try_from(at).unwrap(), 1).await?;
        assert_eq!(past.events[0].event.id, *id);
    }
    let gap = house.store.system().stream_events(house.stream, 1, 4, 2).await?;
    assert_eq!(
        gap.events.iter().map(|found| found.position).collect::<Vec<_>>(),
        [2, 3],
        "past 1, through 4, at most 2"
    );
    Ok(())
}

/// Eight bodies are as large as a page may be; nine are a byte larger.
async fn a_page_is_bounded_by_its_bytes(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let (system, of, stream) = (house.store.system(), house.environment, house.stream);
    house.record(9).await?;
    let past = async |position| {
        let [log, gap] =
            [system.events_past(of, position, 100).await?, system.stream_events(stream, position, 9, 100).await?];
        assert_eq!((&log.events, log.is_last), (&gap.events, gap.is_last));
        anyhow::Ok((log.events.len(), log.is_last))
    };
    let body = |bytes: usize| format!("UPDATE event_bodies SET body = '{}'", "x".repeat(bytes));
    house.database.execute(&body(MAX_PAGE_BYTES / 8 - 1)).await?;
    assert_eq!(past(0).await?, (9, false));
    assert_eq!(past(2).await?, (7, true));
    house.database.execute(&body(MAX_PAGE_BYTES / 8)).await?;
    assert_eq!(past(0).await?, (8, false));
    assert_eq!(past(1).await?, (8, false), "whether there is more is not known");
    assert_eq!(past(8).await?, (1, true));
    assert_eq!(past(9).await?, (0, true));
    Ok(())
}

//! The events API's ranges of time, over a log that is ordered by commit.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::id::{CommitId, RequestId};
use model::query::EventFilter;
use model::{FixedClock, Timestamp};
use store::{Options, Store};
use tests::{Database, on_each_database};

use crate::house::{self, House, MIGRATED, NOW_MS, Outcome};

const HOUR_MS: i64 = 3_600_000;

on_each_database!(MIGRATED: a_range_finds_what_was_recorded_then, what_is_never_recorded_is_not_looked_for,
    an_id_of_a_clock_that_is_ahead_takes_no_commit_along);

fn filter(start: Option<i64>, end: Option<i64>) -> EventFilter {
    EventFilter {
        kinds: vec!["dsync.user.created".to_owned()],
        organization_id: None,
        range_start: start.map(Timestamp),
        range_end: end.map(Timestamp),
    }
}

/// On SQLite an hour lies between two commits, on PostgreSQL, which has the time itself, next to nothing.
async fn a_range_finds_what_was_recorded_then(database: Database) -> Outcome {
    let clock = Arc::new(FixedClock::at(NOW_MS));
    let store =
        Store::open(Options { clock: Arc::<FixedClock>::clone(&clock), ..house::options(database.url()) }).await?;
    let environment = house::environment(&store).await?;
    let stream = house::stream(&store, environment).await?;
    let house = House { store, environment, stream, database };
    for _ in 0..5 {
        house.record(2).await?;
        clock.advance(HOUR_MS);
    }
    let log = house.store.system().events_past(environment, 0, 100).await?.events;
    let times: BTreeSet<_> = log.iter().map(|found| found.event.created_at.0).collect();
    let bounds: Vec<_> = times.iter().flat_map(|at| [at - 1, *at, at + 1]).map(Some).chain([None]).collect();
    let reader = house.store.environment(environment);
    for (start, end) in bounds.iter().flat_map(|start| bounds.iter().map(move |end| (*start, *end))) {
        let within = |at: i64| start.is_none_or(|start| at >= start) && end.is_none_or(|end| at < end);
        let expected: Vec<_> = log.iter().filter(|found| within(found.event.created_at.0)).cloned().collect();
        assert_eq!(reader.list_events(&filter(start, end), 0, 100).await?, expected, "{start:?} to {end:?}");
    }
    Ok(())
}

async fn what_is_never_recorded_is_not_looked_for(database: Database) -> Outcome {
    let house = House::new(database).await?;
    house.record(1).await?;
    let reader = house.store.environment(house.environment);
    let before = house.store.statements();
    let never = EventFilter { kinds: vec!["vault.data.created".to_owned()], ..filter(None, None) };
    assert!(reader.list_events(&never, 0, 100).await?.is_empty());
    assert_eq!(house.store.statements(), before);
    Ok(())
}

/// A request has an id of the node's time; a commit's is of the database's.
async fn an_id_of_a_clock_that_is_ahead_takes_no_commit_along(database: Database) -> Outcome {
    let clock = Arc::new(FixedClock::at(NOW_MS + HOUR_MS));
    let store = Store::open(Options { clock, ..house::options(database.url()) }).await?;
    let request: RequestId = store.new_loose_id();
    assert!(request >= RequestId::first_at(NOW_MS + HOUR_MS));
    let commit: CommitId = store.new_id(NOW_MS);
    assert!(commit < CommitId::first_at(NOW_MS + 1));
    Ok(())
}

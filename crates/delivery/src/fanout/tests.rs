//! Fan-out by itself: repeats, gaps, pieces, several workers, statements.

use anyhow::Context;
use std::collections::BTreeSet;
use std::sync::Arc;

use bus::Run;
use model::event::{Event, EventType};
use model::id::EventId;
use store::News;
use tests::{Database, on_each_database};
use tokio::sync::mpsc;

use super::Fanout;
use super::piece::{MAX_ROWS, piece_length, placed};
use crate::owner::Message;
use crate::push::Push;
use crate::tests::{House, MIGRATED, Outcome, Say};

on_each_database!(
    MIGRATED: what_comes_again_makes_nothing,
    a_gap_is_filled_from_the_log_first,
    a_gap_that_holds_nothing_is_passed,
    what_is_too_large_goes_in_pieces,
    nobody_listens_and_it_costs_one_statement,
    a_batch_costs_three_statements,
    a_push_says_when_somebody_else_was_there,
    what_only_just_came_is_left_to_the_bus,
    an_environment_that_cannot_be_read_stops_no_other,
    one_that_is_alone_distrusts_nothing,
    a_piece_makes_a_limited_number_of_deliveries,
);

struct Worker {
    fanout: Fanout,
    pushes: mpsc::Receiver<Message>,
}

impl Worker {
    fn new(store: &store::Store) -> Self {
        let (owner, pushes) = mpsc::channel(100);
        Self { fanout: Fanout::new((store, false), owner, Arc::default(), Arc::default()), pushes }
    }

    fn alone(store: &store::Store) -> Self {
        let (owner, pushes) = mpsc::channel(100);
        Self { fanout: Fanout::new((store, true), owner, Arc::default(), Arc::default()), pushes }
    }

    fn pushed(&mut self) -> Vec<Push> {
        let mut pushes = Vec::new();
        while let Ok(Message::Fanned(push)) = self.pushes.try_recv() {
            pushes.push(push);
        }
        pushes
    }

    fn pushed_events(&mut self) -> Vec<EventId> {
        let pushes = self.pushed();
        pushes.iter().flat_map(|push| &push.deliveries).map(|pushed| pushed.pending.event_id).collect()
    }
}

/// Records each of these as a commit of its own; answers them as the wake-ups carry them.
async fn runs(house: &House, commits: &[Vec<Say>]) -> anyhow::Result<Vec<Run>> {
    let mut news = house.store.listen();
    for says in commits {
        house.record(says).await?;
    }
    let mut runs = Vec::new();
    while let Some(news) = news.try_next() {
        if let News::Events { first_position, events } = news {
            runs.extend(Run::new(first_position, events));
        }
    }
    Ok(runs)
}

fn created(house: &House) -> Vec<Say> {
    vec![house.user_says(EventType::UserCreated, house.user())]
}

fn ids(runs: &[Run]) -> Vec<EventId> {
    runs.iter().flat_map(|run| run.events().iter().map(|event| event.id)).collect()
}

async fn what_comes_again_makes_nothing(database: Database) -> Outcome {
    let house = House::new(database).await?;
    house.endpoint("https://example.com/a").await?;
    let runs = runs(&house, &[created(&house), created(&house)]).await?;
    let mut worker = Worker::new(&house.store);
    assert_eq!(worker.fanout.fan_out(&runs).await?, 2);
    assert_eq!(worker.pushed_events(), ids(&runs));
    for again in [&runs[..], &runs[..1], &[runs[1].clone(), runs[0].clone()]] {
        assert_eq!(worker.fanout.fan_out(again).await?, 0);
    }
    assert_eq!(worker.fanout.run_once().await?, 0);
    assert_eq!(Worker::new(&house.store).fanout.run_once().await?, 0, "nor in another process");
    assert!(worker.pushed().is_empty());
    Ok(())
}

async fn a_gap_is_filled_from_the_log_first(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let endpoint = house.endpoint("https://example.com/a").await?;
    let runs = runs(&house, &[created(&house), created(&house), created(&house)]).await?;
    let mut worker = Worker::new(&house.store);
    assert_eq!(worker.fanout.fan_out(&runs[2..]).await?, 3);
    assert_eq!(worker.pushed_events(), ids(&runs), "in order");
    assert_eq!(house.deliveries(endpoint.id).await?.len(), 3);
    assert_eq!(worker.fanout.fan_out(&runs[..2]).await?, 0);
    Ok(())
}

/// The log does not go back for ever.
async fn a_gap_that_holds_nothing_is_passed(database: Database) -> Outcome {
    let house = House::new(database).await?;
    house.endpoint("https://example.com/a").await?;
    let run = runs(&house, &[created(&house)]).await?.remove(0);
    let later = run.events().iter().map(|event| Event { sequence: 9, previous: 7, ..event.clone() });
    let later = Run::new(9, later.collect()).context("empty")?;
    let mut worker = Worker::new(&house.store);
    // The one event of the log lies in the gap, before what it says is missing.
    assert_eq!(worker.fanout.fan_out(&[later]).await?, 1);
    Ok(())
}

async fn what_is_too_large_goes_in_pieces(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let endpoint = house.endpoint("https://example.com/a").await?;
    let user = house.user();
    let says: Vec<_> = (0..2_500).map(|_| house.user_says(EventType::UserUpdated, user)).collect();
    assert_eq!(runs(&house, &[says]).await?.len(), 0, "too large to carry");
    let mut worker = Worker::new(&house.store);
    assert_eq!(worker.fanout.run_once().await?, 2_500);
    let sizes: Vec<_> = worker.pushed().iter().map(|push| push.deliveries.len()).collect();
    assert_eq!(sizes, [1_000, 1_000, 500]);
    let events: BTreeSet<_> = house.deliveries(endpoint.id).await?.iter().map(|delivery| delivery.event_id).collect();
    assert_eq!(events.len(), 2_500);
    Ok(())
}

async fn nobody_listens_and_it_costs_one_statement(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let commits: Vec<_> = (0..50).map(|_| created(&house)).collect();
    let runs = runs(&house, &commits).await?;
    let mut worker = Worker::new(&house.store);
    let before = house.store.statements();
    assert_eq!(worker.fanout.fan_out(&runs).await?, 0);
    assert_eq!(house.store.statements() - before, 1);
    worker.fanout.save().await?;
    assert_eq!(house.store.statements() - before, 3, "the streams and the cursors, lately");
    assert!(house.store.system().is_settled(house.environment).await?);
    // Who listens from now on hears from now on.
    let endpoint = house.endpoint("https://example.com/a").await?;
    house.record(&created(&house)).await?;
    assert_eq!(worker.fanout.run_once().await?, 1);
    assert_eq!(house.deliveries(endpoint.id).await?.len(), 1);
    Ok(())
}

async fn a_batch_costs_three_statements(database: Database) -> Outcome {
    let house = House::new(database).await?;
    for n in 0..3 {
        house.endpoint(&format!("https://example.com/{n}")).await?;
    }
    let mut worker = Worker::new(&house.store);
    let first = runs(&house, &[created(&house)]).await?;
    worker.fanout.fan_out(&first).await?;
    let commits: Vec<_> = (0..50).map(|_| created(&house)).collect();
    let runs = runs(&house, &commits).await?;
    let before = house.store.statements();
    assert_eq!(worker.fanout.fan_out(&runs).await?, 150);
    assert_eq!(house.store.statements() - before, 3, "who listens; the locks; the deliveries and the streams");
    Ok(())
}

async fn a_push_says_when_somebody_else_was_there(database: Database) -> Outcome {
    let house = House::new(database).await?;
    house.endpoint("https://example.com/a").await?;
    let commits: Vec<_> = (0..4).map(|_| created(&house)).collect();
    let runs = runs(&house, &commits).await?;
    let (mut one, mut other) = (Worker::new(&house.store), Worker::new(&house.store));
    let broken = |worker: &mut Worker| worker.pushed().iter().map(|push| push.broken.len()).collect::<Vec<_>>();
    one.fanout.fan_out(&runs[..1]).await?;
    one.fanout.fan_out(&runs[1..2]).await?;
    assert_eq!(broken(&mut one), [0, 0], "a new stream, and then its own");
    other.fanout.fan_out(&runs[2..3]).await?;
    assert_eq!(broken(&mut other), [1]);
    one.fanout.fan_out(&runs[3..]).await?;
    assert_eq!(broken(&mut one), [1]);
    Ok(())
}

async fn what_only_just_came_is_left_to_the_bus(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let endpoint = house.endpoint("https://example.com/a").await?;
    house.record(&created(&house)).await?;
    let mut worker = Worker::new(&house.store);
    worker.fanout.catch_up_stuck().await?;
    assert_eq!(house.deliveries(endpoint.id).await?.len(), 0);
    // It still lags: the bus does not bring it.
    worker.fanout.catch_up_stuck().await?;
    assert_eq!(house.deliveries(endpoint.id).await?.len(), 1);
    Ok(())
}

/// Neither over the bus, where what it lacks cannot be filled in, nor from the log.
async fn an_environment_that_cannot_be_read_stops_no_other(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let other = house.another_environment().await?;
    let endpoint = other.endpoint("https://example.com/a").await?;
    house.endpoint("https://example.com/a").await?;
    let broken = runs(&house, &[created(&house), created(&house)]).await?;
    let damage = format!("UPDATE events SET kind = 'unheard.of' WHERE id = '{}'", ids(&broken)[0]);
    house.database.execute(&damage).await?;
    let whole = runs(&other, &[created(&other)]).await?;
    let mut worker = Worker::new(&house.store);
    let both = [broken[1].clone(), whole[0].clone()];
    assert_eq!(worker.fanout.fan_out_apart(&both).await?, 1);
    assert_eq!(worker.pushed_events(), ids(&whole));
    runs(&other, &[created(&other)]).await?;
    assert_eq!(Worker::new(&house.store).fanout.run_once().await?, 1);
    assert_eq!(other.deliveries(endpoint.id).await?.len(), 2);
    Ok(())
}

async fn one_that_is_alone_distrusts_nothing(database: Database) -> Outcome {
    let house = House::new(database).await?;
    house.endpoint("https://example.com/a").await?;
    let runs = runs(&house, &[created(&house), created(&house)]).await?;
    Worker::new(&house.store).fanout.fan_out(&runs[..1]).await?;
    // As after a restart: nobody else was there.
    let mut alone = Worker::alone(&house.store);
    alone.fanout.fan_out(&runs[1..]).await?;
    assert!(alone.pushed().iter().all(|push| push.broken.is_empty()));
    Ok(())
}

async fn a_piece_makes_a_limited_number_of_deliveries(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let says = (0..4).map(|_| house.user_says(EventType::UserUpdated, house.user())).collect();
    let runs = runs(&house, &[says]).await?;
    let events: Vec<_> = runs.iter().flat_map(placed).collect();
    let check = |listeners: usize, expected: usize| {
        assert_eq!(piece_length(&events, &[(house.environment, listeners)].into()), expected, "{listeners}");
    };
    check(MAX_ROWS / 4, 4);
    check(MAX_ROWS / 4 + 1, 3);
    check(MAX_ROWS, 1);
    check(MAX_ROWS + 1, 1);
    Ok(())
}

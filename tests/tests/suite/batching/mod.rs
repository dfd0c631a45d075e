//! One batch or one by one: any sequence of requests gives the same rows, events and answers.
//!
//! The cast: a [`Step`](step::Step) is a request in one of a [`Scene`](scene::Scene)'s directories, [`dump`] everything that can
//! be seen of them afterwards, [`smallest`](shrink::smallest) what is told of a sequence that fails.

mod dump;
mod scene;
mod shrink;
mod step;

use anyhow::{Result, anyhow};
use proptest::collection::vec;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use tests::{Database, on_each_database};

use crate::world::{MIGRATED, World};
use scene::Scene;
use step::{Step, step};

on_each_database!(MIGRATED: a_batch_is_its_requests_in_order);

/// How many sequences are tried on each database.
const SEQUENCES: usize = 64;
const MAX_STEPS: usize = 32;

async fn a_batch_is_its_requests_in_order(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let mut runner = TestRunner::deterministic();
    let sequences = vec(step(), 1..MAX_STEPS);
    for _ in 0..SEQUENCES {
        let tree = sequences.new_tree(&mut runner).map_err(|error| anyhow!("{error}"))?;
        if differs(&world, &tree.current()).await?.is_some() {
            let steps = shrink::smallest(tree, async |steps| Ok(differs(&world, steps).await?.is_some())).await?;
            let (together, singly) = differs(&world, &steps).await?.unwrap_or_default();
            assert_eq!(together, singly, "{steps:#?}");
        }
    }
    Ok(())
}

/// What is seen after one batch and after one by one, if that is not the same.
async fn differs(world: &World, steps: &[Step]) -> Result<Option<(String, String)>> {
    let (together, singly) = (Scene::new(world).await?, Scene::new(world).await?);
    let batched = futures::future::join_all(steps.iter().map(|step| together.run(step))).await;
    let mut one_by_one = Vec::new();
    for step in steps {
        one_by_one.push(singly.run(step).await);
    }
    let (together, singly) =
        (dump::dump(&together, steps, &batched).await?, dump::dump(&singly, steps, &one_by_one).await?);
    Ok((together != singly).then_some((together, singly)))
}

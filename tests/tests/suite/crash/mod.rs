//! The process is killed again and again under load: no accepted write is lost, nor its event, nor its delivery.
//!
//! The cast: [`load`] writes and kills; [`state`] and the checker of `tests/chaos` hold what is seen afterwards to what the clients
//! were told.

mod load;
mod state;

use std::time::Duration;

use anyhow::{Result, ensure};
use chaos::checker;
use chaos::gather::Witness;
use chaos::load::promised;
use simulator::Target;
use tests::process::Node;
use tests::{Database, Topic, on_each_bus};

use crate::tenant::House;

on_each_bus!(nothing_is_lost);

const WRITES: u64 = 2000;
const CLIENTS: usize = 16;
const DIRECTORIES: usize = 4;
const KILLS: usize = 5;
/// How long clients go on trying, what a kill waits for may take, and the tail of deliveries: well above the lease of a killed
/// node (20 s), on a machine that does other things besides.
const PATIENCE: Duration = Duration::from_mins(3);

/// How a node comes by what a killed one held.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TakeOver {
    /// Alone on its data folder, at once.
    Alone,
    /// When the leases have run out. All but the last time the test lets them, so that each node delivers before it is killed;
    /// the last time they run out by themselves.
    Leases,
}

/// Several nodes could be on this database.
async fn nothing_is_lost(database: Database) -> Result<()> {
    let (url, topic) = (database.url().to_owned(), database.topic().cloned());
    survive(Node::on(&database).await?, (url, topic), TakeOver::Leases).await
}

/// As `rollcall serve` runs without configuration.
#[tokio::test]
async fn nothing_is_lost_embedded() -> Result<()> {
    // A node that finds leases which nobody released leaves endpoints with a backlog quiet for one time-out: short, here.
    let node = Node::embedded().await?.with(&["--webhook-timeout", "1"]);
    let url = format!("sqlite://{}", node.folder().join("rollcall.db").display());
    survive(node, (url, None), TakeOver::Alone).await
}

async fn survive(node: Node, (url, topic): (String, Option<Topic>), take_over: TakeOver) -> Result<()> {
    let mut house = House::of(node).await?;
    let durable = ["synchronous=FULL", "synchronous_commit=on"];
    assert!(durable.iter().any(|setting| house.serving.output().contains(setting)), "{}", house.serving.output());
    let tenant = house.tenant().await?;
    let (mut feeds, mut targets) = (Vec::new(), Vec::new());
    for _ in 0..DIRECTORIES {
        let feed = house.feed(&tenant).await?;
        targets.push(Target { scim: feed.scim.parse()?, token: feed.token.clone() });
        feeds.push(feed);
    }
    let subscription = house.subscribe(&tenant).await?;
    let witness = Witness::of(&url).await?;
    let report = load::endure(
        &mut house,
        &targets,
        load::Witnesses { inbox: &subscription.inbox, database: &witness, take_over },
    )
    .await?;
    ensure!(report.given_up.is_empty() && report.refused.is_empty(), "{:?} {:?}", report.given_up, report.refused);
    assert_eq!(report.accepted.len() as u64, WRITES);

    witness.rest(PATIENCE, |left| left.undelivered + left.unpublished == 0).await?;
    state::holds(&house, &tenant, &feeds, &report).await?;
    let mut record = witness.record(&house.seen(&tenant, &feeds, &subscription, topic.as_ref())).await?;
    record.promised = Some(report.accepted.iter().map(promised).collect());
    assert_eq!(checker::check(&record).violations, []);
    witness.close().await?;
    house.serving.terminate().await?;
    subscription.receiver.stop().await;
    Ok(())
}

//! The process is killed again and again under load: no accepted write is lost, nor its event, nor its delivery.
//!
//! The cast: [`load`] writes and kills, [`evidence`] is what the database says, [`state`], [`log`] and [`arrivals`] hold it to
//! what the clients were told.

pub(crate) mod arrivals;
pub(crate) mod evidence;
mod load;
mod log;
mod state;

use std::time::Duration;

use anyhow::{Result, ensure};
use simulator::Target;
use tests::process::Node;
use tests::{Database, on_each_bus};

use crate::tenant::House;
use evidence::Evidence;

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
    let url = database.url().to_owned();
    survive(Node::on(&database).await?, url, TakeOver::Leases).await
}

/// As `rollcall serve` runs without configuration.
#[tokio::test]
async fn nothing_is_lost_embedded() -> Result<()> {
    // A node that finds leases which nobody released leaves endpoints with a backlog quiet for one time-out: short, here.
    let node = Node::embedded().await?.with(&["--webhook-timeout", "1"]);
    let url = format!("sqlite://{}", node.folder().join("rollcall.db").display());
    survive(node, url, TakeOver::Alone).await
}

async fn survive(node: Node, url: String, take_over: TakeOver) -> Result<()> {
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
    let (receiver, inbox) = arrivals::subscribe(&house, &tenant).await?;
    let evidence = Evidence::of(&url).await?;
    let report =
        load::endure(&mut house, &targets, load::Witnesses { inbox: &inbox, evidence: &evidence, take_over }).await?;
    ensure!(report.given_up.is_empty() && report.refused.is_empty(), "{:?} {:?}", report.given_up, report.refused);
    assert_eq!(report.accepted.len() as u64, WRITES);

    evidence.drained().await?;
    state::holds(&house, &tenant, &feeds, &report).await?;
    log::holds(&evidence, &report).await?;
    arrivals::hold(&evidence, &inbox.all()).await?;
    evidence.close().await?;
    house.serving.terminate().await?;
    receiver.stop().await;
    Ok(())
}

//! SCIM user creates beside the database's own speed.
//!
//! On PostgreSQL against `pgbench -M prepared` inserting the same rows (same tables, same sizes, one transaction a user) into
//! the same server with as many clients; on SQLite against a bare loop that inserts the same rows in batches of 16. Every figure is
//! users per second, every ratio taken within one round.

use anyhow::Result;
use tests::Kind;

use crate::figures::Figures;
use crate::house::{House, Setup};
use crate::{backlog, baseline, sample};

/// Rounds of each measurement, and how long a round's half lasts.
const ROUNDS: usize = 5;
const SECONDS: u64 = 8;

/// Both in users a second, and the seconds until relay and fan-out had caught up after the last answer.
pub(crate) struct Round {
    pub(crate) ours: f64,
    pub(crate) drain: f64,
    pub(crate) baseline: f64,
}

pub(crate) async fn run(kind: Kind, clients: usize) -> Result<()> {
    let mut figures = Figures::default();
    for round in 0..ROUNDS {
        let of = round_of(kind, clients, round as u64).await?;
        let Round { ours, drain, baseline } = of;
        let number = round + 1;
        println!(
            "{kind:?}, {clients} clients, round {number}: {ours:.0}/s, backlog gone after {drain:.2} s, baseline {baseline:.0}/s"
        );
        figures.add(&of);
    }
    println!("{}", figures.line(kind, clients));
    Ok(())
}

/// A fresh database for each half, so that no round profits from the one before.
async fn round_of(kind: Kind, clients: usize, seed: u64) -> Result<Round> {
    let house = House::open(Setup { kind, topic: None, nodes: 1, webhook: false }).await?;
    let sample = sample::take(&house, seed).await?;
    let ours = house.load(clients, SECONDS, seed + 1).await?;
    let drain = backlog::drain(&house).await?;
    house.close().await?;
    let baseline = baseline::run(kind, &sample, clients, SECONDS).await?;
    Ok(Round { ours, drain, baseline })
}

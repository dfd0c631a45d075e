//! SCIM user creates beside the database's own speed, one round each in turn, so that a noisy machine is noisy for both.
//!
//! On PostgreSQL against `pgbench -M prepared` inserting the same rows (same tables, same sizes, one transaction a user) into
//! the same server with as many clients; on SQLite against a bare loop that inserts the same rows in batches of 16.
//! Run it by `tests/bench/run`; every figure is users per second, every ratio taken within one round.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

mod backlog;
mod baseline;
mod figures;
mod house;
mod sample;

use anyhow::{Result, bail};
use figures::Figures;
use tests::Kind;

/// Rounds of each measurement, and how long a round's half lasts.
const ROUNDS: usize = 5;
const SECONDS: u64 = 8;
const DIRECTORIES: usize = 8;
/// Arguments name some of them; without arguments all are taken.
const MEASUREMENTS: [(&str, Kind, usize); 3] =
    [("postgresql-32", Kind::Postgres, 32), ("postgresql-8", Kind::Postgres, 8), ("sqlite-32", Kind::Sqlite, 32)];

#[tokio::main(flavor = "multi_thread", worker_threads = 1)]
async fn main() -> Result<()> {
    let chosen: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let Some(unknown) = chosen.iter().find(|of| !MEASUREMENTS.iter().any(|(name, ..)| of == name)) {
        bail!("there is no measurement {unknown}");
    }
    for (name, kind, clients) in MEASUREMENTS {
        if !chosen.is_empty() && !chosen.iter().any(|of| of == name) {
            continue;
        }
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
    }
    Ok(())
}

/// Both in users a second, and the seconds until relay and fan-out had caught up after the last answer.
pub(crate) struct Round {
    pub(crate) ours: f64,
    pub(crate) drain: f64,
    pub(crate) baseline: f64,
}

/// A fresh database for each half, so that no round profits from the one before.
async fn round_of(kind: Kind, clients: usize, seed: u64) -> Result<Round> {
    let house = house::House::open(kind, DIRECTORIES).await?;
    let sample = sample::take(&house, seed).await?;
    let ours = house.load(clients, SECONDS, seed + 1).await?;
    let drain = backlog::drain(&house).await?;
    house.close().await?;
    let baseline = baseline::run(kind, &sample, clients, SECONDS).await?;
    Ok(Round { ours, drain, baseline })
}

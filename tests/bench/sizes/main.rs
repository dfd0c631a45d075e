//! What size costs: groups of 100,000, directories of 1,000,000, and the memory that they take. Run it by `tests/bench/run`.
//!
//! What is compared is measured in turn, so that a noisy machine is noisy for both.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

mod figures;
mod groups;
mod hall;
mod lookups;
mod people;

use anyhow::{Result, bail};
use tests::Kind;

/// Arguments name some of them; without arguments all are taken.
const MEASUREMENTS: [&str; 4] = ["groups-postgresql", "groups-sqlite", "million-postgresql", "million-sqlite"];

#[tokio::main(flavor = "multi_thread", worker_threads = 1)]
async fn main() -> Result<()> {
    let chosen: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let Some(unknown) = chosen.iter().find(|of| !MEASUREMENTS.contains(&of.as_str())) {
        bail!("there is no measurement {unknown}");
    }
    for name in MEASUREMENTS {
        if !chosen.is_empty() && !chosen.iter().any(|of| of == name) {
            continue;
        }
        match name {
            "groups-postgresql" => groups::run(Kind::Postgres).await?,
            "groups-sqlite" => groups::run(Kind::Sqlite).await?,
            "million-postgresql" => lookups::run(Kind::Postgres).await?,
            _ => lookups::run(Kind::Sqlite).await?,
        }
    }
    Ok(())
}

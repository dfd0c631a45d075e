//! What Rollcall does in a second beside what its database does, and what its bus and a second node cost: one round each in turn,
//! so that a noisy machine is noisy for all. Run it by `tests/bench/run`.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

mod backlog;
mod baseline;
mod buses;
mod creates;
mod figures;
mod house;
mod latency;
mod mixed;
mod nodes;
mod sample;

use anyhow::{Result, bail};
use tests::Kind;

/// Arguments name some of them; without arguments all are taken.
const MEASUREMENTS: [&str; 7] =
    ["postgresql-32", "postgresql-8", "sqlite-32", "kafka-32", "kafka-8", "latency", "two-nodes"];

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
            "postgresql-32" => creates::run(Kind::Postgres, 32).await?,
            "postgresql-8" => creates::run(Kind::Postgres, 8).await?,
            "sqlite-32" => creates::run(Kind::Sqlite, 32).await?,
            "kafka-32" => buses::run(32).await?,
            "kafka-8" => buses::run(8).await?,
            "latency" => latency::run().await?,
            _ => nodes::run().await?,
        }
    }
    Ok(())
}

//! `cargo run -p chaos -- --seconds 600 --seed 7`: faults at random until time is up. `--fault NAME`: this one, once, or with
//! `--seconds` one of these at a time.

#![expect(clippy::print_stdout, reason = "it prints a table")]

use std::future::pending;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use chaos::faults::Fault;
use chaos::run::{HEADING, run};
use clap::Parser;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use tokio::signal::ctrl_c;
use tokio::signal::unix::{SignalKind, signal};

/// So many violations of one fault are printed.
const SHOWN: usize = 10;

#[derive(Parser)]
struct Arguments {
    /// Faults at random until so much time has passed.
    #[arg(long)]
    seconds: Option<u64>,
    /// The same seed, the same faults and writes; a row's own repeats its writes.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only these; without `--seconds`, each once.
    #[arg(long)]
    fault: Vec<String>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let mut dice = StdRng::seed_from_u64(arguments.seed);
    let begun = Instant::now();
    let mut broken = 0;
    println!("seed {}\n{HEADING}", arguments.seed);
    let faults = named(&arguments.fault)?;
    let mut queue = faults.iter().copied();
    loop {
        let (fault, seed) = match arguments.seconds {
            None => match queue.next() {
                Some(fault) => (fault, arguments.seed),
                None => break,
            },
            Some(seconds) if begun.elapsed() < Duration::from_secs(seconds) => {
                (*faults.choose(&mut dice).context("a fault")?, u64::from(dice.random::<u32>()))
            }
            Some(_) => break,
        };
        let played = tokio::select! {
            played = run(fault, seed) => played,
            // Servers end with what started them.
            () = told_to_end() => bail!("ended within {}", fault.name()),
        };
        match played {
            Ok(outcome) => {
                println!("{outcome}");
                outcome.finding.violations.iter().take(SHOWN).for_each(|violation| println!("    {violation}"));
                broken += outcome.finding.violations.len();
            }
            // The next one has servers of its own.
            Err(error) => {
                println!("{:<24} FAILED: {error:#}", fault.name());
                broken += 1;
            }
        }
    }
    if broken > 0 {
        bail!("{broken} violations and failures");
    }
    Ok(())
}

async fn told_to_end() {
    let mut terminate = signal(SignalKind::terminate());
    let terminated = async {
        match &mut terminate {
            Ok(signal) => _ = signal.recv().await,
            Err(_) => pending().await,
        }
    };
    tokio::select! {
        _ = ctrl_c() => {}
        () = terminated => {}
    }
}

fn named(names: &[String]) -> Result<Vec<Fault>> {
    if names.is_empty() {
        return Ok(Fault::ALL.to_vec());
    }
    let find = |name: &String| Fault::ALL.iter().copied().find(|fault| fault.name() == name);
    names.iter().map(|name| find(name).with_context(|| format!("there is no fault {name}"))).collect()
}

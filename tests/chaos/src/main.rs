//! `cargo run -p chaos -- --seconds 600 --seed 7`: faults at random until time is up. `--fault NAME`: this one, once.

#![expect(clippy::print_stdout, reason = "it prints a table")]

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use chaos::faults::Fault;
use chaos::run::{HEADING, run};
use clap::Parser;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

/// So many violations of one fault are printed.
const SHOWN: usize = 10;

#[derive(Parser)]
struct Arguments {
    /// Faults at random until so much time has passed.
    #[arg(long)]
    seconds: Option<u64>,
    /// The same seed, the same faults and writes.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only these, each once; without either, all of them once.
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
    let mut queue = named(&arguments.fault)?.into_iter();
    loop {
        let fault = match (queue.next(), arguments.seconds) {
            (Some(fault), None) => fault,
            (_, Some(seconds)) if begun.elapsed() < Duration::from_secs(seconds) => {
                *Fault::ALL.choose(&mut dice).context("a fault")?
            }
            _ => break,
        };
        match run(fault, arguments.seed).await {
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

fn named(names: &[String]) -> Result<Vec<Fault>> {
    if names.is_empty() {
        return Ok(Fault::ALL.to_vec());
    }
    let find = |name: &String| Fault::ALL.iter().copied().find(|fault| fault.name() == name);
    names.iter().map(|name| find(name).with_context(|| format!("there is no fault {name}"))).collect()
}

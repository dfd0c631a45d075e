//! One fault under load, and what the checker says afterwards.

use std::fmt;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tests::until;
use tokio::task::JoinSet;

use crate::checker::{self, Finding};
use crate::faults::Fault;
use crate::gather::Witness;
use crate::load::{self, Readers};
use crate::scene::Scene;

/// Load before a fault, and after its end: so long takes a recovery at least.
const BEFORE: Duration = Duration::from_secs(5);
const AFTER: Duration = Duration::from_secs(3);
/// How long everything may take to come to rest, before that counts as never: the checker has a limit of its own.
const REST: Duration = Duration::from_mins(3);

/// A row of the table.
#[derive(Debug)]
pub struct Outcome {
    pub fault: &'static str,
    pub seed: u64,
    pub writes: usize,
    pub events: usize,
    pub messages: usize,
    /// From the fault's end until nothing was undelivered, with the load that went on.
    pub recovery: Duration,
    /// And until the topic had everything.
    pub published: Duration,
    pub finding: Finding,
}

/// Time passes here and nowhere else: a fault lasts, and so does load.
pub async fn pass(duration: Duration) {
    tokio::time::sleep(duration).await;
}

pub async fn run(fault: Fault, seed: u64) -> Result<Outcome> {
    let mut scene = Scene::set(fault.brokers(), fault.disk()).await?;
    let outcome = play(&mut scene, fault, seed).await;
    outcome.with_context(|| {
        let said = scene.members.iter().map(|member| format!("== {:?}\n{}", member.role, member.output()));
        said.collect::<Vec<_>>().join("\n")
    })
}

async fn play(scene: &mut Scene, fault: Fault, seed: u64) -> Result<Outcome> {
    let targets = load::targets(scene);
    let lasts = BEFORE + fault.lasts() + AFTER;
    // Dropped, they end: the next fault has the machine for itself.
    let (mut writers, mut readers) = (JoinSet::new(), JoinSet::new());
    writers.spawn(async move { load::run(&targets, lasts, seed).await });
    let reading = Readers::of(scene);
    let answered = reading.answered();
    readers.spawn(reading.run());
    pass(BEFORE).await;
    let begun = Instant::now();
    let trace = fault.begin(scene).await.with_context(|| format!("{} cannot begin", fault.name()))?;
    pass(fault.lasts()).await;
    fault.look(scene, &trace).await.with_context(|| format!("{} has not happened", fault.name()))?;
    fault.end(scene).await.with_context(|| format!("{} cannot end", fault.name()))?;
    let answered_before = answered.load(Ordering::SeqCst);
    // Where nothing is started again, the others have had time since the beginning.
    let since = if fault.restores() { Instant::now() } else { begun };
    let report = writers.join_next().await.context("a load")???;
    let witness = Witness::of(&scene.postgres.url()).await?;
    witness.rest(REST, |left| left.undelivered == 0).await?;
    let recovery = since.elapsed();
    witness.rest(REST, |left| left.unpublished == 0).await?;
    let published = since.elapsed();
    if let Some(ended) = readers.try_join_next() {
        ended??;
    }
    let answers = async || (answered.load(Ordering::SeqCst) > answered_before).then_some(());
    until("the REST API to answer again", REST, answers).await?;
    let mut record = witness.record(&scene.seen()).await?;
    record.times = Some(witness.times(scene.begun_ms).await?);
    witness.close().await?;
    record.promised = Some(report.accepted.iter().map(load::promised).collect());
    record.clocks_differ = fault == Fault::ClocksAreAhead;
    let stale = record.endpoints.iter().flat_map(|endpoint| &endpoint.arrivals).any(|arrival| arrival.stale);
    ensure!(stale || !record.clocks_differ, "no webhook tells of a clock that is off");
    record.still_ms = u64::try_from(recovery.as_millis())?;
    let finding = checker::check(&record);
    Ok(Outcome {
        fault: fault.name(),
        seed,
        writes: report.accepted.len(),
        events: record.log.values().map(Vec::len).sum(),
        messages: record.topic.iter().flatten().map(Vec::len).sum(),
        recovery,
        published,
        finding,
    })
}

impl fmt::Display for Outcome {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { fault, seed, writes, events, messages, recovery, published, finding } = self;
        let verdict = if finding.violations.is_empty() { "holds" } else { "BROKEN" };
        write!(
            out,
            "{fault:<24} {writes:>6} {events:>6} {messages:>8} {:>8.1} {:>9.1} {:>8} {:>8}  {verdict:<8} {seed}",
            recovery.as_secs_f64(),
            published.as_secs_f64(),
            finding.repeated_arrivals,
            finding.repeated_messages
        )
    }
}

/// Above the rows.
pub const HEADING: &str = "fault                    writes events messages recovery published arrivals messages  I1 to I6 seed\n\
     \u{20}                                               s         s  again    again";

//! Fan-out: events → deliveries, one per event and endpoint that listens.
//!
//! The bus says what is new; that is only advice. Under the lock of its streams each transaction drops what lies at or below
//! their sequence, and fills from the log what lies between. A tick fans out from the log whatever lags, bus or no bus. So
//! it does not matter how often, from how many nodes, or with which gaps events come.
//!
//! The cast: [`Fanout`] is the worker, [`plan`](plan::plan) says which of a batch's events are news, [`Cursors`] know up to which
//! position each environment has been dealt with, and [`run`] is the loop.

mod cursors;
mod piece;
mod plan;
mod run;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use bus::{MAX_BATCH, Run};
use model::event::StreamId;
use model::id::EnvironmentId;
use store::{Behind, LogReader, Store, System};
use tokio::sync::mpsc;

use crate::owner::Message;
use crate::progress::Progress;
use crate::push::Stamps;
use cursors::Cursors;
pub(crate) use run::run;

/// How many streams the worker remembers having fanned out last itself; past that it forgets them all, and owners read.
const REMEMBERED: usize = 100_000;

/// How many events one statement looks through for one that is not fanned out.
const LOOKED_THROUGH: i64 = 10_000;

pub(crate) struct Fanout {
    system: System,
    cursors: Cursors,
    /// Streams to be moved without deliveries, since nobody listened: written together, lately.
    skipped: BTreeMap<StreamId, (EnvironmentId, i64)>,
    /// Up to which sequence this process has fanned out and pushed each stream.
    own: HashMap<StreamId, i64>,
    /// No other process fans out.
    alone: bool,
    owner: mpsc::Sender<Message>,
    stamps: Arc<Stamps>,
    progress: Arc<Progress>,
}

impl Fanout {
    pub(crate) fn new(
        (store, alone): (&Store, bool),
        owner: mpsc::Sender<Message>,
        stamps: Arc<Stamps>,
        progress: Arc<Progress>,
    ) -> Self {
        let (system, cursors) = (store.system(), Cursors::default());
        let (skipped, own) = (BTreeMap::new(), HashMap::new());
        Self { system, cursors, skipped, own, alone, owner, stamps, progress }
    }

    /// Fans out whatever lags, from the log, taking no hint. Answers how many deliveries that made.
    pub(crate) async fn run_once(&mut self) -> Result<usize, store::Error> {
        self.cursors.load_once(&self.system).await?;
        let mut made = 0;
        for behind in self.system.environments_behind(LogReader::Fanout).await? {
            made += self.catch_up_or_warn(&behind).await?;
        }
        self.save().await?;
        Ok(made)
    }

    /// Fans out what came from the bus, in as few transactions as it takes. Answers how many deliveries that made.
    pub(crate) async fn fan_out(&mut self, runs: &[Run]) -> Result<usize, store::Error> {
        let environments: BTreeSet<_> = runs.iter().map(Run::environment_id).collect();
        let listeners = self.system.listeners(&environments).await?;
        let (heard, unheard): (Vec<_>, Vec<_>) =
            runs.iter().partition(|run| listeners.contains_key(&run.environment_id()));
        unheard.iter().for_each(|run| self.skip(run));
        let made = self.deliver(&heard, &listeners).await?;
        runs.iter().for_each(|run| self.cursors.move_past(run));
        Ok(made)
    }

    /// Fans out what came from the bus, each environment by itself if that is the only way: one with an event that cannot be
    /// read stays behind alone, and the tick goes on with it.
    async fn fan_out_apart(&mut self, runs: &[Run]) -> Result<usize, store::Error> {
        match self.fan_out(runs).await {
            Err(store::Error::Corrupt { .. }) => {}
            made => return made,
        }
        let environments: BTreeSet<_> = runs.iter().map(Run::environment_id).collect();
        let mut made = 0;
        for environment_id in environments {
            let of_it: Vec<_> = runs.iter().filter(|run| run.environment_id() == environment_id).cloned().collect();
            made += or_warn(environment_id, self.fan_out(&of_it).await)?;
        }
        Ok(made)
    }

    async fn catch_up_or_warn(&mut self, behind: &Behind) -> Result<usize, store::Error> {
        or_warn(behind.environment_id, self.catch_up(behind.environment_id, behind.cursor).await)
    }

    /// Deals with environments that have lagged since the last call; those that only just fell behind are on their way over
    /// the bus.
    async fn catch_up_stuck(&mut self) -> Result<(), store::Error> {
        self.cursors.load_once(&self.system).await?;
        let behind = self.system.environments_behind(LogReader::Fanout).await?;
        let stuck = self.cursors.stuck(&behind);
        if !stuck.is_empty() && self.has_unsaved() {
            self.save().await?;
        }
        for (behind, newest) in stuck {
            if self.pass_what_others_fanned_out(&behind, newest).await? {
                self.catch_up_or_warn(&behind).await?;
            }
        }
        Ok(())
    }

    /// A bus with partitions brings each node a part of an environment's events: the cursor passes those that were dealt with
    /// elsewhere. Answers whether something is left before `newest`.
    async fn pass_what_others_fanned_out(&mut self, behind: &Behind, newest: i64) -> Result<bool, store::Error> {
        let Behind { environment_id, .. } = *behind;
        loop {
            let cursor = self.cursors.of(environment_id);
            if cursor >= newest {
                return Ok(false);
            }
            let through = newest.min(cursor + LOOKED_THROUGH);
            let first = self.system.first_not_fanned(environment_id, cursor, through).await?;
            self.cursors.pass(environment_id, first.map_or(through, |first| first - 1));
            if first.is_some() {
                return Ok(true);
            }
        }
    }

    async fn catch_up(&mut self, environment_id: EnvironmentId, cursor: i64) -> Result<usize, store::Error> {
        let mut made = 0;
        self.cursors.begin_at(environment_id, cursor);
        loop {
            let cursor = self.cursors.of(environment_id);
            let page = self.system.events_past(environment_id, cursor, MAX_BATCH as u64).await?;
            if let Some(run) = Run::of_log(page.events) {
                made += self.fan_out(&[run]).await?;
            }
            if page.is_last {
                return Ok(made);
            }
        }
    }

    /// Nobody in this environment listens now, so nobody who listens later may hear of these: his `from_position` lies past
    /// them.
    fn skip(&mut self, run: &Run) {
        for event in run.events().iter() {
            let last = self.skipped.entry(event.stream).or_insert((event.environment_id, event.sequence));
            last.1 = last.1.max(event.sequence);
        }
    }

    /// Writes what is written lately: skipped streams, then the cursors past them.
    async fn save(&mut self) -> Result<(), store::Error> {
        self.system.skip_fanout(&self.skipped).await?;
        self.skipped.clear();
        self.cursors.save(&self.system).await?;
        self.progress.moved();
        Ok(())
    }

    fn has_unsaved(&self) -> bool {
        !self.skipped.is_empty() || self.cursors.has_unsaved()
    }
}

/// What cannot be read in one environment is told, and is no reason to stop the others.
fn or_warn(environment_id: EnvironmentId, made: Result<usize, store::Error>) -> Result<usize, store::Error> {
    match made {
        Err(error @ store::Error::Corrupt { .. }) => {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(%environment_id, error, "an environment's events cannot be fanned out; the others go on");
            Ok(0)
        }
        made => made,
    }
}

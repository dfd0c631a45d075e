//! The relay: the log → the bus.
//!
//! The cast: a [`Relay`] is a worker that publishes what lies past its [cursors](Cursors) while it [leads](Lead); [`start`] runs
//! one in a task until its [`Handle`] shuts it down.

mod batch;
mod cursors;
mod error;
mod lead;
mod metrics;
mod patience;
mod run;
#[cfg(test)]
pub(crate) mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use model::id::EnvironmentId;
use store::{News, Store, System};
use tokio::time::Instant;

use crate::bus::{Bus, MAX_BATCH, Run};
use batch::{Batch, in_order};
use cursors::{Cursors, Place};
pub use error::Error;
use lead::Lead;
pub use metrics::Metrics;
use patience::Patience;
pub use run::{Handle, start};

/// How often a relay looks whether the bus still holds what it was told.
const CHECK: Duration = Duration::from_secs(10);

/// How long an environment rests of which an event was refused or could not be read.
const REFUSED: Duration = Duration::from_secs(10);
/// While a relay catches up, its cursors are written so often.
const SAVE: Duration = Duration::from_secs(1);

/// What a relay may be told.
#[derive(Debug, Clone)]
pub struct Settings {
    /// No other process can use this database: the lease of a killed one is taken at once.
    pub alone: bool,
    /// How long a relay that died keeps another from leading.
    pub lease: Duration,
    /// How often it looks for what no news told, and writes its cursors.
    pub tick: Duration,
    /// How long it leads though the bus takes nothing from it.
    pub patience: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        let (lease, tick, patience) = (Duration::from_secs(10), Duration::from_secs(1), Duration::from_secs(10));
        Self { alone: false, lease, tick, patience }
    }
}

/// Publishes the log of every environment, in position order, while it leads.
pub struct Relay {
    system: System,
    bus: Arc<dyn Bus>,
    lead: Lead,
    patience: Patience,
    /// The term in which the cursors were read. None: they were not.
    term: Option<i64>,
    cursors: Cursors,
    saved_at: Instant,
    /// Environments with an event that the bus does not take, and when to try again: one event at a time.
    refused: BTreeMap<EnvironmentId, Instant>,
    /// When the bus, ready to be published to, was last seen to hold what it should. None: it is not ready.
    ready_at: Option<Instant>,
    metrics: Metrics,
}

impl Relay {
    pub fn new(store: &Store, bus: Arc<dyn Bus>, settings: &Settings) -> Self {
        let lead = Lead::new(store, settings);
        Self {
            system: store.system(),
            bus,
            lead,
            patience: Patience::new(settings),
            term: None,
            cursors: Cursors::default(),
            saved_at: Instant::now(),
            refused: BTreeMap::new(),
            ready_at: None,
            metrics: Metrics::default(),
        }
    }

    /// Publishes all that lies past the cursors now, taking no hint, and writes them; nothing while another node leads.
    /// Answers how many events that were.
    pub async fn run_once(&mut self) -> Result<usize, Error> {
        if !self.take_lead().await? {
            return Ok(0);
        }
        self.check().await?;
        let count = self.look().await?;
        self.save().await?;
        Ok(count)
    }

    /// As [`run_once`](Self::run_once), but that the cursors are written later.
    async fn look_once(&mut self) -> Result<usize, Error> {
        if self.take_lead().await? { self.look().await } else { Ok(0) }
    }

    /// Whether this node leads; a new leader begins at the durable cursors.
    async fn take_lead(&mut self) -> Result<bool, Error> {
        if self.patience.rests(Instant::now()) {
            return Ok(false);
        }
        let kept = self.lead.keep().await;
        self.metrics.leads.set(self.lead.holds().into());
        let leads = kept?;
        if leads && self.lead.epoch() != self.term {
            (self.term, self.ready_at) = (None, None);
            self.cursors = Cursors::load(&self.system, self.lead.leader()?, self.bus.name()).await?;
            self.term = self.lead.epoch();
        }
        if leads {
            self.make_ready().await?;
        }
        Ok(leads)
    }

    /// After a change of leader and after a failure. A bus that does not hold what was published is told everything.
    async fn make_ready(&mut self) -> Result<(), Error> {
        if self.ready_at.is_none() {
            tokio::select! {
                begun = self.bus.begin() => begun?,
                lost = self.lead.keep_on() => return Err(lost),
            }
            self.see_what_it_holds().await?;
        }
        Ok(())
    }

    /// Looks now and then whether the bus was made anew while nothing was published.
    async fn check(&mut self) -> Result<(), Error> {
        match self.ready_at {
            Some(ready_at) if ready_at + CHECK < Instant::now() => self.see_what_it_holds().await,
            _ => Ok(()),
        }
    }

    async fn see_what_it_holds(&mut self) -> Result<(), Error> {
        self.ready_at = None;
        let holds = tokio::select! {
            holds = self.bus.holds(self.cursors.marks()) => holds?,
            lost = self.lead.keep_on() => return Err(lost),
        };
        if !holds && !self.cursors.are_blank() {
            tracing::info!(bus = self.bus.name(), "the bus is a new one: everything is published to it");
            self.cursors.restart(&self.system, self.lead.leader()?, self.bus.name()).await?;
        }
        self.ready_at = Some(Instant::now());
        Ok(())
    }

    /// Writes the cursors and lets another node lead at once. One that does not lead has nothing to leave.
    async fn leave(&mut self) -> Result<(), Error> {
        if self.lead.leader().is_err() {
            return Ok(());
        }
        let saved = self.save().await;
        let released = self.lead.release().await.map_err(Error::from);
        self.metrics.leads.set(self.lead.holds().into());
        saved.and(released)
    }

    async fn save(&mut self) -> Result<(), Error> {
        self.saved_at = Instant::now();
        let saved = self.cursors.save(&self.system, self.lead.leader()?, self.bus.name()).await;
        if matches!(saved, Err(Error::Lease)) {
            self.lead.lose();
        }
        saved
    }

    /// Publishes what news tells, from memory where it is contiguous with the cursors.
    async fn tell(&mut self, news: impl IntoIterator<Item = News>) -> Result<(), Error> {
        let mut batch = Batch::default();
        for run in in_order(news) {
            match self.cursors.place(&run, batch.reached(run.environment_id())) {
                Place::Next => batch.add(run),
                Place::Past => {}
                Place::Beyond => {
                    self.publish(std::mem::take(&mut batch)).await?;
                    self.catch_up_or_warn(run.environment_id()).await?;
                }
            }
            if batch.events >= MAX_BATCH {
                self.publish(std::mem::take(&mut batch)).await?;
            }
        }
        self.publish(batch).await
    }

    /// Publishes, from the log, whatever lies past the cursors.
    async fn look(&mut self) -> Result<usize, Error> {
        let mut count = 0;
        for behind in self.system.environments_behind(store::LogReader::Relay).await? {
            if behind.last > self.cursors.of(behind.environment_id) {
                count += self.catch_up_or_warn(behind.environment_id).await?;
            }
        }
        Ok(count)
    }

    /// An environment with an event that cannot be read, or that the bus does not take, stays behind alone, right before it.
    async fn catch_up_or_warn(&mut self, environment_id: EnvironmentId) -> Result<usize, Error> {
        let again_at = self.refused.get(&environment_id).copied();
        if again_at.is_some_and(|again_at| again_at > Instant::now()) {
            return Ok(0);
        }
        let mut caught_up = self.catch_up(environment_id, if again_at.is_some() { 1 } else { MAX_BATCH }).await;
        if again_at.is_none() && caught_up.as_ref().is_err_and(Error::is_its_own) {
            self.make_ready().await?;
            caught_up = self.catch_up(environment_id, 1).await;
        }
        match caught_up {
            Err(error) if error.is_its_own() => {
                error.warn_of(environment_id);
                self.refused.insert(environment_id, Instant::now() + REFUSED);
                self.make_ready().await?;
                Ok(0)
            }
            Ok(count) => {
                self.refused.remove(&environment_id);
                Ok(count)
            }
            failed => failed,
        }
    }

    async fn catch_up(&mut self, environment_id: EnvironmentId, most: usize) -> Result<usize, Error> {
        let mut count = 0;
        loop {
            let cursor = self.cursors.of(environment_id);
            let page = self.system.events_past(environment_id, cursor, most as u64).await?;
            let (read, mut batch) = (page.events.len(), Batch::default());
            Run::of_log(page.events).into_iter().for_each(|run| batch.add(run));
            self.publish(batch).await?;
            count += read;
            if self.saved_at.elapsed() > SAVE {
                self.save().await?;
            }
            if page.is_last {
                return Ok(count);
            }
        }
    }

    /// The lease is renewed for as long as the bus takes.
    async fn publish(&mut self, batch: Batch) -> Result<(), Error> {
        if batch.runs.is_empty() {
            return Ok(());
        }
        if !self.lead.holds() {
            return Err(Error::Lease);
        }
        // What is broken off here is made ready again first.
        let ready_at = self.ready_at.take();
        let written = tokio::select! {
            published = self.bus.publish(batch.runs.clone()) => published?,
            lost = self.lead.keep_on() => return Err(lost),
        };
        if self.cursors.are_of_another(&written) {
            return self.cursors.restart(&self.system, self.lead.leader()?, self.bus.name()).await;
        }
        // Whoever goes on where it left off has seen that the bus is the same: asking besides would keep all news waiting.
        self.ready_at = if self.cursors.are_gone_on_from(&written) { Some(Instant::now()) } else { ready_at };
        self.metrics.publications.inc();
        self.metrics.published.inc_by(batch.events as u64);
        self.cursors.mark(&written);
        batch.runs.iter().for_each(|run| self.cursors.move_past(run));
        Ok(())
    }
}

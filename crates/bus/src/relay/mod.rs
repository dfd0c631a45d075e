//! The relay: the log → the bus.
//!
//! The cast: a [`Relay`] is a worker that publishes what lies past its [cursors](Cursors) while it [leads](Lead); [`start`] runs
//! one in a task until its [`Handle`] shuts it down.

mod cursors;
mod lead;
mod metrics;
mod run;
#[cfg(test)]
pub(crate) mod tests;

use std::sync::Arc;
use std::time::Duration;

use model::id::EnvironmentId;
use store::{News, Store, System};
use tokio::time::Instant;

use crate::bus::{Bus, Error as BusError, MAX_BATCH, Marks, Run};
use cursors::{Cursors, Place};
use lead::Lead;
pub use metrics::Metrics;
pub use run::{Handle, start};

/// How often a relay looks whether the bus still holds what it was told.
const CHECK: Duration = Duration::from_secs(10);

/// What a relay may be told.
#[derive(Debug, Clone)]
pub struct Settings {
    /// No other process can use this database: the lease of a killed one is taken at once.
    pub alone: bool,
    /// How long a relay that died keeps another from leading.
    pub lease: Duration,
    /// How often it looks for what no news told, and writes its cursors.
    pub tick: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self { alone: false, lease: Duration::from_secs(10), tick: Duration::from_secs(1) }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the relay cannot read the log")]
    Store(#[from] store::Error),
    #[error("the relay cannot publish")]
    Bus(#[from] crate::bus::Error),
    /// Another node leads now.
    #[error("the relay's lease is lost")]
    Lease,
}

/// Publishes the log of every environment, in position order, while it leads.
pub struct Relay {
    system: System,
    bus: Arc<dyn Bus>,
    lead: Lead,
    cursors: Cursors,
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
            cursors: Cursors::default(),
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
        let led = self.lead.holds();
        let leads = self.lead.keep().await?;
        self.metrics.leads.set(leads.into());
        if leads && !led {
            self.cursors = Cursors::load(&self.system, self.lead.leader()?, self.bus.name()).await?;
            self.ready_at = None;
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
        if !holds {
            tracing::info!(bus = self.bus.name(), "the bus is a new one: everything is published to it");
            self.cursors.restart(&self.system, self.lead.leader()?, self.bus.name()).await?;
        }
        self.ready_at = Some(Instant::now());
        Ok(())
    }

    async fn save(&mut self) -> Result<(), Error> {
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

    /// An environment with an event that cannot be read, or that the bus does not take, stays behind alone.
    async fn catch_up_or_warn(&mut self, environment_id: EnvironmentId) -> Result<usize, Error> {
        match self.catch_up(environment_id).await {
            Err(error) if is_its_own(&error) => {
                warn(environment_id, &error);
                self.make_ready().await?;
                Ok(0)
            }
            published => published,
        }
    }

    async fn catch_up(&mut self, environment_id: EnvironmentId) -> Result<usize, Error> {
        let mut count = 0;
        loop {
            let cursor = self.cursors.of(environment_id);
            let events = self.system.events_past(environment_id, cursor, MAX_BATCH as u64).await?;
            let (read, mut batch) = (events.len(), Batch::default());
            Run::of_log(events).into_iter().for_each(|run| batch.add(run));
            self.publish(batch).await?;
            count += read;
            if read < MAX_BATCH {
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
        let marks = tokio::select! {
            published = self.bus.publish(batch.runs.clone()) => published?,
            lost = self.lead.keep_on() => return Err(lost),
        };
        if is_new(self.cursors.marks(), &marks) {
            return self.cursors.restart(&self.system, self.lead.leader()?, self.bus.name()).await;
        }
        self.ready_at = ready_at;
        self.metrics.publications.inc();
        self.metrics.published.inc_by(batch.events as u64);
        self.cursors.mark(marks);
        batch.runs.iter().for_each(|run| self.cursors.move_past(run));
        Ok(())
    }
}

fn warn(environment_id: EnvironmentId, error: &Error) {
    let error = error as &dyn std::error::Error;
    tracing::warn!(%environment_id, error, "an environment's log stays unpublished; the others go on");
}

/// Whether another environment's log may fare better.
const fn is_its_own(error: &Error) -> bool {
    matches!(error, Error::Store(store::Error::Corrupt { .. }) | Error::Bus(BusError::TooLarge(_)))
}

/// Whether a partition was written below what it held before.
fn is_new(before: &Marks, after: &Marks) -> bool {
    after.iter().any(|(part, last)| before.get(part).is_some_and(|before| last <= before))
}

/// What news carries, as it lies in the log: two commits may have been told in the wrong order.
fn in_order(news: impl IntoIterator<Item = News>) -> Vec<Run> {
    let run = |news| match news {
        News::Events { first_position, events } => Run::new(first_position, events),
        _ => None,
    };
    let mut runs: Vec<_> = news.into_iter().filter_map(run).collect();
    runs.sort_by_key(|run| (run.environment_id(), run.first_position()));
    runs
}

/// What is published together.
#[derive(Default)]
struct Batch {
    runs: Vec<Run>,
    events: usize,
}

impl Batch {
    fn add(&mut self, run: Run) {
        self.events += run.events().len();
        self.runs.push(run);
    }

    /// The last position of an environment in here.
    fn reached(&self, environment_id: EnvironmentId) -> Option<i64> {
        let run = self.runs.iter().rev().find(|run| run.environment_id() == environment_id);
        run.map(Run::last_position)
    }
}

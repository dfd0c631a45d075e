//! The loop of fan-out: woken by the bus, ticking besides.

use std::sync::Arc;
use std::time::Duration;

use bus::{Bus, Run};
use tokio::sync::watch;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep, sleep_until};

use super::Fanout;

/// How long it waits after a failure.
const RETRY_PAUSE: Duration = Duration::from_millis(200);
/// After a batch the next one gathers for so long, if none has made a delivery for [`QUIET`]: what nobody listens to shall cost
/// next to nothing, and delay nobody who listens.
const GATHER: Duration = Duration::from_millis(20);
const QUIET: Duration = Duration::from_secs(1);
/// Skipped streams and cursors are written after so long without work, and at the latest after so long in all.
const IDLE: Duration = Duration::from_millis(50);
const LATEST: Duration = Duration::from_secs(1);

/// Runs until it is stopped; what the bus carries then comes again.
pub(crate) async fn run(fanout: Fanout, bus: Arc<dyn Bus>, tick: Duration, mut stopped: watch::Receiver<bool>) {
    let mut ticks = interval(tick);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let now = Instant::now();
    let mut worker = Worker {
        fanout,
        bus,
        ticks,
        caught_up: false,
        waits_for_bus: false,
        worked_at: now,
        made_at: None,
        saved_at: now,
    };
    loop {
        let done = tokio::select! {
            biased;
            _ = stopped.changed() => break,
            done = worker.work() => done,
        };
        if let Err(error) = done {
            tracing::warn!(error = &error as &dyn std::error::Error, "fan-out will try again");
            sleep(RETRY_PAUSE).await;
        }
    }
    if let Err(error) = worker.fanout.save().await {
        tracing::warn!(error = &error as &dyn std::error::Error, "fan-out ended without writing its cursors");
    }
    worker.bus.leave().await;
}

struct Worker {
    fanout: Fanout,
    bus: Arc<dyn Bus>,
    ticks: Interval,
    /// What the last process left has been dealt with.
    caught_up: bool,
    /// The bus has failed since the last tick.
    waits_for_bus: bool,
    worked_at: Instant,
    /// When a batch last made a delivery.
    made_at: Option<Instant>,
    saved_at: Instant,
}

impl Worker {
    async fn work(&mut self) -> Result<(), store::Error> {
        if !self.caught_up {
            self.fanout.run_once().await?;
            self.caught_up = true;
        }
        let save_at = (self.worked_at + IDLE).min(self.saved_at + LATEST);
        tokio::select! {
            received = self.bus.receive(), if !self.waits_for_bus => self.heard(received).await,
            () = sleep_until(save_at), if self.fanout.has_unsaved() => self.save().await,
            _ = self.ticks.tick() => {
                self.waits_for_bus = false;
                self.fanout.catch_up_stuck().await
            }
        }
    }

    /// A bus that fails is asked again after the next tick, which does without it.
    async fn heard(&mut self, received: Result<Vec<Run>, bus::Error>) -> Result<(), store::Error> {
        match received {
            Ok(runs) => self.handle(runs).await,
            Err(error) => {
                self.waits_for_bus = true;
                tracing::warn!(error = &error as &dyn std::error::Error, "fan-out reads the log until the bus is back");
                Ok(())
            }
        }
    }

    /// Until it is durable: the bus is told only then.
    async fn handle(&mut self, runs: Vec<Run>) -> Result<(), store::Error> {
        if !self.fanout.has_unsaved() {
            self.saved_at = Instant::now();
        }
        let made = self.fanout.fan_out_apart(&runs).await?;
        // A bus that is gone delivers again when it is back.
        _ = self.bus.commit().await;
        self.worked_at = Instant::now();
        if made > 0 {
            self.made_at = Some(self.worked_at);
        } else if self.made_at.is_none_or(|made_at| made_at + QUIET < self.worked_at) {
            sleep(GATHER).await;
        }
        Ok(())
    }

    async fn save(&mut self) -> Result<(), store::Error> {
        self.saved_at = Instant::now();
        self.fanout.save().await
    }
}

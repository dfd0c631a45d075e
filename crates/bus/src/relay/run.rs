//! A relay in a task: woken by news, ticking besides.

use std::sync::Arc;
use std::time::Duration;

use store::{Listener, News, Store};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinHandle};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep_until};

use super::{Error, Metrics, Relay, Settings};
use crate::bus::Bus;

/// How soon after one look at the log, not knowing what is new there, another may follow.
const LOOK_PAUSE: Duration = Duration::from_millis(20);

/// A running relay.
pub struct Handle {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
    metrics: Metrics,
}

impl Handle {
    /// What it counts.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// The relay's task, to be watched: before a shutdown it ends by a panic only.
    pub fn task(&self) -> AbortHandle {
        self.task.abort_handle()
    }

    /// Stops, writes the cursors and gives up the lease.
    pub async fn shutdown(self) {
        self.stop.send_replace(true);
        _ = self.task.await;
    }
}

/// Runs a relay until it is shut down.
pub fn start(store: &Store, bus: Arc<dyn Bus>, settings: &Settings) -> Handle {
    let (stop, stopped) = watch::channel(false);
    let mut ticks = interval(settings.tick);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let relay = Relay::new(store, bus, settings);
    let metrics = relay.metrics.clone();
    let worker = Worker { relay, news: store.listen(), ticks, looked_at: Instant::now(), must_look: false };
    Handle { stop, task: tokio::spawn(worker.run(stopped)), metrics }
}

struct Worker {
    relay: Relay,
    news: Listener,
    ticks: Interval,
    looked_at: Instant,
    must_look: bool,
}

impl Worker {
    /// What is broken off by the stop is published again by the next relay.
    async fn run(mut self, mut stopped: watch::Receiver<bool>) {
        loop {
            let began = Instant::now();
            let worked = tokio::select! {
                biased;
                _ = stopped.changed() => break,
                worked = self.work() => worked,
            };
            if let Err(error) = &worked {
                tracing::warn!(error = error as &dyn std::error::Error, "the relay will try again");
            }
            if self.relay.patience.wears_out(began, Instant::now(), &worked) {
                tracing::warn!("the bus takes nothing from this node: to lead is left to another");
                self.leave().await;
            }
        }
        self.leave().await;
    }

    async fn work(&mut self) -> Result<(), Error> {
        tokio::select! {
            Some(news) = self.news.next() => self.hear(news).await,
            () = sleep_until(self.looked_at + LOOK_PAUSE), if self.must_look => self.look().await,
            _ = self.ticks.tick() => self.tick().await,
        }
    }

    async fn look(&mut self) -> Result<(), Error> {
        self.must_look = false;
        self.looked_at = Instant::now();
        self.relay.look_once().await.map(drop)
    }

    /// Looks too, and writes the cursors.
    async fn tick(&mut self) -> Result<(), Error> {
        self.must_look = false;
        self.looked_at = Instant::now();
        self.relay.run_once().await.map(drop)
    }

    /// Takes all the news there is. A relay that does not lead leaves it to the leader, and only its ticks try to lead: it
    /// hears of every commit of every node.
    async fn hear(&mut self, first: News) -> Result<(), Error> {
        let news: Vec<_> = std::iter::once(first).chain(std::iter::from_fn(|| self.news.try_next())).collect();
        if !self.relay.lead.holds() {
            return Ok(());
        }
        self.must_look |= news.iter().any(|news| matches!(news, News::Look));
        if self.relay.take_lead().await? { self.relay.tell(news).await } else { Ok(()) }
    }

    async fn leave(&mut self) {
        if let Err(error) = self.relay.leave().await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the relay leaves without having written its cursors"
            );
        }
    }
}

//! What a delivery node counts.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// Clones share it.
#[derive(Debug, Clone)]
pub struct Metrics {
    outcomes: Family<[(&'static str, &'static str); 1], Counter>,
    pub(crate) attempt_seconds: Histogram,
    /// From an event's time to the begin of its delivery's first attempt.
    pub(crate) first_attempt_seconds: Histogram,
    pub(crate) fanned_out: Counter,
    pub(crate) shards: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
        let waits = [0.005, 0.01, 0.02, 0.04, 0.1, 0.25, 1.0, 5.0, 30.0, 300.0, 3600.0];
        Self {
            outcomes: Family::default(),
            attempt_seconds: Histogram::new(buckets),
            first_attempt_seconds: Histogram::new(waits),
            fanned_out: Counter::default(),
            shards: Gauge::default(),
        }
    }
}

impl Metrics {
    pub fn register(&self, registry: &mut Registry) {
        let outcomes = "Deliveries by what became of them: delivered, retry, gave_up, superseded";
        registry.register("deliveries", outcomes, self.outcomes.clone());
        let seconds = "Time of a webhook, from resolving the name to the end of the answer";
        registry.register("delivery_attempt_duration_seconds", seconds, self.attempt_seconds.clone());
        let wait = "From an event's time, which is its commit's, to the first attempt of a delivery of it";
        registry.register("delivery_first_attempt_delay_seconds", wait, self.first_attempt_seconds.clone());
        registry.register("deliveries_made", "Deliveries that fan-out made here", self.fanned_out.clone());
        registry.register("delivery_shards_held", "Shards whose endpoints this node sends to", self.shards.clone());
    }

    pub(crate) fn ended(&self, outcome: &'static str) {
        self.outcomes.get_or_create(&[("outcome", outcome)]).inc();
    }
}

//! What the writer counts.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use super::batch::Outcome;

/// Of the batches of one writer. Clones share it.
#[derive(Clone)]
pub struct Metrics {
    pub(super) batch: Histogram,
    pub(super) begun_again: Counter,
    pub(super) failed: Counter,
}

impl Default for Metrics {
    fn default() -> Self {
        // 1, 2, 4, … 64: the largest batch.
        let batch = Histogram::new(exponential_buckets(1.0, 2.0, 7));
        Self { batch, begun_again: Counter::default(), failed: Counter::default() }
    }
}

impl Metrics {
    /// Those that were refused, or put back since another node has their stream, are none of it.
    pub(super) fn batch_done(&self, outcomes: &[Outcome]) {
        let done = outcomes.iter().filter(|outcome| matches!(outcome, Some(Ok(_)))).count();
        if done > 0 {
            self.batch.observe(f64::from(u32::try_from(done).unwrap_or(u32::MAX)));
        }
    }

    pub fn register(&self, registry: &mut Registry) {
        let batch = "Writes that were done in each batch of ingest";
        registry.register("ingest_batch_writes", batch, self.batch.clone());
        let begun_again = "Batches that the database did not take at once: a lost connection, a deadlock, a time-out";
        registry.register("ingest_batches_begun_again", begun_again, self.begun_again.clone());
        registry.register("ingest_writes_failed", "Writes that were answered 503 by the writer", self.failed.clone());
    }
}

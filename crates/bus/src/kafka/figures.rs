//! What librdkafka counts, as of its last report.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use rdkafka::Statistics;

/// Of this node's connections.
#[derive(Debug, Default)]
pub struct Figures {
    consumer_lag: AtomicI64,
    producer_requests: AtomicU64,
    consumer_requests: AtomicU64,
    foreign: AtomicU64,
}

impl Figures {
    /// Messages between the last one that is handled and the newest, over this node's partitions.
    pub fn consumer_lag(&self) -> i64 {
        self.consumer_lag.load(Ordering::Relaxed)
    }

    /// Requests sent to brokers by this node's current producer and consumer.
    pub fn requests(&self) -> u64 {
        self.producer_requests.load(Ordering::Relaxed) + self.consumer_requests.load(Ordering::Relaxed)
    }

    /// Messages in the topic that hold no event of this installation's log.
    pub fn foreign_messages(&self) -> u64 {
        self.foreign.load(Ordering::Relaxed)
    }

    pub(super) fn note(&self, of: &Statistics) {
        let requests = of.brokers.values().map(|broker| broker.tx).sum();
        if of.client_type == "producer" {
            return self.producer_requests.store(requests, Ordering::Relaxed);
        }
        self.consumer_requests.store(requests, Ordering::Relaxed);
        let partitions = of.topics.values().flat_map(|topic| topic.partitions.values());
        let lag = partitions.map(|partition| partition.consumer_lag_stored).filter(|lag| *lag > 0).sum();
        self.consumer_lag.store(lag, Ordering::Relaxed);
    }

    pub(super) fn note_foreign(&self, messages: usize) {
        self.foreign.fetch_add(messages as u64, Ordering::Relaxed);
    }
}

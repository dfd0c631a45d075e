use std::sync::Arc;

use tokio::sync::watch;

use super::received::Received;
use super::serve::Sink;

/// Keeps every delivery, and lets one wait for those to come. Clones share it.
#[derive(Clone)]
pub struct Inbox {
    received: watch::Sender<Vec<Received>>,
}

impl Default for Inbox {
    fn default() -> Self {
        Self { received: watch::Sender::new(Vec::new()) }
    }
}

impl Inbox {
    /// Puts deliveries into this inbox.
    pub fn sink(&self) -> Sink {
        let received = self.received.clone();
        Arc::new(move |delivery| received.send_modify(|all| all.push(delivery)))
    }

    /// What has come so far, in order of arrival.
    pub fn all(&self) -> Vec<Received> {
        self.received.borrow().clone()
    }

    /// How many deliveries have come so far.
    pub fn count(&self) -> usize {
        self.received.borrow().len()
    }

    /// Waits until what has come is enough, and gives it all. Does not end by itself: put a time limit round it.
    pub async fn until(&self, enough: impl FnMut(&[Received]) -> bool) -> Vec<Received> {
        let (mut watching, mut enough) = (self.received.subscribe(), enough);
        watching.wait_for(|all| enough(all)).await.map(|all| all.clone()).unwrap_or_default()
    }

    /// Waits for so many deliveries, repetitions included.
    pub async fn wait_for(&self, count: usize) -> Vec<Received> {
        self.until(|all| all.len() >= count).await
    }
}

//! The bus of one process: a publication waits until its consumer has made it durable.

use async_trait::async_trait;
use tokio::sync::{Mutex, mpsc, oneshot};

use crate::bus::{Bus, Error, Run};

/// Hands runs to the consumer in the same process.
pub struct Memory {
    publisher: mpsc::Sender<Publication>,
    consumer: Mutex<Consumer>,
}

struct Publication {
    runs: Vec<Run>,
    handled: oneshot::Sender<()>,
}

struct Consumer {
    publications: mpsc::Receiver<Publication>,
    /// Received, not committed.
    open: Option<oneshot::Sender<()>>,
}

impl Default for Memory {
    fn default() -> Self {
        let (publisher, publications) = mpsc::channel(1);
        Self { publisher, consumer: Mutex::new(Consumer { publications, open: None }) }
    }
}

#[async_trait]
impl Bus for Memory {
    /// Resolves when the consumer has committed the runs; fails when it received something else first.
    async fn publish(&self, runs: Vec<Run>) -> Result<(), Error> {
        let (handled, done) = oneshot::channel();
        self.publisher.send(Publication { runs, handled }).await.map_err(|_| Error::Unavailable)?;
        done.await.map_err(|_| Error::Unavailable)
    }

    /// What was received before and not committed is given up: its publisher publishes again.
    async fn receive(&self) -> Result<Vec<Run>, Error> {
        let mut consumer = self.consumer.lock().await;
        let Publication { runs, handled } = consumer.publications.recv().await.ok_or(Error::Unavailable)?;
        consumer.open = Some(handled);
        Ok(runs)
    }

    async fn commit(&self) -> Result<(), Error> {
        let handled = self.consumer.lock().await.open.take();
        // A publisher that has gone away publishes again from its cursor; the repeat is dropped.
        _ = handled.map(|handled| handled.send(()));
        Ok(())
    }
}

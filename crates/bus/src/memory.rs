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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::relay::tests::run;

    #[tokio::test]
    async fn a_publication_resolves_when_it_is_committed() {
        let bus = Arc::new(Memory::default());
        let publisher = Arc::clone(&bus);
        let publication = tokio::spawn(async move { publisher.publish(vec![run(1, 2), run(3, 1)]).await });
        let received = bus.receive().await.unwrap();
        assert_eq!(received.iter().map(Run::first_position).collect::<Vec<_>>(), [1, 3]);
        assert!(!publication.is_finished());
        bus.commit().await.unwrap();
        assert!(publication.await.unwrap().is_ok());
    }

    #[tokio::test]
    async fn what_was_not_committed_is_given_back_to_the_publisher() {
        let bus = Arc::new(Memory::default());
        let publish = |first| {
            let publisher = Arc::clone(&bus);
            tokio::spawn(async move { publisher.publish(vec![run(first, 1)]).await })
        };
        let first = publish(1);
        bus.receive().await.unwrap();
        let second = publish(2);
        assert_eq!(bus.receive().await.unwrap()[0].first_position(), 2);
        assert!(matches!(first.await.unwrap(), Err(Error::Unavailable)));
        bus.commit().await.unwrap();
        assert!(second.await.unwrap().is_ok());
    }
}

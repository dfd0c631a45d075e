//! The bus of one process: a publication waits until its consumer has made it durable.

use async_trait::async_trait;
use tokio::sync::{Mutex, mpsc, oneshot};

use crate::bus::{Bus, Error, Marks, Run, Spans};

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
    fn name(&self) -> &'static str {
        "memory"
    }

    /// There is nothing to connect to.
    async fn begin(&self) -> Result<(), Error> {
        Ok(())
    }

    /// It holds nothing: what was published is handled.
    async fn holds(&self, _: &Marks) -> Result<bool, Error> {
        Ok(true)
    }

    /// Resolves when the consumer has committed the runs; fails when it received something else first.
    async fn publish(&self, runs: Vec<Run>) -> Result<Spans, Error> {
        let (handled, done) = oneshot::channel();
        self.publisher.send(Publication { runs, handled }).await.map_err(|_| Error::Gone)?;
        done.await.map_err(|_| Error::Gone)?;
        Ok(Spans::new())
    }

    /// What was received before and not committed is given up: its publisher publishes again.
    async fn receive(&self) -> Result<Vec<Run>, Error> {
        let mut consumer = self.consumer.lock().await;
        // At once: its publisher waits for it, and publishes nothing else.
        consumer.open = None;
        let Publication { runs, handled } = consumer.publications.recv().await.ok_or(Error::Gone)?;
        consumer.open = Some(handled);
        Ok(runs)
    }

    async fn commit(&self) -> Result<(), Error> {
        let handled = self.consumer.lock().await.open.take();
        // A publisher that has gone away publishes again from its cursor; the repeat is dropped.
        _ = handled.map(|handled| handled.send(()));
        Ok(())
    }

    /// Publishers hear at once that nobody consumes.
    async fn leave(&self) {
        let mut consumer = self.consumer.lock().await;
        consumer.publications.close();
        while consumer.publications.recv().await.is_some() {}
        consumer.open = None;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::task::JoinHandle;

    use super::*;
    use crate::relay::tests::run;

    fn publish(bus: &Arc<Memory>, runs: Vec<Run>) -> JoinHandle<Result<Spans, Error>> {
        let publisher = Arc::clone(bus);
        tokio::spawn(async move { publisher.publish(runs).await })
    }

    #[tokio::test]
    async fn a_publication_resolves_when_it_is_committed() {
        let bus = Arc::new(Memory::default());
        let publication = publish(&bus, vec![run(1, 2), run(3, 1)]);
        let received = bus.receive().await.unwrap();
        assert_eq!(received.iter().map(Run::first_position).collect::<Vec<_>>(), [1, 3]);
        assert!(!publication.is_finished());
        bus.commit().await.unwrap();
        assert!(publication.await.unwrap().is_ok());
    }

    #[tokio::test]
    async fn what_was_not_committed_is_given_back_to_the_publisher() {
        let bus = Arc::new(Memory::default());
        let first = publish(&bus, vec![run(1, 1)]);
        bus.receive().await.unwrap();
        let second = publish(&bus, vec![run(2, 1)]);
        assert_eq!(bus.receive().await.unwrap()[0].first_position(), 2);
        assert!(matches!(first.await.unwrap(), Err(Error::Gone)));
        bus.commit().await.unwrap();
        assert!(second.await.unwrap().is_ok());
    }

    #[tokio::test]
    async fn nobody_waits_for_a_consumer_that_has_left() {
        let bus = Arc::new(Memory::default());
        let received = publish(&bus, vec![run(1, 1)]);
        bus.receive().await.unwrap();
        bus.leave().await;
        assert!(matches!(received.await.unwrap(), Err(Error::Gone)));
        assert!(matches!(publish(&bus, vec![run(2, 1)]).await.unwrap(), Err(Error::Gone)));
    }
}

//! The bus of many nodes: one topic of Apache Kafka.
//!
//! The cast: [`Kafka`] is the bus, a [`Publisher`] in one node and a [`Subscriber`] in each that fans out; [`Settings`] say where
//! and how, [`topic`] makes and judges the topic, [`message`] is the form of what lies in it, [`Figures`] are what is measured.

mod context;
mod figures;
mod message;
mod properties;
mod publisher;
mod settings;
mod subscriber;
#[cfg(test)]
mod tests;
mod topic;

use std::sync::Arc;

use async_trait::async_trait;
use store::Store;

use crate::bus::{Bus, Error, Marks, Run, Spans};
pub use figures::Figures;
pub use properties::{Properties, PropertyError};
use publisher::Publisher;
pub use settings::{MAX_MESSAGE_BYTES, Settings};
use subscriber::Subscriber;

/// Connects when it is first needed, and again after each failure.
pub struct Kafka {
    settings: Arc<Settings>,
    figures: Arc<Figures>,
    publisher: Publisher,
    subscriber: Subscriber,
}

impl Kafka {
    pub fn new(store: &Store, settings: Settings) -> Self {
        let (settings, figures) = (Arc::new(settings), Arc::<Figures>::default());
        let publisher = Publisher::new(Arc::clone(&settings), Arc::clone(&figures));
        let subscriber = Subscriber::new(store.system(), Arc::clone(&settings), Arc::clone(&figures));
        Self { settings, figures, publisher, subscriber }
    }

    pub fn figures(&self) -> Arc<Figures> {
        Arc::clone(&self.figures)
    }
}

#[async_trait]
impl Bus for Kafka {
    /// The topic's.
    fn name(&self) -> &str {
        &self.settings.topic
    }

    /// Makes the topic where there is none, and a new producer.
    async fn begin(&self) -> Result<(), Error> {
        self.publisher.begin().await
    }

    /// Not if an offset that was written is not there, nor if nothing is known to have been written.
    async fn holds(&self, marks: &Marks) -> Result<bool, Error> {
        self.publisher.holds(marks).await
    }

    async fn publish(&self, runs: Vec<Run>) -> Result<Spans, Error> {
        self.publisher.publish(&runs).await
    }

    async fn receive(&self) -> Result<Vec<Run>, Error> {
        self.subscriber.receive().await
    }

    async fn commit(&self) -> Result<(), Error> {
        self.subscriber.commit().await
    }

    async fn leave(&self) {
        self.subscriber.leave().await;
    }
}

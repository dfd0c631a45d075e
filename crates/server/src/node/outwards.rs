//! What leads outwards: relay, delivery and housekeeping, as the roles say.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use bus::kafka::{Figures, Kafka};
use bus::{Bus, Memory, relay};
use delivery::AddressPolicy;
use prometheus_client::registry::Registry;
use store::Store;
use tokio::task::AbortHandle;

use super::Plan;
use super::housekeeping::{self, Housekeeping};
use crate::config::Role;

pub(super) struct Outwards {
    relay: Option<relay::Handle>,
    delivery: Option<delivery::Handle>,
    /// Where deliveries are: its work is done behind everything else.
    housekeeping: Option<Housekeeping>,
    kafka: Option<Arc<Figures>>,
}

impl Outwards {
    pub(super) fn start(store: &Store, plan: &Plan<'_>) -> anyhow::Result<Self> {
        let alone = plan.alone;
        let (bus, kafka) = bus(store, plan);
        let relay = plan
            .roles
            .has(Role::Relay)
            .then(|| relay::start(store, Arc::clone(&bus), &relay::Settings { alone, ..relay::Settings::default() }));
        let does = plan.roles.has(Role::Delivery);
        let delivery = does.then(|| delivery::start(store, bus, settings(plan))).transpose()?;
        let housekeeping = does.then(|| housekeeping::start(store.system()));
        Ok(Self { relay, delivery, housekeeping, kafka })
    }

    /// What the parts that run here count.
    pub(super) fn register(&self, registry: &mut Registry) {
        self.relay.iter().for_each(|relay| relay.metrics().register(registry));
        self.delivery().iter().for_each(|delivery| delivery.metrics().register(registry));
    }

    pub(super) fn kafka(&self) -> Option<Arc<Figures>> {
        self.kafka.clone()
    }

    /// To be watched, by name.
    pub(super) fn tasks(&self) -> impl Iterator<Item = (&'static str, AbortHandle)> {
        let relay = self.relay.iter().map(|relay| ("relay", relay.task()));
        let delivery = self.delivery.iter().flat_map(delivery::Handle::tasks);
        relay.chain(delivery).chain(self.housekeeping.iter().map(|task| ("housekeeping", task.watch())))
    }

    pub(super) fn delivery(&self) -> Option<delivery::Status> {
        self.delivery.as_ref().map(delivery::Handle::status)
    }

    /// The relay ends before delivery, which it waits for; what requests still record is delivered after the next start.
    pub(super) async fn shutdown(self) -> anyhow::Result<()> {
        if let Some(relay) = self.relay {
            relay.shutdown().await;
        }
        if let Some(delivery) = self.delivery {
            delivery.shutdown().await;
        }
        match self.housekeeping {
            Some(housekeeping) => housekeeping.shutdown().await.context("housekeeping has failed"),
            None => Ok(()),
        }
    }
}

fn bus(store: &Store, plan: &Plan<'_>) -> (Arc<dyn Bus>, Option<Arc<Figures>>) {
    let Some(settings) = &plan.kafka else { return (Arc::new(Memory::default()), None) };
    let kafka = Kafka::new(store, settings.clone());
    let figures = kafka.figures();
    (Arc::new(kafka), Some(figures))
}

fn settings(plan: &Plan<'_>) -> delivery::Settings {
    let addresses = AddressPolicy { allow_private: plan.delivery.allow_private_endpoints };
    let request_timeout = Duration::from_secs(plan.delivery.webhook_timeout);
    delivery::Settings { alone: plan.alone, addresses, request_timeout, ..delivery::Settings::default() }
}

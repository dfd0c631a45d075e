//! A node at work: doors, writer, relay and delivery over one store, from start to drained.

mod health;
mod housekeeping;
mod http;
pub(crate) mod signal;
#[cfg(test)]
mod tests;
mod workers;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use anyhow::{Context, anyhow};
use broker::ingest::Writer;
use broker::{Authenticator, Broker};
use bus::{Bus, Memory, relay};
use delivery::AddressPolicy;
use store::Store;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use web::Doors;

use crate::config::{Delivery, Http};
use crate::seed::seed;
use health::Health;
use housekeeping::Housekeeping;
use workers::Workers;

/// How long an orderly end may take in all. Past it what still runs is cut: nothing durable is lost by that.
const DRAIN: Duration = Duration::from_secs(20);

pub(crate) struct Node {
    store: Store,
    address: SocketAddr,
    public_url: String,
    server: ServerHandle,
    workers: Workers,
    writer: Writer,
    writing: JoinHandle<()>,
    relay: relay::Handle,
    delivery: delivery::Handle,
    housekeeping: Housekeeping,
}

/// How a node is to work.
pub(crate) struct Plan<'a> {
    pub(crate) http: &'a Http,
    pub(crate) delivery: &'a Delivery,
    /// No other process works on this database.
    pub(crate) alone: bool,
}

impl Node {
    pub(crate) fn start(store: Store, plan: &Plan<'_>) -> anyhow::Result<Self> {
        let Plan { http: settings, delivery, alone } = *plan;
        let listener = http::bind(settings.listen)?;
        let address = listener.local_addr()?;
        let public_url = settings.public.public_url.clone().unwrap_or_else(|| format!("http://{address}"));

        let broker = Broker::new(store.clone());
        let (writer, writing) = Writer::start(store.clone(), seed()?);
        let bus: Arc<dyn Bus> = Arc::new(Memory::default());
        let relay = relay::start(&store, Arc::clone(&bus), &relay::Settings { alone, ..relay::Settings::default() });
        let allow_private = delivery.allow_private_endpoints;
        let addresses = AddressPolicy { allow_private };
        let request_timeout = Duration::from_secs(delivery.webhook_timeout);
        let delivery = delivery::Settings { alone, addresses, request_timeout, ..delivery::Settings::default() };
        let delivery = delivery::start(&store, bus, delivery)?;

        let doors = Doors {
            broker: broker.clone(),
            writer: writer.clone(),
            authenticator: Arc::new(Authenticator::new(broker)),
            settings: web::Settings { public_url: public_url.clone(), allow_private_endpoints: allow_private },
        };
        let housekeeping = housekeeping::start(store.system());
        let workers = [("writer", writing.abort_handle()), ("relay", relay.task())];
        let workers = workers.into_iter().chain(delivery.tasks()).chain([("housekeeping", housekeeping.watch())]);
        let mut workers = Workers::new(workers);
        let serving = http::serve(listener, settings.workers, doors, Health::new(&store, &workers))?;
        let server = serving.handle();
        workers.add("server", tokio::spawn(http::run(serving)).abort_handle());
        Ok(Self { store, address, public_url, server, workers, writer, writing, relay, delivery, housekeeping })
    }

    /// Where it listens.
    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it is called from outside.
    pub(crate) fn public_url(&self) -> &str {
        &self.public_url
    }

    /// What delivery shows of its work.
    pub(crate) fn delivery(&self) -> delivery::Status {
        self.delivery.status()
    }

    /// Waits for what should never come: the end of a task that the node needs. Another start begins where it ended.
    pub(crate) async fn failure(&self) -> anyhow::Error {
        let name = self.workers.first_dead().await;
        anyhow!("the {name} has ended, and nothing works without it: this node ends too")
    }

    /// Accepts nothing more, finishes what was accepted, lets go of leases and closes the database.
    pub(crate) async fn drain(self) -> anyhow::Result<()> {
        timeout(DRAIN, self.finish()).await.unwrap_or_else(|_| {
            let seconds = DRAIN.as_secs();
            tracing::warn!(seconds, "not everything had ended in time; what was undelivered waits in the database");
            Ok(())
        })
    }

    /// The relay ends before delivery, which it waits for; what requests still record is delivered after the next start.
    async fn finish(self) -> anyhow::Result<()> {
        let outwards = async {
            self.relay.shutdown().await;
            self.delivery.shutdown().await;
        };
        tokio::join!(self.server.stop(true), outwards);
        self.writer.close();
        self.writing.await.context("the writer has failed")?;
        self.housekeeping.shutdown().await.context("housekeeping has failed")?;
        self.store.close().await.context("cannot close the database")
    }
}

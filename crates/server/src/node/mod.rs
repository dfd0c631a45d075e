//! A node at work: doors, writer, relay and delivery over one store, from start to drained.

mod health;
mod housekeeping;
mod http;
mod metrics;
mod outwards;
pub(crate) mod signal;
#[cfg(test)]
mod tests;
mod workers;

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::web::Data;
use anyhow::{Context, anyhow};
use broker::ingest::Writer;
use broker::{Authenticator, Broker};
use store::Store;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use web::{Doors, Open};

use crate::config::{Delivery, Http, Role, Roles};
use crate::seed::seed;
use health::Health;
use metrics::Exposition;
use outwards::Outwards;
use workers::Workers;

/// How long an orderly end may take in all. Past it what still runs is cut: nothing durable is lost by that.
const DRAIN: Duration = Duration::from_secs(20);

pub(crate) struct Node {
    store: Store,
    address: SocketAddr,
    public_url: String,
    servers: Vec<ServerHandle>,
    workers: Workers,
    writer: Writer,
    writing: JoinHandle<()>,
    outwards: Outwards,
}

/// How a node is to work.
pub(crate) struct Plan<'a> {
    pub(crate) http: &'a Http,
    pub(crate) delivery: &'a Delivery,
    /// None: events go through memory.
    pub(crate) kafka: Option<bus::kafka::Settings>,
    pub(crate) roles: Roles,
    /// No other process works on this database.
    pub(crate) alone: bool,
}

impl<'a> Plan<'a> {
    /// Everything in one process, which has the database for itself.
    pub(crate) fn embedded(http: &'a Http, delivery: &'a Delivery) -> Self {
        Self { http, delivery, kafka: None, roles: Roles::all(), alone: true }
    }

    /// What carries events, for a person.
    pub(crate) fn bus(&self) -> String {
        match &self.kafka {
            None => "memory".to_owned(),
            Some(kafka) => format!("Kafka {}, topic {}", kafka.brokers, kafka.topic),
        }
    }
}

impl Node {
    pub(crate) fn start(store: Store, plan: &Plan<'_>) -> anyhow::Result<Self> {
        let settings = plan.http;
        let listener = http::bind(settings.listen)?;
        let address = listener.local_addr()?;
        let public_url = settings.public.public_url.clone().unwrap_or_else(|| format!("http://{address}"));

        let broker = Broker::new(store.clone());
        let (writer, writing) = Writer::start(store.clone(), seed()?);
        let outwards = Outwards::start(&store, plan)?;
        let allow_private_endpoints = plan.delivery.allow_private_endpoints;
        let metrics = web::Metrics::default();
        let exposition = Data::new(Exposition::new(&store, &metrics, &writer, &outwards));
        let doors = Doors {
            broker: broker.clone(),
            writer: writer.clone(),
            authenticator: Arc::new(Authenticator::new(broker)),
            settings: web::Settings { public_url: public_url.clone(), allow_private_endpoints },
            metrics: metrics.clone(),
            open: Open { ingress: plan.roles.has(Role::Ingress), api: plan.roles.has(Role::Api) },
        };
        let mut workers = Workers::new([("writer", writing.abort_handle())].into_iter().chain(outwards.tasks()));
        let health = Data::new(Health::new(&store, &workers));
        let shown = address.ip().is_loopback() && settings.metrics_listen.is_none();
        let watched = http::Watched { health: health.clone(), exposition: shown.then(|| exposition.clone()) };
        let serving = http::serve(listener, settings.workers, Some(doors), watched)?;
        let mut servers = vec![serving.handle()];
        workers.add("server", tokio::spawn(http::run(serving)).abort_handle());
        if let Some(address) = settings.metrics_listen {
            let watched = http::Watched { health, exposition: Some(exposition) };
            let serving = http::serve(http::bind(address)?, NonZeroUsize::new(1), None, watched)?;
            servers.push(serving.handle());
            workers.add("metrics", tokio::spawn(http::run(serving)).abort_handle());
        }
        Ok(Self { store, address, public_url, servers, workers, writer, writing, outwards })
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
    pub(crate) fn delivery(&self) -> Option<delivery::Status> {
        self.outwards.delivery()
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

    async fn finish(self) -> anyhow::Result<()> {
        let ((), ended) = tokio::join!(stop(self.servers), self.outwards.shutdown());
        self.writer.close();
        self.writing.await.context("the writer has failed")?;
        ended?;
        self.store.close().await.context("cannot close the database")
    }
}

async fn stop(servers: Vec<ServerHandle>) {
    for server in servers {
        server.stop(true).await;
    }
}

//! A load generator of user creates, for benches. It shares its machine with the server it measures, so it does as
//! little as it can: one connection for each client, bodies cut from one template, answers read for their status alone.

mod body;
mod gate;
mod report;

use std::time::{Duration, Instant};

use http_body_util::Full;
use hyper::Request;
use hyper::body::Bytes;
use tokio::task::JoinSet;

use body::Bodies;
pub(crate) use body::{person, prefix};
use gate::Gate;
use report::Count;
pub use report::LoadReport;

use crate::client::{Connection, outgoing};
use crate::wire::{Idp, Request as Scim};
use crate::{Error, Target};

/// A client that fails to connect again so many times in a row gives up.
const BROKEN_IN_A_ROW: u32 = 20;

/// How much load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadPlan {
    /// Connections, each with one request at a time; spread over the directories in turn.
    pub clients: usize,
    pub amount: Amount,
    /// Another seed, other userNames: a second run against the same directories needs one. Its lower 20 bits count.
    pub seed: u64,
}

/// When the load ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// After so many requests, all clients together.
    Requests(u64),
    /// After so long.
    For(Duration),
}

/// Creates users in these directories (http only). The clock starts when all clients are connected.
pub async fn run(directories: &[Target], plan: &LoadPlan) -> Result<LoadReport, Error> {
    let mut clients = Vec::new();
    for (number, target) in (0..plan.clients).zip(directories.iter().cycle()) {
        clients.push(Client::connect(number, target, plan.seed).await?);
    }
    let (gate, started) = (Gate::open(plan.amount), Instant::now());
    let running: JoinSet<Count> = clients.into_iter().map(|client| client.run(gate.clone())).collect();
    let counts = running.join_all().await;
    Ok(LoadReport::of(counts, started.elapsed()))
}

struct Client {
    connection: Connection,
    /// The request without its body.
    head: Request<Bytes>,
    bodies: Bodies,
}

impl Client {
    async fn connect(number: usize, target: &Target, seed: u64) -> Result<Self, Error> {
        let (mut connection, bearer) = (Connection::to(target)?, format!("Bearer {}", target.token));
        connection.open().await.map_err(|error| Error::Connect(target.base(), error))?;
        let (wire, bodies) = (Idp::Okta.wire(), Bodies::new(seed, number));
        let request = Scim::post("/Users", serde_json::Value::Null);
        let head = outgoing(wire, &bearer, &format!("{}/Users", target.path()), &request);
        let head = head.map_err(|_| Error::Scheme(target.scim.clone()))?.map(|_| Bytes::new());
        Ok(Self { connection, head, bodies })
    }

    async fn run(mut self, gate: Gate) -> Count {
        let (mut count, mut broken) = (Count::default(), 0);
        while broken < BROKEN_IN_A_ROW && gate.admits() {
            let started = Instant::now();
            match self.create().await {
                Some(status) => count.answer(status, started.elapsed()),
                None => count.broken += 1,
            }
            broken = if self.connection.open().await.is_ok() { 0 } else { broken + 1 };
        }
        count
    }

    async fn create(&mut self) -> Option<u16> {
        let body = self.bodies.render();
        let request = self.head.clone().map(|_| Full::from(body));
        self.connection.status(request).await.ok()
    }
}

//! What faults are done to: servers, nodes by role on them, and tenants with their receivers.

mod cast;
mod tenants;

use std::time::Duration;

use anyhow::Result;
use reqwest::Client;
use tests::process::Node;
use tests::servers::{Disk, Kafka, Postgres, Proxy};
use tests::{Database, Topic};

use crate::gather::{NOW, Seat, Seen};
pub use cast::{Member, Role};
pub use tenants::Tenant;

/// How long a request of ours may take.
const LIMIT: Duration = Duration::from_secs(10);

pub struct Scene {
    pub postgres: Postgres,
    /// By its clock, in Unix milliseconds: nothing in it is older.
    pub begun_ms: i64,
    pub kafka: Kafka,
    /// Before each broker.
    pub proxies: Vec<Proxy>,
    pub topic: Topic,
    /// Runs commands, and never serves.
    pub desk: Node,
    pub members: Vec<Member>,
    pub tenants: Vec<Tenant>,
    pub client: Client,
}

impl Scene {
    /// Two nodes of each role, but one for the API; two environments of two organizations of two directories. The database lies in
    /// `room`.
    pub async fn set(brokers: usize, room: Disk) -> Result<Self> {
        let postgres = Postgres::start_on(room, "").await?;
        let begun_ms = postgres.psql("rollcall", NOW).await?.parse()?;
        let (mut kafka, mut proxies) = (Kafka::new(brokers).await?, Vec::new());
        for broker in 0..brokers {
            let proxy = Proxy::before(([127, 0, 0, 1], kafka.port(broker)).into()).await?;
            kafka.advertise(broker, proxy.address().port());
            proxies.push(proxy);
        }
        kafka.start_all().await?;
        let topic = Topic::on(kafka.brokers());
        let desk = Node::on(&Database::elsewhere(postgres.url()).with(topic.clone())).await?;
        desk.run(&["migrate"]).await?;
        let mut members = Vec::new();
        for role in Role::CAST {
            members.push(Member::serve(&desk, role).await?);
        }
        let client = Client::builder().timeout(LIMIT).build()?;
        let mut scene = Self { postgres, begun_ms, kafka, proxies, topic, desk, members, tenants: Vec::new(), client };
        for name in ["One", "Other"] {
            let tenant = Tenant::settle(&scene, name).await?;
            scene.tenants.push(tenant);
        }
        Ok(scene)
    }

    /// The nodes of a role.
    pub fn of(&self, role: Role) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(move |member| member.role == role)
    }

    pub fn of_mut(&mut self, role: Role) -> impl Iterator<Item = &mut Member> {
        self.members.iter_mut().filter(move |member| member.role == role)
    }

    /// How many webhooks have come.
    pub fn arrived(&self) -> usize {
        self.tenants.iter().map(|tenant| tenant.subscription.inbox.all().len()).sum()
    }

    /// What is to be looked at afterwards.
    pub fn seen(&self) -> Seen<'_> {
        let tenants = self.tenants.iter().map(|tenant| Seat {
            environment: &tenant.environment,
            key: &tenant.key,
            directories: tenant.directories.iter().map(|(id, _)| id.as_str()).collect(),
            subscription: &tenant.subscription,
        });
        Seen { client: &self.client, api: self.api(), tenants: tenants.collect(), topic: Some(&self.topic) }
    }

    /// Base URL of the REST API.
    pub fn api(&self) -> String {
        self.of(Role::Api).map(Member::url).next().unwrap_or_default()
    }
}

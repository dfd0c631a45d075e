//! A store with an environment, an organization and a directory, and what tests do to it.

use anyhow::Context;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bus::kafka::{self, Kafka, Properties};
use bus::{Bus, Memory};
use model::delivery::{Attempt, Delivery};
use model::endpoint::{Endpoint, EndpointStatus};
use model::event::{Event, EventType, StreamId, Subject};
use model::id::{DirectoryId, EndpointId, EnvironmentId, EventId, GroupId, OrganizationId, UserId};
use model::query::{Order, PageQuery};
use model::secret::Secret;
use model::tenant::Environment;
use model::{Clock, Timestamp};
use store::{MasterKey, Options, Store};
use tests::{Database, Template, Topic};

use crate::fanout::Fanout;
use crate::{AddressPolicy, Breaker, Handle, Schedule, Settings};

pub(crate) type Outcome = anyhow::Result<()>;

pub(crate) static MIGRATED: Template = Template::new(|url| {
    Box::pin(async move {
        let store = open(&url, 0).await?;
        store.migrate().await?;
        Ok(store.close().await?)
    })
});

/// Runs from a fixed start.
struct RunningClock(Instant);

impl Clock for RunningClock {
    fn now_ms(&self) -> i64 {
        1_700_000_000_000 + i64::try_from(self.0.elapsed().as_millis()).unwrap()
    }
}

async fn open(url: &str, seed: u8) -> Result<Store, store::Error> {
    let clock = Arc::new(RunningClock(Instant::now()));
    let (url, master_key) = (url.to_owned(), MasterKey::new([7; 32]));
    Store::open(Options { url, master_key, seed: [seed; 32], clock, write_connections: 4, read_connections: 4 }).await
}

/// Short times: tests do not wait for days.
pub(crate) fn quick() -> Settings {
    Settings {
        alone: true,
        addresses: AddressPolicy { allow_private: true },
        request_timeout: Duration::from_millis(1_500),
        lease: Duration::from_secs(6),
        tick: Duration::from_millis(50),
        schedule: Schedule {
            first: Duration::from_millis(20),
            factor: 2,
            longest: Duration::from_millis(100),
            span: Duration::from_mins(1),
        },
        breaker: Breaker { failures: 5, first: Duration::from_millis(20), longest: Duration::from_millis(80) },
        ..Settings::default()
    }
}

/// What an event says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Say {
    pub(crate) kind: EventType,
    pub(crate) subject: Subject,
    pub(crate) revokes: bool,
}

pub(crate) struct House {
    pub(crate) store: Store,
    pub(crate) environment: EnvironmentId,
    pub(crate) organization: OrganizationId,
    pub(crate) directory: DirectoryId,
    pub(crate) database: Arc<Database>,
}

/// All of one process that delivers.
pub(crate) struct Node {
    pub(crate) delivery: Handle,
    relay: bus::relay::Handle,
}

impl Node {
    pub(crate) async fn shutdown(self) {
        self.relay.shutdown().await;
        self.delivery.shutdown().await;
    }
}

impl House {
    pub(crate) async fn new(database: Database) -> anyhow::Result<Self> {
        let store = open(database.url(), 1).await?;
        let (environment, organization, directory) = (store.new_id(0), store.new_id(0), store.new_id(0));
        let house = Self { store, environment, organization, directory, database: Arc::new(database) };
        house.insert_environment(environment).await?;
        house.insert_organization(organization).await?;
        Ok(house)
    }

    /// Next door, in the same database and process.
    pub(crate) async fn another_environment(&self) -> anyhow::Result<Self> {
        let store = self.store.clone();
        let (environment, organization, directory) = (store.new_id(0), store.new_id(0), store.new_id(0));
        let house = Self { store, environment, organization, directory, database: Arc::clone(&self.database) };
        house.insert_environment(environment).await?;
        house.insert_organization(organization).await?;
        Ok(house)
    }

    /// The same database as another process sees it.
    pub(crate) async fn another_process(&self, seed: u8) -> Result<Store, store::Error> {
        open(self.database.url(), seed).await
    }

    async fn insert_environment(&self, id: EnvironmentId) -> Outcome {
        let mut tx = self.store.begin(&[]).await?;
        let at = Timestamp(tx.now_ms);
        tx.insert_environment(&Environment { id, name: "e".to_owned(), created_at: at, updated_at: at });
        tx.commit().await?;
        Ok(())
    }

    /// Its stream: the rest of an organization is nothing to delivery.
    pub(crate) async fn insert_organization(&self, id: OrganizationId) -> Outcome {
        let mut tx = self.store.begin(&[]).await?;
        tx.insert_stream(StreamId::Organization(id), self.environment);
        tx.commit().await?;
        Ok(())
    }

    pub(crate) fn user(&self) -> UserId {
        self.store.new_id(self.store.clock_ms())
    }

    pub(crate) fn group(&self) -> GroupId {
        self.store.new_id(self.store.clock_ms())
    }

    pub(crate) fn user_says(&self, kind: EventType, user: UserId) -> Say {
        let revokes = kind == EventType::UserDeleted;
        Say { kind, subject: Subject::User(self.directory, user), revokes }
    }

    pub(crate) fn member_says(&self, kind: EventType, group: GroupId, user: UserId) -> Say {
        let revokes = kind == EventType::MemberRemoved;
        Say { kind, subject: Subject::Membership(self.directory, group, user), revokes }
    }

    /// Records events of the organization in one commit.
    pub(crate) async fn record(&self, says: &[Say]) -> anyhow::Result<Vec<EventId>> {
        self.record_in(self.organization, says).await
    }

    pub(crate) async fn record_in(&self, organization: OrganizationId, says: &[Say]) -> anyhow::Result<Vec<EventId>> {
        let stream = StreamId::Organization(organization);
        let mut tx = self.store.begin(&[stream]).await?;
        let mut head = tx.heads.get(&stream).copied().unwrap();
        let mut ids = Vec::new();
        for say in says {
            head.sequence += 1;
            let id: EventId = self.store.new_id(tx.now_ms);
            tx.record(Event {
                id,
                environment_id: self.environment,
                stream,
                sequence: head.sequence,
                previous: head.event_sequence,
                version: head.sequence,
                kind: say.kind,
                subject: say.subject,
                revokes: say.revokes,
                created_at: Timestamp(tx.now_ms),
                body: format!(r#"{{"object":"event","id":"{id}","event":"{}"}}"#, say.kind.as_str()),
            });
            head.event_sequence = head.sequence;
            ids.push(id);
        }
        tx.heads.insert(stream, head);
        tx.commit().await?;
        Ok(ids)
    }

    /// Records an event for each of so many new users, each in a commit of its own.
    pub(crate) async fn record_users(&self, count: usize) -> anyhow::Result<Vec<EventId>> {
        let mut ids = Vec::new();
        for _ in 0..count {
            ids.extend(self.record(&[self.user_says(EventType::UserCreated, self.user())]).await?);
        }
        Ok(ids)
    }

    /// An endpoint for all that webhooks carry.
    pub(crate) async fn endpoint(&self, url: &str) -> anyhow::Result<Endpoint> {
        self.endpoint_for(url, EventType::ALL).await
    }

    pub(crate) async fn endpoint_for(&self, url: &str, kinds: &[EventType]) -> anyhow::Result<Endpoint> {
        let mut tx = self.store.begin(&[StreamId::Environment(self.environment)]).await?;
        let at = Timestamp(tx.now_ms);
        let events: std::collections::BTreeSet<_> = kinds.iter().map(|kind| kind.as_str().to_owned()).collect();
        let endpoint = Endpoint {
            id: self.store.new_id(tx.now_ms),
            environment_id: self.environment,
            url: url.to_owned(),
            secret: Secret::from_text("whsec_test"),
            status: EndpointStatus::Enabled,
            events: events.into_iter().collect(),
            created_at: at,
            updated_at: at,
        };
        tx.insert_endpoint(&endpoint).await?;
        tx.commit().await?;
        Ok(endpoint)
    }

    pub(crate) async fn set_status(&self, id: EndpointId, status: EndpointStatus) -> Outcome {
        let mut tx = self.store.begin(&[StreamId::Environment(self.environment)]).await?;
        let mut endpoint = tx.get_endpoint(self.environment, id).await?.unwrap();
        let was = std::mem::replace(&mut endpoint.status, status);
        endpoint.updated_at = Timestamp(tx.now_ms);
        tx.update_endpoint(&endpoint, was).await?;
        tx.commit().await?;
        Ok(())
    }

    pub(crate) async fn delete_endpoint(&self, id: EndpointId) -> anyhow::Result<bool> {
        let mut tx = self.store.begin(&[StreamId::Environment(self.environment)]).await?;
        let deleted = tx.delete_endpoint(self.environment, id).await?;
        tx.commit().await?;
        Ok(deleted)
    }

    pub(crate) async fn status(&self, id: EndpointId) -> anyhow::Result<EndpointStatus> {
        Ok(self.store.environment(self.environment).find_endpoint(id).await?.unwrap().status)
    }

    /// Oldest first.
    pub(crate) async fn deliveries(&self, id: EndpointId) -> anyhow::Result<Vec<Delivery>> {
        let query = PageQuery { limit: 100_000, order: Order::Oldest, before: None, after: None };
        Ok(self.store.environment(self.environment).list_deliveries(id, query).await?.items)
    }

    pub(crate) async fn delivery_of(&self, id: EndpointId, event: EventId) -> anyhow::Result<Delivery> {
        let all = self.deliveries(id).await?;
        all.into_iter().find(|delivery| delivery.event_id == event).context("no such delivery")
    }

    pub(crate) async fn attempts(&self, delivery: &Delivery) -> anyhow::Result<Vec<Attempt>> {
        Ok(self.store.environment(self.environment).list_attempts(delivery.id).await?)
    }

    pub(crate) fn node(&self, settings: Settings) -> Node {
        self.node_on(&self.store, settings)
    }

    pub(crate) fn node_on(&self, store: &Store, settings: Settings) -> Node {
        let bus = self.bus(store);
        let relay = bus::relay::Settings {
            alone: settings.alone,
            lease: settings.lease,
            tick: settings.tick,
            ..bus::relay::Settings::default()
        };
        let relay = bus::relay::start(store, Arc::clone(&bus), &relay);
        Node { delivery: crate::start(store, bus, settings).unwrap(), relay }
    }

    fn bus(&self, store: &Store) -> Arc<dyn Bus> {
        let Some(Topic { brokers, name }) = self.database.topic().cloned() else { return Arc::new(Memory::default()) };
        let (partitions, replication, properties) = (4, None, Properties::default());
        Arc::new(Kafka::new(store, kafka::Settings { brokers, topic: name, partitions, replication, properties }))
    }

    /// Makes deliveries of all that was recorded, without a node.
    pub(crate) async fn fan_out(&self) -> anyhow::Result<usize> {
        let (owner, _unheard) = tokio::sync::mpsc::channel(1_000);
        Ok(Fanout::new((&self.store, false), owner, Arc::default(), Arc::default()).run_once().await?)
    }

    /// Waits until nothing is left to do.
    pub(crate) async fn settled(&self, node: &Node) -> Outcome {
        let settled = node.delivery.status();
        Ok(tokio::time::timeout(LIMIT, settled.settled(self.environment)).await??)
    }
}

/// How long a test waits for what must come.
pub(crate) const LIMIT: Duration = Duration::from_secs(30);

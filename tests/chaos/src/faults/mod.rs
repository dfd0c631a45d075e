//! What is done to a scene under load, and how it ends.

mod clock;
mod kafka;
mod nodes;
mod postgres;

use std::time::Duration;

use anyhow::{Result, ensure};
use tests::servers::Disk;

use crate::scene::{Role, Scene};

/// A new database takes 40, and the log of its writes grows from 16 on.
const DISK_MEGABYTES: u32 = 256;

/// At least so many webhooks come while there are no brokers.
const COME_BY_THE_LOG: usize = 100;

/// What is remembered of a fault's beginning.
pub struct Trace {
    arrived: usize,
}

/// One of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing at all: that the rest is not to blame.
    Nothing,
    KillIngress,
    KillApi,
    KillRelay,
    KillDelivery,
    PauseIngress,
    PauseRelay,
    PauseDelivery,
    BrokerRestarts,
    BrokersAreGone,
    LeaderIsKilled,
    TopicIsMadeAgain,
    DatabaseRestarts,
    DatabaseCrashes,
    ConnectionsAreKilled,
    DiskIsFull,
    /// Of one node of each role, by two hours.
    ClocksAreAhead,
}

impl Fault {
    pub const ALL: &[Self] = &[
        Self::Nothing,
        Self::KillIngress,
        Self::KillApi,
        Self::KillRelay,
        Self::KillDelivery,
        Self::PauseIngress,
        Self::PauseRelay,
        Self::PauseDelivery,
        Self::BrokerRestarts,
        Self::BrokersAreGone,
        Self::LeaderIsKilled,
        Self::TopicIsMadeAgain,
        Self::DatabaseRestarts,
        Self::DatabaseCrashes,
        Self::ConnectionsAreKilled,
        Self::DiskIsFull,
        Self::ClocksAreAhead,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::KillIngress => "kill-ingress",
            Self::KillApi => "kill-api",
            Self::KillRelay => "kill-relay",
            Self::KillDelivery => "kill-delivery",
            Self::PauseIngress => "pause-ingress",
            Self::PauseRelay => "pause-relay",
            Self::PauseDelivery => "pause-delivery",
            Self::BrokerRestarts => "broker-restarts",
            Self::BrokersAreGone => "brokers-are-gone",
            Self::LeaderIsKilled => "leader-is-killed",
            Self::TopicIsMadeAgain => "topic-is-made-again",
            Self::DatabaseRestarts => "database-restarts",
            Self::DatabaseCrashes => "database-crashes",
            Self::ConnectionsAreKilled => "connections-are-killed",
            Self::DiskIsFull => "disk-is-full",
            Self::ClocksAreAhead => "clocks-are-ahead",
        }
    }

    /// How many brokers it wants.
    pub const fn brokers(self) -> usize {
        if matches!(self, Self::LeaderIsKilled) { 3 } else { 1 }
    }

    /// What the database lies on.
    pub const fn disk(self) -> Disk {
        if matches!(self, Self::DiskIsFull) { Disk::Own(DISK_MEGABYTES) } else { Disk::Shared }
    }

    /// From its beginning to its end.
    pub const fn lasts(self) -> Duration {
        Duration::from_secs(match self {
            // Past the leases: of a relay 10 s, of endpoints 20 s; an ingress node loses its locks after 2 s, in 5 s others have written.
            Self::PauseRelay => 15,
            Self::PauseDelivery => 25,
            Self::BrokersAreGone => 60,
            // A relay's lease runs out with the node that had it; the next one is a node that is ahead, or not.
            Self::ClocksAreAhead => 30,
            Self::DiskIsFull => 10,
            _ => 5,
        })
    }

    /// Whether its end gives back what its beginning took; else others take its place.
    pub const fn restores(self) -> bool {
        !matches!(self, Self::KillRelay | Self::KillDelivery | Self::TopicIsMadeAgain | Self::ConnectionsAreKilled)
    }

    pub async fn begin(self, scene: &mut Scene) -> Result<Trace> {
        self.strike(scene).await?;
        Ok(Trace { arrived: scene.arrived() })
    }

    async fn strike(self, scene: &mut Scene) -> Result<()> {
        match self {
            Self::Nothing => Ok(()),
            Self::KillIngress => nodes::kill(scene, Role::Ingress).await,
            Self::KillApi => nodes::kill(scene, Role::Api).await,
            Self::KillRelay => nodes::kill_leader(scene).await,
            Self::KillDelivery => nodes::kill_deliverer(scene).await,
            Self::PauseIngress => nodes::pause_in_transaction(scene).await,
            Self::PauseRelay => nodes::pause_leader(scene).await,
            Self::PauseDelivery => nodes::pause_deliverer(scene).await,
            Self::BrokerRestarts => scene.kafka.stop(0).await,
            Self::BrokersAreGone => {
                scene.proxies.iter().for_each(tests::servers::Proxy::cut);
                Ok(())
            }
            Self::LeaderIsKilled => kafka::kill_leader(scene).await,
            Self::TopicIsMadeAgain => kafka::make_again(scene).await,
            Self::DatabaseRestarts => scene.postgres.stop().await,
            Self::DatabaseCrashes => scene.postgres.crash().await,
            Self::ConnectionsAreKilled => postgres::kill_connections(scene).await,
            Self::DiskIsFull => scene.postgres.fill_disk().await,
            Self::ClocksAreAhead => clock::set_ahead(scene).await,
        }
    }

    /// Whether it came about, where that could be missed; before its end.
    pub async fn look(self, scene: &Scene, trace: &Trace) -> Result<()> {
        match self {
            Self::PauseRelay => nodes::is_led(scene).await,
            Self::PauseDelivery => nodes::is_owned(scene).await,
            Self::BrokersAreGone => {
                let came = scene.arrived() - trace.arrived;
                ensure!(came > COME_BY_THE_LOG, "{came} webhooks came without brokers");
                Ok(())
            }
            Self::DiskIsFull => {
                ensure!(scene.postgres.log()?.contains("No space left on device"), "the disk was large enough");
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// What was taken away comes back, but for relays and deliverers: others take their place.
    pub async fn end(self, scene: &mut Scene) -> Result<()> {
        match self {
            Self::KillIngress => nodes::start(scene, Role::Ingress).await,
            Self::KillApi => nodes::start(scene, Role::Api).await,
            Self::PauseIngress | Self::PauseRelay | Self::PauseDelivery => nodes::resume(scene).await,
            Self::BrokerRestarts | Self::LeaderIsKilled => kafka::start(scene).await,
            Self::BrokersAreGone => {
                scene.proxies.iter().for_each(tests::servers::Proxy::heal);
                Ok(())
            }
            Self::DatabaseRestarts | Self::DatabaseCrashes => scene.postgres.up().await,
            Self::DiskIsFull => scene.postgres.empty_disk().await,
            Self::ClocksAreAhead => clock::set_back(scene).await,
            Self::Nothing
            | Self::KillRelay
            | Self::KillDelivery
            | Self::TopicIsMadeAgain
            | Self::ConnectionsAreKilled => Ok(()),
        }
    }
}

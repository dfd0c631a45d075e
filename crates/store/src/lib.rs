#![doc = include_str!("../README.md")]

mod bulk;
mod clock;
mod cursors;
mod deliveries;
mod dialect;
mod directories;
mod document;
mod endpoints;
mod environments;
mod error;
mod durability;
mod events;
mod fanout;
mod groups;
mod installation;
mod leases;
mod memberships;
mod migrate;
mod open;
mod organizations;
mod purge;
mod page;
mod pending;
mod procedure;
mod query;
mod read;
mod reader;
mod results;
mod script;
mod seal;
mod statement;
mod system;
#[expect(unreachable_pub, reason = "the derives of sea-orm need public rows; the module is private")]
mod table;
mod tokens;
mod tx;
mod users;
mod view;
mod wake;

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};

use model::id::{Id, IdSource, Kind};
use rand::rngs::StdRng;
use sea_orm::DatabaseConnection;

pub use cursors::{Behind, LogReader};
pub use deliveries::Backlog;
pub use document::Condition;
pub use durability::Durability;
pub use endpoints::{SHARDS, shard_of};
pub use error::Error;
pub use events::Positioned;
pub use fanout::{Fanned, FanoutTx};
pub use leases::{Holder, Lease, LeaseRow};
pub use open::Options;
pub use pending::{Pending, Waiting};
pub use purge::PURGE_ROWS;
pub use reader::{DirectoryReader, Reader};
pub use results::{Covering, DeliveryResult, Results, Stop};
pub use seal::MasterKey;
pub use system::System;
pub use tokens::Authenticated;
pub use tx::{Committed, Contended, Head, Net, Tx, Writes};
pub use view::UserWithGroups;
pub use wake::{Listener, MAX_CARRIED, News};

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    write: DatabaseConnection,
    /// The batching writer's own connections, warm and never waited for; on SQLite the one for all writes.
    batch: DatabaseConnection,
    read: DatabaseConnection,
    dialect: dialect::Dialect,
    clock: Arc<dyn model::Clock>,
    anchor: clock::Anchor,
    master_key: MasterKey,
    wake: wake::Wake,
    statements: Arc<AtomicU64>,
    draw: Mutex<Draw>,
}

/// Where the store's own ids and nonces come from.
struct Draw {
    ids: IdSource,
    rng: StdRng,
}

impl Store {
    /// A new id at `now_ms`; those of one store strictly rise.
    pub fn new_id<K: Kind>(&self, now_ms: i64) -> Id<K> {
        let Draw { ids, rng } = &mut *self.0.draw.lock().unwrap_or_else(PoisonError::into_inner);
        ids.next(now_ms, rng)
    }

    /// Draws with the store's generator.
    pub fn draw<T>(&self, with: impl FnOnce(&mut StdRng) -> T) -> T {
        with(&mut self.0.draw.lock().unwrap_or_else(PoisonError::into_inner).rng)
    }

    /// The node's time. Rows take [`Tx::now_ms`] instead.
    pub fn clock_ms(&self) -> i64 {
        self.0.clock.now_ms()
    }

    /// Hears of every commit of this process.
    pub fn listen(&self) -> Listener {
        self.0.wake.listen()
    }
}

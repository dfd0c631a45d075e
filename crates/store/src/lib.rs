#![doc = include_str!("../README.md")]

// The store, and how it is opened.
mod store;
mod open;
mod connections;
mod migrate;
mod durability;
mod installation;
mod clock;
mod error;
// The SQL.
mod dialect;
mod rows;
mod statement;
mod bulk;
mod script;
mod procedure;
mod query;
mod read;
mod page;
#[expect(unreachable_pub, reason = "the derives of sea-orm need public rows; the module is private")]
mod table;
// Writing.
mod tx;
mod wake;
mod seal;
mod leases;
// Who sees what.
mod reader;
mod system;
// The nouns.
mod environments;
mod organizations;
mod directories;
mod tokens;
mod users;
mod groups;
mod memberships;
mod parked;
mod document;
mod view;
// The log, and what becomes of it.
mod events;
mod cursors;
mod marks;
mod lag;
mod endpoints;
mod fanout;
mod pending;
mod results;
mod deliveries;
mod answers;
mod purge;

pub use cursors::{Behind, LogReader};
pub use deliveries::Backlog;
pub use document::{Bound, Condition, Extent, Key, Listing, SortBy, Start};
pub use durability::Durability;
pub use endpoints::{SHARDS, shard_of};
pub use error::Error;
pub use events::{MAX_PAGE_BYTES, Page, Positioned};
pub use fanout::{Fanned, FanoutTx};
pub use lag::{Lag, Late, Pool};
pub use leases::{Holder, Lease, LeaseRow};
pub use marks::Leader;
pub use migrate::Schema;
pub use open::Options;
pub use pending::{Enabled, Pending, Waiting};
pub use purge::PURGE_ROWS;
pub use reader::{DirectoryReader, Reader};
pub use results::{Covering, DeliveryResult, Results, Stop};
pub use seal::MasterKey;
pub use store::Store;
pub use system::System;
pub use tokens::Authenticated;
pub use tx::{Committed, Contended, Head, Net, Tx, Writes};
pub use view::UserWithGroups;
pub use wake::{Listener, MAX_CARRIED, MAX_CARRIED_BYTES, News};

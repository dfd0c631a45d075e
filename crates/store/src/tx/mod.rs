//! A write transaction: begin (which locks), write, record, commit (which draws positions).
//!
//! Locks go in one order: streams by id, then other rows by id, counters by id last, each taken by an ordered SELECT. So
//! two transactions never wait for each other in a circle.

mod begin;
mod commit;
mod load;
mod record;
mod write;

use std::collections::BTreeMap;

use model::event::{Event, StreamId};
use model::id::{EndpointId, EnvironmentId};
use sea_orm::DatabaseTransaction;

pub use begin::Contended;
pub use commit::Committed;
pub use write::{Net, Writes};

use crate::Store;
use crate::script::Script;

/// A stream under lock: its counters move in memory and are written at commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    pub environment_id: EnvironmentId,
    /// Moves with every change of the stream's rows, settings and state, told or not.
    pub sequence: i64,
    /// The sequence of the stream's last event, 0 for none.
    pub event_sequence: i64,
}

#[expect(clippy::struct_field_names, reason = "the database's own transaction has no other name")]
/// A transaction that holds the locks of its streams. Dropped without [`Tx::commit`], it is rolled back.
pub struct Tx {
    pub(crate) store: Store,
    pub(crate) tx: DatabaseTransaction,
    /// The database's time, which rows, ids and events take (on SQLite the node's), in Unix milliseconds.
    pub now_ms: i64,
    /// The locked streams, to be moved by the caller.
    pub heads: BTreeMap<StreamId, Head>,
    loaded: BTreeMap<StreamId, Head>,
    /// What is written last, together: it does not depend on earlier writes.
    pub(crate) script: Script,
    events: Vec<Event>,
    /// Endpoints whose owner must hear of it.
    pub(crate) endpoints: Vec<EndpointId>,
}

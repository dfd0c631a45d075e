//! A write transaction: begin (which locks), write, record, commit (which draws positions).
//!
//! It has two forms. The usual one locks its streams first and keeps a database transaction open. An attempt reads without locks
//! and sends everything at the end in one round trip, which writes only if no stream has moved since: see [`attempt`].
//!
//! Locks go in one order: streams by id, then other rows by id, counters by id last, each taken by an ordered SELECT. So
//! two transactions never wait for each other in a circle.

mod attempt;
mod begin;
mod commit;
mod link;
mod load;
mod lost;
mod record;
mod write;

use std::collections::BTreeMap;

use model::event::{Event, StreamId};
use model::id::{EndpointId, EnvironmentId};

pub use begin::Contended;
pub use commit::Committed;
pub(crate) use record::{event_cells, event_texts};
pub(crate) use write::bump_text;
pub use write::{Net, Writes};

use crate::Store;
use crate::script::Script;
use commit::Places;
use link::Link;

/// A stream under lock: its counters move in memory and are written at commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    pub environment_id: EnvironmentId,
    /// Moves with every change of the stream's rows, settings and state, told or not.
    pub sequence: i64,
    /// The sequence of the stream's last event, 0 for none.
    pub event_sequence: i64,
}

/// A transaction that holds the locks of its streams, or an attempt. Dropped without [`Tx::commit`], it has written nothing.
#[expect(clippy::struct_field_names, reason = "the database's own transaction has no other name")]
pub struct Tx {
    pub(crate) store: Store,
    pub(crate) tx: Link,
    /// The database's time, which rows, ids and events take (on SQLite the node's), in Unix milliseconds.
    pub now_ms: i64,
    /// The streams that were locked or read, to be moved by the caller.
    pub heads: BTreeMap<StreamId, Head>,
    loaded: BTreeMap<StreamId, Head>,
    /// The heads were not read for this attempt: even if it writes nothing, they must be checked.
    remembered: bool,
    /// What is written last, together: it does not depend on earlier writes.
    pub(crate) script: Script,
    /// What an attempt will write.
    staged: Writes,
    events: Vec<Event>,
    /// The commits of the events that were written before the others.
    placed: Places,
    flushed: bool,
    /// Endpoints whose owner must hear of it.
    pub(crate) endpoints: Vec<EndpointId>,
}

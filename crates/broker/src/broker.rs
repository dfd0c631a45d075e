//! The handle that the doors hold.

use std::sync::Arc;

use model::Timestamp;
use model::event::{EventType, StreamId, Subject};
use model::id::{EnvironmentId, Id, Kind, RequestId};
use serde::Serialize;
use store::{Reader, Store, Tx};
use tokio::sync::Semaphore;

use crate::draft::Draft;
use crate::error::Error;

/// Verbs and reads over one store. Cheap to clone.
#[derive(Clone)]
pub struct Broker {
    pub(crate) store: Store,
    /// Scans of a list hold many documents at once, so they take turns.
    pub(crate) scans: Arc<Semaphore>,
}

/// How many scans run beside each other on a node.
const SCANS: usize = 2;

impl Broker {
    pub fn new(store: Store) -> Self {
        Self { store, scans: Arc::new(Semaphore::new(SCANS)) }
    }

    pub(crate) fn reader(&self, environment_id: EnvironmentId) -> Reader {
        self.store.environment(environment_id)
    }

    /// An id for a request to a door, at the node's time.
    pub fn request_id(&self) -> RequestId {
        self.store.new_loose_id()
    }

    pub(crate) fn new_id<K: Kind>(&self, tx: &Tx) -> Id<K> {
        self.store.new_id(tx.now_ms)
    }

    /// Moves a stream that the transaction holds and records an event at the new sequence, which it answers.
    pub(crate) fn record(
        &self,
        tx: &mut Tx,
        stream: StreamId,
        (kind, subject, revokes): (EventType, Subject, bool),
        data: &impl Serialize,
    ) -> Result<i64, Error> {
        let draft = Draft { id: self.new_id(tx), stream, kind, subject, revokes, created_at: Timestamp(tx.now_ms) };
        let head = tx.heads.get_mut(&stream).ok_or_else(|| Error::not_found("an organization", stream))?;
        head.sequence += 1;
        let sequence = head.sequence;
        let corrupt = |_| Error::Unavailable(store::Error::Corrupt { what: "event" });
        let event = draft.write(head, data).map_err(corrupt)?;
        tx.record(event);
        Ok(sequence)
    }
}

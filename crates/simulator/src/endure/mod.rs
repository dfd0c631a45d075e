//! Mixed writes against a server that may be killed and started again meanwhile, with a memory: every accepted write,
//! every lost answer, and the state that must be there at the end.
//!
//! Each client owns its users and one group, so that what must be there does not depend on the others. After a lost
//! answer a create is first looked up by name, and sent again only if it is not there; the other writes are repeated,
//! since the same state twice is a success.

mod attempt;
mod client;
mod ledger;
mod write;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::future::join_all;
use serde::Serialize;

use client::Client;
pub use ledger::{GroupRecord, UserRecord};
pub use write::{Accepted, Write, WriteKind};

use crate::{Error, Target};

/// How many writes, by how many, and how patient they are.
#[derive(Clone, Debug)]
pub struct EndurePlan {
    /// Each with one request at a time; spread over the directories in turn.
    pub clients: usize,
    /// All clients together.
    pub writes: u64,
    /// No write begins later.
    pub lasts: Option<Duration>,
    /// The same seed, the same writes.
    pub seed: u64,
    /// A write that cannot be settled for so long is given up, and its client with it.
    pub patience: Duration,
    /// From the begin of a client's write to that of its next one, at least.
    pub pace: Duration,
    /// Read it to kill the server while something is in flight.
    pub in_flight: InFlight,
}

/// Writes that were sent and are not answered yet. Clones share the count.
#[derive(Clone, Debug, Default)]
pub struct InFlight(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    now: AtomicUsize,
    marks: AtomicUsize,
    cut: AtomicUsize,
}

impl InFlight {
    pub fn count(&self) -> usize {
        self.0.now.load(Ordering::SeqCst)
    }

    /// Call it right before the server is killed: what is in flight now, and then loses its answer, was cut by that.
    pub fn mark(&self) {
        self.0.marks.fetch_add(1, Ordering::SeqCst);
    }

    /// How many writes were in flight at a mark and lost their answers after it.
    pub fn cut(&self) -> usize {
        self.0.cut.load(Ordering::SeqCst)
    }

    /// Counts until the flight is dropped.
    fn enter(&self) -> Flight {
        self.0.now.fetch_add(1, Ordering::SeqCst);
        Flight { counts: Arc::clone(&self.0), marks: self.0.marks.load(Ordering::SeqCst) }
    }
}

/// One write in flight.
struct Flight {
    counts: Arc<Counts>,
    /// How many marks there were when it was sent.
    marks: usize,
}

impl Flight {
    fn lose(&self) {
        let cut = self.marks < self.counts.marks.load(Ordering::SeqCst);
        self.counts.cut.fetch_add(usize::from(cut), Ordering::SeqCst);
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.counts.now.fetch_sub(1, Ordering::SeqCst);
    }
}

/// What the clients remember.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct EndureReport {
    /// In the order of each client; clients one after the other.
    pub accepted: Vec<Accepted>,
    /// Writes one or more of whose answers were lost; most of them were settled afterwards.
    pub lost: Vec<Write>,
    /// Writes that the server refused, with the status.
    pub refused: Vec<(Write, u16)>,
    /// Writes whose outcome is unknown.
    pub given_up: Vec<Write>,
    /// Connections made after the first ones.
    pub reconnects: u64,
    /// The users that must be there, and how.
    pub users: Vec<UserRecord>,
    /// The groups that must be there, and who is in them.
    pub groups: Vec<GroupRecord>,
}

/// Told of each accepted write.
pub type Witness<'a> = dyn Fn(&Accepted) + Send + Sync + 'a;

/// Writes to these directories (http only) until all is written or given up.
pub async fn run(directories: &[Target], plan: &EndurePlan, witness: &Witness<'_>) -> Result<EndureReport, Error> {
    let targets = directories.iter().enumerate().cycle();
    let clients: Result<Vec<Client>, Error> = (0..plan.clients)
        .zip(targets)
        .map(|(number, (place, target))| Client::new(number, place, target, plan))
        .collect();
    let reports = join_all(clients?.into_iter().map(|client| client.run(witness))).await;
    Ok(reports.into_iter().fold(EndureReport::default(), EndureReport::merge))
}

impl EndureReport {
    fn merge(mut self, other: Self) -> Self {
        self.accepted.extend(other.accepted);
        self.lost.extend(other.lost);
        self.refused.extend(other.refused);
        self.given_up.extend(other.given_up);
        self.reconnects += other.reconnects;
        self.users.extend(other.users);
        self.groups.extend(other.groups);
        self
    }
}

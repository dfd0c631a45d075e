//! Ingest: what an identity provider asks for becomes rows and events.
//!
//! The cast: a [`Request`] is a parsed SCIM write; [`Needs`] names rows, [`Loaded`] holds those read from the database,
//! [`Working`] is what a batch has built on top of them so far; [`execute`](execute::execute) does one request on it and
//! gives an [`Answer`] or a refusal. All of that is pure. The [`Writer`] is the one task that loads, runs the pure core for
//! each request of a batch in order (a large one on a thread beside), and commits the net rows with their events in one transaction.

mod batch;
mod core;
mod execute;
mod groups;
mod known;
mod left_over;
mod loaded;
mod members;
mod metrics;
mod needs;
mod parked;
mod persist;
mod queue;
mod record;
mod request;
mod roster;
mod shelf;
mod users;
mod working;
mod writer;

pub use known::MAX_KNOWN;
pub use members::{MAX_TOLD_BYTES, MAX_TOLD_IN_PIECES};
pub use metrics::Metrics;
pub use parked::{MAX_ARRIVING, MAX_PARKED};
pub use queue::{MAX_QUEUED, MAX_QUEUED_PER_STREAM};
pub use request::{Answer, GroupAnswer, Refusal, Request, Unknown, UserAnswer, Write};
pub use writer::{MAX_BATCH, Writer};

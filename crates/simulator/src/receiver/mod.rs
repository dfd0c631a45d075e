//! A webhook receiver: what an application developer would write, with a say in how it answers.
//!
//! A [`Receiver`] serves several [`Endpoint`]s, each with its own secret and [`Behaviour`]. Every delivery becomes a
//! [`Received`] and is handed to a [`Sink`]; an [`Inbox`] is a sink that tests can wait on.

mod behaviour;
mod endpoint;
mod inbox;
mod instant;
mod line;
mod received;
mod serve;
mod verify;

pub use behaviour::{Behaviour, Reply};
pub use endpoint::Endpoint;
pub use inbox::Inbox;
pub use received::{Received, Resource};
pub use serve::{Clock, Receiver, Sink};
pub use verify::{TOLERANCE_MS, VerifyError, verify};

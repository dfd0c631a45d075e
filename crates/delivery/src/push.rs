//! How a fan-out tells the owner in the same process what it has made, so that the owner need not read it.
//!
//! A push is a shortcut past the database and must never contradict it. Two things may make it stale, and each is
//! recognised: the owner has read the endpoint's rows since the fan-out began (its [`Stamp`]; the row may be known, even
//! ended, by now), and another node has fanned out from the same stream in between (then older rows exist that nobody pushed:
//! the environment is [`broken`](Push::broken)). In both the owner reads the rows instead.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use model::event::Event;
use model::id::{EndpointId, EnvironmentId};
use store::Pending;

/// A moment of this process. Drawn before a fan-out begins and after a read has ended, it tells whether the read can have
/// seen what the fan-out made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Stamp(u64);

/// Draws rising stamps.
#[derive(Debug, Default)]
pub(crate) struct Stamps(AtomicU64);

impl Stamps {
    pub(crate) fn draw(&self) -> Stamp {
        Stamp(self.0.fetch_add(1, Ordering::SeqCst) + 1)
    }
}

/// What one transaction of a fan-out made.
#[derive(Debug)]
pub(crate) struct Push {
    /// From before the transaction began.
    pub(crate) stamp: Stamp,
    /// Environments in which somebody else fanned out since this process last did.
    pub(crate) broken: BTreeSet<EnvironmentId>,
    pub(crate) deliveries: Vec<Pushed>,
}

/// A new delivery, with its event at hand.
#[derive(Debug, Clone)]
pub(crate) struct Pushed {
    pub(crate) endpoint_id: EndpointId,
    pub(crate) pending: Pending,
    pub(crate) body: Body,
}

/// The body of an event, shared with the commit that recorded it.
#[derive(Debug, Clone)]
pub(crate) struct Body {
    pub(crate) events: Arc<[Event]>,
    pub(crate) at: usize,
}

impl Body {
    pub(crate) fn event(&self) -> &Event {
        &self.events[self.at]
    }
}

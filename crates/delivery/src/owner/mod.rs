//! Owners: a node alone sends to the endpoints of the shards it leases, so their order, concurrency and circuit breaker are
//! its memory over durable rows.
//!
//! The cast:
//! - The [`Owner`] is one task per node. It decides; it never waits for a database or a network. [`Message`]s come in.
//! - An [`Owned`] endpoint is [`Lanes`](crate::lanes::Lanes) (the order), a [`Window`](window::Window) (which rows they hold), [`Health`](health::Health)
//!   (how many requests at once, and whether any) and its configuration.
//! - The [ledger](crate::ledger) is the one task that reads and writes the owner's rows, one [`Order`](crate::ledger::Order) after the other: what it reads
//!   is never older than what it has written, and the owner hears of both in that order. That is all that keeps an ended row from
//!   coming back.
//! - A request is a task of its own; it comes back as [`Answered`].
//!
//! ```text
//! fan-out ── Fanned ──►┌───────┐── start ──► request ── Answered ──┐
//! shards  ── Held ────►│ Owner │◄──────────────────────────────────┘
//! store   ── News ────►└───────┘── Order ──► ledger ── Written, Loaded, Waiting ──► Owner
//! ```

mod answered;
mod bodies;
mod dispatch;
mod failing;
mod fanned;
mod health;
mod load;
mod owned;
mod pump;
mod request;
mod run;
mod shards;
mod subject;
mod tick;
mod window;
mod written;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use model::id::{DeliveryId, EndpointId};
use store::{Store, Waiting};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::http::Client;
use crate::ledger::{Loaded, Order};
use crate::progress::Progress;
use crate::push::{Push, Stamp, Stamps};
use crate::settings::Settings;
pub(crate) use answered::Answered;
use answered::Ended;
use bodies::Bodies;
use owned::Owned;
pub(crate) use run::run;
pub(crate) use shards::{HeldShard, Seized, lease_name, parse_lease_name};
pub(crate) use window::LARGEST_SIZE;

/// Whom an owner talks to.
pub(crate) struct Ties {
    pub(crate) client: Client,
    pub(crate) stamps: Arc<Stamps>,
    pub(crate) progress: Arc<Progress>,
    /// To itself, for requests.
    pub(crate) messages: mpsc::Sender<Message>,
    pub(crate) orders: mpsc::Sender<Order>,
    /// Shards that have been left, back to the keeper.
    pub(crate) left: mpsc::UnboundedSender<BTreeSet<u8>>,
}

/// What an owner hears.
#[derive(Debug)]
pub(crate) enum Message {
    /// New deliveries.
    Fanned(Push),
    /// A request has ended.
    Answered(Answered),
    /// Requests that were not made: their events could not be read, or not in time.
    Unsent { endpoint_id: EndpointId, life: u64, deliveries: Vec<DeliveryId> },
    /// The results of the last order stand; for these deliveries as told.
    Written(BTreeSet<DeliveryId>),
    /// An endpoint's configuration and window.
    Loaded(Box<Loaded>),
    /// The read failed.
    NotLoaded(EndpointId),
    /// The endpoints of this node that have something pending.
    Waiting(Vec<Waiting>),
    /// The ledger is free.
    Idle,
    /// The shards this node holds, and those of them that it is to leave.
    Held { held: BTreeMap<u8, HeldShard>, leave: BTreeSet<u8> },
}

/// One node's endpoints.
pub(crate) struct Owner {
    store: Store,
    settings: Settings,
    ties: Ties,

    shards: BTreeMap<u8, HeldShard>,
    leave: BTreeSet<u8>,
    /// Of those, told to the keeper.
    left: BTreeSet<u8>,
    endpoints: HashMap<EndpointId, Owned>,
    /// Counts endpoints taken into memory: an answer to an earlier life is recognised.
    lives: u64,
    /// What was pushed before it may have been read by an earlier life.
    floor: Stamp,
    bodies: Bodies,

    /// When an endpoint must be looked at again, by [`Store::now_ms`].
    timers: BTreeSet<(i64, EndpointId)>,
    /// Endpoints to look at before the next wait.
    touched: BTreeSet<EndpointId>,
    /// Endpoints to read.
    wanted: BTreeSet<EndpointId>,
    must_look: bool,
    /// Not before this.
    look_at: Instant,
    ended: Vec<Ended>,
    /// Handed to the ledger, not yet written.
    writing: Vec<Ended>,
    write_at: Option<Instant>,
    ledger_is_busy: bool,
    in_flight: usize,
    ticks: u64,
    closing: bool,
}

impl Owner {
    pub(crate) fn new(store: &Store, settings: Settings, ties: Ties) -> Self {
        Self {
            store: store.clone(),
            settings,
            ties,
            shards: BTreeMap::new(),
            leave: BTreeSet::new(),
            left: BTreeSet::new(),
            endpoints: HashMap::new(),
            lives: 0,
            floor: Stamp::default(),
            bodies: Bodies::default(),
            timers: BTreeSet::new(),
            touched: BTreeSet::new(),
            wanted: BTreeSet::new(),
            must_look: false,
            look_at: Instant::now(),
            ended: Vec::new(),
            writing: Vec::new(),
            write_at: None,
            ledger_is_busy: false,
            in_flight: 0,
            ticks: 0,
            closing: false,
        }
    }
}

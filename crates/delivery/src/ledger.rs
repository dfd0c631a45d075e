//! The one task that reads and writes an owner's rows, one order after the other.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use model::id::EndpointId;
use store::{Enabled, Holder, Pending, Results, Store, System};
use tokio::sync::mpsc;
use tokio::time::sleep;

use crate::owner::{LARGEST_SIZE, Message};
use crate::push::{Stamp, Stamps};

/// How long it waits before it writes the same results again.
const RETRY_PAUSE: Duration = Duration::from_millis(200);

/// What is done before the next order is taken, in this order.
#[derive(Debug, Default)]
pub(crate) struct Order {
    pub(crate) results: Option<Results>,
    pub(crate) loads: Vec<Load>,
    /// Which endpoints of these shards wait?
    pub(crate) look: Option<Vec<u8>>,
}

/// An endpoint to be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    pub(crate) endpoint_id: EndpointId,
    pub(crate) life: u64,
    /// How many of its oldest rows.
    pub(crate) limit: usize,
}

/// An endpoint as it was read.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) endpoint_id: EndpointId,
    pub(crate) life: u64,
    /// None: disabled, stopped, or deleted; then no rows either.
    pub(crate) config: Option<Enabled>,
    /// Its oldest rows, in one snapshot.
    pub(crate) rows: Vec<Pending>,
    /// There are more; of these, the oldest revocations.
    pub(crate) cut: bool,
    pub(crate) revocations: Vec<Pending>,
    /// When the read ended.
    pub(crate) read_at: Stamp,
}

pub(crate) struct Ledger {
    store: Store,
    system: System,
    holder: Holder,
    stamps: Arc<Stamps>,
    owner: mpsc::Sender<Message>,
}

impl Ledger {
    pub(crate) fn new(store: &Store, holder: Holder, stamps: Arc<Stamps>, owner: mpsc::Sender<Message>) -> Self {
        Self { store: store.clone(), system: store.system(), holder, stamps, owner }
    }

    /// Until the owner has ended.
    pub(crate) async fn run(self, mut orders: mpsc::Receiver<Order>) {
        while let Some(order) = orders.recv().await {
            self.carry_out(order).await;
            self.tell(Message::Idle).await;
        }
    }

    async fn carry_out(&self, order: Order) {
        if let Some(results) = order.results {
            self.write(&results).await;
        }
        if !order.loads.is_empty() {
            self.load_all(&order.loads).await;
        }
        if let Some(shards) = order.look {
            match self.system.waiting_endpoints(shards).await {
                Ok(waiting) => self.tell(Message::Waiting(waiting)).await,
                Err(error) => warn(&error),
            }
        }
    }

    /// Writes until it is written: what ended here must not be sent again because the database was away.
    async fn write(&self, results: &Results) {
        while !self.owner.is_closed() {
            match self.system.write_results(&self.holder, results, self.store.now_ms()).await {
                Ok(written) => return self.tell(Message::Written(written)).await,
                Err(error) => warn(&error),
            }
            sleep(RETRY_PAUSE).await;
        }
    }

    async fn load_all(&self, loads: &[Load]) {
        let ids: BTreeSet<_> = loads.iter().map(|load| load.endpoint_id).collect();
        let configs = self.system.enabled_endpoints(&ids).await;
        let mut configs = configs.inspect_err(warn);
        for load in loads {
            let loaded = match &mut configs {
                Ok(configs) => Some(self.load(*load, configs.remove(&load.endpoint_id)).await),
                Err(_) => None,
            };
            let loaded = loaded.and_then(|loaded| loaded.inspect_err(|error| warn_of(load.endpoint_id, error)).ok());
            let message =
                loaded.map_or(Message::NotLoaded(load.endpoint_id), |loaded| Message::Loaded(Box::new(loaded)));
            self.tell(message).await;
        }
    }

    async fn load(&self, load: Load, config: Option<Result<Enabled, store::Error>>) -> Result<Loaded, store::Error> {
        let config = config.transpose()?;
        let (rows, revocations) = match config {
            Some(_) => self.read(load).await?,
            None => (Vec::new(), Vec::new()),
        };
        let Load { endpoint_id, life, limit } = load;
        let (cut, read_at) = (rows.len() == limit, self.stamps.draw());
        Ok(Loaded { endpoint_id, life, config, rows, cut, revocations, read_at })
    }

    async fn read(&self, load: Load) -> Result<(Vec<Pending>, Vec<Pending>), store::Error> {
        let rows = self.system.oldest_pending(load.endpoint_id, load.limit).await?;
        let Some(last) = rows.last().filter(|_| rows.len() == load.limit) else { return Ok((rows, Vec::new())) };
        let revocations = self.system.pending_revocations(load.endpoint_id, last.position, LARGEST_SIZE).await?;
        Ok((rows, revocations))
    }

    /// An owner that has ended need not hear.
    async fn tell(&self, message: Message) {
        _ = self.owner.send(message).await;
    }
}

fn warn(error: &store::Error) {
    tracing::warn!(error = error as &dyn std::error::Error, "deliveries cannot be read or written now; tried again");
}

fn warn_of(endpoint_id: EndpointId, error: &store::Error) {
    let error = error as &dyn std::error::Error;
    tracing::warn!(%endpoint_id, error, "nothing is sent to an endpoint that cannot be read; tried again");
}

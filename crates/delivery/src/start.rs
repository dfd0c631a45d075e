//! A delivery node: fan-out, owner, ledger, keeper and sweep, each in a task.

use std::sync::Arc;

use bus::Bus;
use store::Store;
use tokio::sync::{mpsc, watch};
use tokio::task::{AbortHandle, JoinHandle};

use crate::fanout::{self, Fanout};
use crate::http::Client;
use crate::keeper::Keeper;
use crate::ledger::Ledger;
use crate::owner::{self, Owner, Ties};
use crate::settings::Settings;
use crate::status::Status;
use crate::sweep;

/// How many messages may wait for the owner; who has one more waits.
const MESSAGES: usize = 1024;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the HTTP client cannot be made")]
    Client(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A running delivery node.
pub struct Handle {
    status: Status,
    /// First, and then the keeper, who holds what they need.
    workers: (watch::Sender<bool>, Vec<(&'static str, JoinHandle<()>)>),
    keeper: (watch::Sender<bool>, JoinHandle<()>),
}

/// Starts a node that fans out what the bus carries and sends to the endpoints of its share of the shards.
pub fn start(store: &Store, bus: Arc<dyn Bus>, settings: Settings) -> Result<Handle, Error> {
    let client =
        Client::new(settings.addresses, settings.request_timeout).map_err(|error| Error::Client(error.into()))?;
    let (holder, stamps, progress) = (store.new_holder(settings.alone), Arc::default(), Arc::default());
    let (messages, inbox) = mpsc::channel(MESSAGES);
    let (orders, ordered) = mpsc::channel(1);
    let (left, leaving) = mpsc::unbounded_channel();
    let (stop, stopped) = watch::channel(false);
    let (stop_keeper, keeper_stopped) = watch::channel(false);

    let fanout = Fanout::new((store, settings.alone), messages.clone(), Arc::clone(&stamps), Arc::clone(&progress));
    let ledger = Ledger::new(store, holder.clone(), Arc::clone(&stamps), messages.clone());
    let keeper = Keeper::new(store, holder, settings.clone(), messages.clone(), leaving);
    let status = Status { system: store.system(), progress: Arc::clone(&progress) };
    let tick = settings.tick;
    let owner = Owner::new(store, settings, Ties { client, stamps, progress, messages, orders, left });
    let workers = vec![
        ("fanout", tokio::spawn(fanout::run(fanout, bus, tick, stopped.clone()))),
        ("owner", tokio::spawn(owner::run(owner, inbox, store.listen(), stopped.clone()))),
        ("ledger", tokio::spawn(ledger.run(ordered))),
        ("sweep", tokio::spawn(sweep::run(store.system(), stopped))),
    ];
    let keeper = tokio::spawn(keeper.run(keeper_stopped));
    Ok(Handle { status, workers: (stop, workers), keeper: (stop_keeper, keeper) })
}

impl Handle {
    pub fn status(&self) -> Status {
        self.status.clone()
    }

    /// The node's tasks by name, to be watched: before a shutdown they end by a panic only.
    pub fn tasks(&self) -> impl Iterator<Item = (&'static str, AbortHandle)> {
        let workers = self.workers.1.iter().map(|(name, task)| (*name, task.abort_handle()));
        workers.chain([("keeper", self.keeper.1.abort_handle())])
    }

    /// Starts nothing more, waits for what is in flight (at most a time-out and a little), writes its results, frees the
    /// leases. What is left is in the database.
    pub async fn shutdown(self) {
        let (stop, workers) = self.workers;
        stop.send_replace(true);
        for (_, worker) in workers {
            _ = worker.await;
        }
        let (stop, keeper) = self.keeper;
        stop.send_replace(true);
        _ = keeper.await;
    }
}

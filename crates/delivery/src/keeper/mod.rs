//! The keeper: holds this node's shards by leases, a fair share among the nodes that live.

mod balance;

use std::collections::{BTreeMap, BTreeSet};

use store::{Holder, Lease, LeaseRow, Store, System};
use tokio::sync::{mpsc, watch};
use tokio::time::{MissedTickBehavior, interval};

use crate::owner::{HeldShard, Message, Seized, lease_name, parse_lease_name};
use crate::schedule::millis;
use crate::settings::Settings;
use balance::{Balance, View, balance};

/// A lease is renewed so many times before it would expire.
const RENEWALS: u32 = 6;
/// A node that lives holds a lease of this prefix and its own name.
const NODE: &str = "node:";

pub(crate) struct Keeper {
    store: Store,
    system: System,
    holder: Holder,
    settings: Settings,
    owner: mpsc::Sender<Message>,
    /// Shards that the owner has left.
    left: mpsc::UnboundedReceiver<BTreeSet<u8>>,
    held: BTreeMap<u8, HeldShard>,
    leave: BTreeSet<u8>,
}

impl Keeper {
    pub(crate) fn new(
        store: &Store,
        holder: Holder,
        settings: Settings,
        owner: mpsc::Sender<Message>,
        left: mpsc::UnboundedReceiver<BTreeSet<u8>>,
    ) -> Self {
        let (held, leave) = (BTreeMap::new(), BTreeSet::new());
        Self { store: store.clone(), system: store.system(), holder, settings, owner, left, held, leave }
    }

    /// Until it is stopped, which is after the owner has ended; then all leases are free.
    pub(crate) async fn run(mut self, mut stopped: watch::Receiver<bool>) {
        let mut rounds = interval(self.settings.lease / RENEWALS);
        rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let kept = tokio::select! {
                _ = stopped.changed() => break,
                _ = rounds.tick() => self.round().await,
                Some(shards) = self.left.recv() => self.release(shards).await,
            };
            // Leases that cannot be renewed run out by themselves; the owner sees when.
            if let Err(error) = kept {
                tracing::warn!(error = &error as &dyn std::error::Error, "the leases could not be renewed");
            }
        }
        let mut names: Vec<_> = self.held.keys().map(|shard| lease_name(*shard)).collect();
        names.push(self.presence());
        if let Err(error) = self.system.release_leases(&self.holder, &names).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "the leases run out by themselves");
        }
    }

    /// Renews what is held, takes what is due, says what is to be left.
    async fn round(&mut self) -> Result<(), store::Error> {
        let rows = self.system.list_leases().await?;
        self.forget_nodes(&rows).await?;
        let Balance { take, leave } = balance(&self.view(&rows));
        self.leave.extend(leave);
        let mut names = vec![self.presence()];
        names.extend(self.held.keys().copied().chain(take).map(lease_name));
        let term_ms = millis(self.settings.lease);
        let leases = self.system.hold_leases(&self.holder, &names, term_ms).await?;
        let killed = self.live_of_others(&rows);
        let held = leases.iter().filter_map(|lease| self.held_shard(lease, &killed));
        self.held = held.collect();
        self.leave.retain(|shard| self.held.contains_key(shard));
        self.tell().await;
        Ok(())
    }

    /// What others hold; where this process is alone, one that was killed.
    fn live_of_others(&self, rows: &[LeaseRow]) -> BTreeSet<u8> {
        let others = rows.iter().filter(|row| row.live && row.holder != self.holder.name);
        others.filter_map(|row| parse_lease_name(&row.name)).collect()
    }

    fn held_shard(&self, lease: &Lease, killed: &BTreeSet<u8>) -> Option<(u8, HeldShard)> {
        let shard = parse_lease_name(&lease.name)?;
        let seized = match self.held.get(&shard) {
            Some(held) => held.seized,
            None => (self.holder.alone && killed.contains(&shard)).then(|| self.seize()),
        };
        Some((shard, HeldShard { epoch: lease.epoch, expires_at_ms: lease.expires_at_ms, seized }))
    }

    fn seize(&self) -> Seized {
        let at_ms = self.store.now_ms();
        Seized { at_ms, quiet_until_ms: at_ms + millis(self.settings.request_timeout) }
    }

    fn view(&self, rows: &[LeaseRow]) -> View {
        let others = || rows.iter().filter(|row| row.live && row.holder != self.holder.name);
        let nodes = others().filter(|row| row.name.starts_with(NODE)).count() + 1;
        // Nobody else is there, whatever the rows of a killed process say.
        let nodes = if self.holder.alone { 1 } else { nodes };
        let taken = others().filter(|_| !self.holder.alone).filter_map(|row| parse_lease_name(&row.name)).collect();
        View { nodes, taken, mine: self.held.keys().copied().collect(), leaving: self.leave.clone() }
    }

    /// The rows of nodes that died.
    async fn forget_nodes(&self, rows: &[LeaseRow]) -> Result<(), store::Error> {
        let dead = rows.iter().filter(|row| !row.live && row.name.starts_with(NODE));
        let dead: Vec<_> = dead.map(|row| row.name.clone()).filter(|name| *name != self.presence()).collect();
        if dead.is_empty() { Ok(()) } else { self.system.forget_leases(&dead).await }
    }

    async fn release(&mut self, shards: BTreeSet<u8>) -> Result<(), store::Error> {
        let shards: Vec<_> = shards.into_iter().filter(|shard| self.leave.remove(shard)).collect();
        self.held.retain(|shard, _| !shards.contains(shard));
        self.tell().await;
        let names: Vec<_> = shards.into_iter().map(lease_name).collect();
        self.system.release_leases(&self.holder, &names).await
    }

    async fn tell(&self) {
        // An owner that has ended need not hear.
        _ = self.owner.send(Message::Held { held: self.held.clone(), leave: self.leave.clone() }).await;
    }

    fn presence(&self) -> String {
        format!("{NODE}{}", self.holder.name)
    }
}

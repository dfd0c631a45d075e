//! Endpoints into memory and out of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::id::EndpointId;
use store::{Enabled, Pending, Waiting, shard_of};

use super::failing::Failing;
use super::window::Found;
use super::{HeldShard, LARGEST_SIZE, Owned, Owner};
use crate::ledger::Loaded;

impl Owner {
    /// An endpoint of this node; into memory with it if it is not there.
    pub(super) fn own(&mut self, id: EndpointId) -> Option<&mut Owned> {
        let shard = shard_of(id);
        if self.closing || !self.shards.contains_key(&shard) || self.leave.contains(&shard) {
            return self.endpoints.get_mut(&id);
        }
        let (lives, floor) = (&mut self.lives, self.floor);
        Some(self.endpoints.entry(id).or_insert_with(|| {
            *lives += 1;
            Owned::new(id, *lives, floor)
        }))
    }

    /// An endpoint in memory, in this life.
    pub(super) fn find(&mut self, id: EndpointId, life: u64) -> Option<&mut Owned> {
        self.endpoints.get_mut(&id).filter(|owned| owned.life == life)
    }

    pub(super) fn changed(&mut self, id: EndpointId) {
        if let Some(owned) = self.own(id) {
            owned.window.mark_stale();
            self.touched.insert(id);
        }
    }

    pub(super) fn loaded(&mut self, loaded: Loaded) {
        let Loaded { endpoint_id, life, config, rows, cut, revocations, read_at } = loaded;
        let seized = self.shards.get(&shard_of(endpoint_id)).and_then(|held| held.seized);
        let Some(owned) = self.find(endpoint_id, life) else { return };
        if let Some(Enabled { endpoint, failing_since }) = config.filter(|_| !owned.is_stopping) {
            // What is not written yet is newer.
            if owned.config.as_ref().is_none_or(|config| config.updated_at != endpoint.updated_at) {
                owned.failing = Failing::since(failing_since);
            }
            owned.config = Some(Arc::new(endpoint));
        } else {
            owned.config = None;
        }
        let newest = rows.iter().chain(&revocations).map(|pending| pending.position).max().unwrap_or(0);
        let crowded = revocations.len() >= LARGEST_SIZE;
        let queued = owned.window.end_read(read_at, Found { cut, crowded, newest });
        let queued = queued.into_iter().map(|pushed| pushed.pending);
        let live = owned.config.is_some();
        if let Some(seized) = seized.filter(|seized| rows.iter().any(|row| is_older(row, seized.at_ms))) {
            owned.quiet_until_ms = seized.quiet_until_ms;
        }
        rows.into_iter().chain(revocations).chain(queued).filter(|_| live).for_each(|pending| owned.insert(pending));
        self.touched.insert(endpoint_id);
    }

    pub(super) fn not_loaded(&mut self, id: EndpointId) {
        if let Some(owned) = self.endpoints.get_mut(&id) {
            owned.window.fail_read();
        }
    }

    /// Reads those that wait and are not in memory, or not as they are now; reads again those that have rows in memory and do not
    /// wait: disabled or deleted by another process, or emptied.
    pub(super) fn waiting(&mut self, waiting: &[Waiting]) {
        for Waiting { endpoint_id, updated_at, last_position } in waiting {
            let Some(owned) = self.own(*endpoint_id) else { continue };
            let changed = owned.config.as_ref().is_none_or(|config| config.updated_at != *updated_at);
            if changed || owned.window.is_whole() && *last_position > owned.window.newest() {
                owned.window.mark_stale();
            }
            self.touched.insert(*endpoint_id);
        }
        let waits: BTreeSet<_> = waiting.iter().map(|waiting| waiting.endpoint_id).collect();
        let holds = |owned: &Owned| !owned.lanes.is_empty();
        let gone = self.endpoints.iter_mut().filter(|(id, owned)| !waits.contains(id) && holds(owned));
        for (id, owned) in gone {
            owned.window.mark_stale();
            self.touched.insert(*id);
        }
    }

    /// A shard that was lost takes its endpoints with it: what is still in flight is somebody else's to repeat.
    pub(super) fn held(&mut self, held: BTreeMap<u8, HeldShard>, leave: BTreeSet<u8>) {
        let kept = |shard: u8| {
            let epoch = |shards: &BTreeMap<u8, HeldShard>| shards.get(&shard).map(|held| held.epoch);
            epoch(&held).is_some() && epoch(&held) == epoch(&self.shards)
        };
        let lost = self.endpoints.iter().filter(|(_, owned)| !kept(owned.shard)).map(|(id, _)| *id);
        let lost: Vec<_> = lost.collect();
        self.must_look |= held.keys().any(|shard| !self.shards.contains_key(shard));
        self.ties.progress.metrics.shards.set(i64::try_from(held.len()).unwrap_or(i64::MAX));
        (self.shards, self.leave) = (held, leave);
        self.left.retain(|shard| self.leave.contains(shard));
        lost.into_iter().for_each(|id| self.drop_endpoint(id));
        self.touched.extend(self.endpoints.keys().copied());
    }

    /// Tells, once, which of the shards to leave have nothing on its way any more.
    pub(super) fn leave_shards(&mut self) {
        if self.leave.len() == self.left.len() {
            return;
        }
        let busy: BTreeSet<_> = self.endpoints.values().map(|owned| owned.shard).collect();
        let left: BTreeSet<_> =
            self.leave.difference(&busy).filter(|shard| !self.left.contains(shard)).copied().collect();
        if !left.is_empty() {
            self.left.extend(&left);
            // A keeper that has ended frees everything.
            _ = self.ties.left.send(left);
        }
    }

    pub(super) fn drop_endpoint(&mut self, id: EndpointId) {
        if let Some(timer) = self.endpoints.remove(&id).and_then(|owned| owned.timer) {
            self.timers.remove(&(timer, id));
        }
        self.wanted.remove(&id);
        self.floor = self.ties.stamps.draw();
    }
}

/// Whether a row was there at this time: a process that is gone may have sent it.
fn is_older(row: &Pending, at_ms: i64) -> bool {
    i64::try_from(row.id.ulid().timestamp_ms()).is_ok_and(|made_ms| made_ms <= at_ms)
}

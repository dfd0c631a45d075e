//! What is done every now and then, whatever anybody told.

use super::Owner;

/// Every so many ticks each window is read again, each shard's at a tick of its own: what another node made with a lower position
/// than others is found by that.
const RECONCILE: u64 = 30;

impl Owner {
    pub(super) fn tick(&mut self) {
        self.ticks += 1;
        self.must_look = true;
        let (ticks, alone) = (self.ticks, self.settings.alone);
        let reconciles = |shard: u8| !alone && (ticks + u64::from(shard)).is_multiple_of(RECONCILE);
        let mut idle = Vec::new();
        for (id, owned) in &mut self.endpoints {
            let rests = owned.lanes.is_empty() && owned.is_at_rest();
            if std::mem::replace(&mut owned.idle, rests) && rests {
                idle.push(*id);
            } else if reconciles(owned.shard) {
                owned.window.mark_stale();
            }
        }
        idle.into_iter().for_each(|id| self.drop_endpoint(id));
        self.touched.extend(self.endpoints.keys().copied());
    }
}

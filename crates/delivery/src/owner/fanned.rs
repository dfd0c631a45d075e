//! What a fan-out in this process has made.

use std::collections::BTreeSet;

use model::id::EnvironmentId;

use super::Owner;
use super::subject::id;
use super::window::Take;
use crate::push::{Push, Pushed, Stamp};

impl Owner {
    pub(super) fn fanned(&mut self, push: Push) {
        if !push.broken.is_empty() {
            self.distrust(&push.broken);
        }
        push.deliveries.into_iter().for_each(|pushed| self.pushed(push.stamp, pushed));
    }

    /// Others have fanned out there too: what is in memory may lack older rows.
    fn distrust(&mut self, environments: &BTreeSet<EnvironmentId>) {
        for (id, owned) in &mut self.endpoints {
            if owned.config.as_ref().is_none_or(|config| environments.contains(&config.environment_id)) {
                owned.window.mark_stale();
                self.touched.insert(*id);
            }
        }
    }

    fn pushed(&mut self, stamp: Stamp, pushed: Pushed) {
        let (endpoint_id, event_id, body) = (pushed.endpoint_id, pushed.pending.event_id, pushed.body.clone());
        let Some(owned) = self.own(endpoint_id) else { return };
        if owned.is_closed() || owned.knows(id(pushed.pending.id)) {
            return;
        }
        if let Take::Insert(pushed) = owned.window.take(stamp, pushed, owned.lanes.len()) {
            owned.insert(pushed.pending);
        }
        self.bodies.keep(event_id, body);
        self.touched.insert(endpoint_id);
    }
}

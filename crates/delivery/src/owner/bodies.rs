//! Bodies at hand: those of the newest events, shared with the commits that recorded them.

use std::collections::{HashMap, VecDeque};

use model::id::EventId;

use crate::push::Body;

/// So many bodies are kept; others are read when they are sent.
const KEPT: usize = 4096;

#[derive(Debug, Default)]
pub(super) struct Bodies {
    by_event: HashMap<EventId, Body>,
    oldest: VecDeque<EventId>,
}

impl Bodies {
    pub(super) fn keep(&mut self, id: EventId, body: Body) {
        if self.by_event.insert(id, body).is_none() {
            self.oldest.push_back(id);
        }
        if self.oldest.len() > KEPT
            && let Some(id) = self.oldest.pop_front()
        {
            self.by_event.remove(&id);
        }
    }

    pub(super) fn find(&self, id: EventId) -> Option<Body> {
        self.by_event.get(&id).cloned()
    }
}

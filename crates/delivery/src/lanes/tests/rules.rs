use super::super::{Delivery, Id, Lanes, Outcome};

/// What a world is driven by: the lanes, the plain reading of their rules, or lanes with a fault.
pub(super) trait Rules {
    fn insert(&mut self, delivery: Delivery);
    fn start(&mut self, now_ms: i64, limit: usize) -> Vec<Id>;
    fn finish(&mut self, id: Id, outcome: Outcome);
    fn put_back(&mut self, id: Id, at_ms: i64);
    fn take_superseded(&mut self) -> Vec<Id>;
    fn wake_retries(&mut self);
    /// All, those in flight.
    fn sizes(&self) -> (usize, usize);
    fn next_due(&self) -> Option<i64>;
}

impl Rules for Lanes {
    fn insert(&mut self, delivery: Delivery) {
        self.insert(delivery);
    }

    fn start(&mut self, now_ms: i64, limit: usize) -> Vec<Id> {
        self.start(now_ms, limit)
    }

    fn finish(&mut self, id: Id, outcome: Outcome) {
        self.finish(id, outcome);
    }

    fn put_back(&mut self, id: Id, at_ms: i64) {
        self.put_back(id, at_ms);
    }

    fn take_superseded(&mut self) -> Vec<Id> {
        self.take_superseded()
    }

    fn wake_retries(&mut self) {
        self.wake_retries();
    }

    fn sizes(&self) -> (usize, usize) {
        (self.len(), self.in_flight())
    }

    fn next_due(&self) -> Option<i64> {
        self.next_due()
    }
}

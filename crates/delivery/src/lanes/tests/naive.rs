//! `lanes_model.py` line by line: every rule looks at all rows, every time.

use super::{
    super::{Delivery, Id, Outcome, Revokes},
    oracle::{conflict, resource, takes_away},
    rules::Rules,
};

#[derive(Default)]
pub(super) struct Naive {
    /// By position.
    rows: Vec<Row>,
    superseded: Vec<Id>,
    looked_at_ms: i64,
}

struct Row {
    delivery: Delivery,
    in_flight: bool,
}

impl Naive {
    fn supersede(&mut self) {
        for later in 0..self.rows.len() {
            let revocation = self.rows[later].delivery;
            if self.superseded.contains(&revocation.id) {
                continue;
            }
            let covered =
                self.rows[..later].iter().filter(|row| !row.in_flight && takes_away(&revocation, &row.delivery));
            let covered: Vec<_> =
                covered.map(|row| row.delivery.id).filter(|id| !self.superseded.contains(id)).collect();
            self.superseded.extend(covered);
        }
        self.rows.retain(|row| !self.superseded.contains(&row.delivery.id));
    }

    fn may_go(&self, index: usize) -> bool {
        let delivery = &self.rows[index].delivery;
        self.rows[..index].iter().all(|before| {
            if delivery.revokes != Revokes::Nothing {
                return !(before.in_flight && takes_away(delivery, &before.delivery));
            }
            if !conflict(delivery.subject, before.delivery.subject) {
                return true;
            }
            let same = resource(delivery.subject) == resource(before.delivery.subject);
            !same && before.delivery.attempted && !before.in_flight
        })
    }

    fn pass(&mut self, now_ms: i64, limit: usize, revocations: bool) -> Vec<Id> {
        let mut started = Vec::new();
        for index in 0..self.rows.len() {
            let row = &self.rows[index];
            let of_this_pass = (row.delivery.revokes != Revokes::Nothing) == revocations;
            let ready = of_this_pass && !row.in_flight && row.delivery.due_at_ms <= now_ms;
            if started.len() < limit && ready && self.may_go(index) {
                self.rows[index].in_flight = true;
                started.push(self.rows[index].delivery.id);
            }
        }
        started
    }
}

impl Rules for Naive {
    fn insert(&mut self, delivery: Delivery) {
        if self.rows.iter().any(|row| row.delivery.id == delivery.id) {
            return;
        }
        let at = self.rows.partition_point(|row| row.delivery.position < delivery.position);
        self.rows.insert(at, Row { delivery, in_flight: false });
        self.supersede();
    }

    fn start(&mut self, now_ms: i64, limit: usize) -> Vec<Id> {
        self.looked_at_ms = now_ms;
        let mut started = self.pass(now_ms, limit, true);
        started.extend(self.pass(now_ms, limit - started.len(), false));
        started
    }

    fn finish(&mut self, id: Id, outcome: Outcome) {
        let Some(index) = self.rows.iter().position(|row| row.delivery.id == id && row.in_flight) else { return };
        if let Outcome::Retry { at_ms } = outcome {
            let row = &mut self.rows[index];
            row.in_flight = false;
            (row.delivery.attempted, row.delivery.due_at_ms) = (true, at_ms);
            self.supersede();
        } else {
            self.rows.remove(index);
        }
    }

    fn take_superseded(&mut self) -> Vec<Id> {
        std::mem::take(&mut self.superseded)
    }

    fn wake_retries(&mut self) {
        for row in &mut self.rows {
            row.delivery.due_at_ms = i64::MIN;
        }
    }

    fn sizes(&self) -> (usize, usize) {
        (self.rows.len(), self.rows.iter().filter(|row| row.in_flight).count())
    }

    /// Of those not due when last looked at.
    fn next_due(&self) -> Option<i64> {
        let waiting = self.rows.iter().filter(|row| !row.in_flight).map(|row| row.delivery.due_at_ms);
        waiting.filter(|&due_at_ms| due_at_ms > self.looked_at_ms).min()
    }
}

//! `lanes_model.py` line by line, with what the lanes do better: every rule looks at all rows, every time.

use super::{
    super::{Delivery, Id, Outcome, Revokes},
    oracle::{Key, conflict, resource, takes_away},
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
    yields: Yields,
}

/// To a retry of another resource that is in flight, once.
#[derive(Clone, Copy, PartialEq)]
enum Yields {
    NotYet,
    To(Key),
    Done,
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
        self.rows[..index].iter().enumerate().all(|(at, before)| {
            if delivery.revokes != Revokes::Nothing {
                return !(before.in_flight && takes_away(delivery, &before.delivery));
            }
            if !conflict(delivery.subject, before.delivery.subject) {
                return true;
            }
            let same = |row: &Row| resource(row.delivery.subject) == resource(before.delivery.subject);
            if same(&self.rows[index]) || before.in_flight && !before.delivery.attempted {
                return false;
            }
            // Of its resource the first that lives is tried for all of them.
            before.in_flight || self.rows.iter().take(at + 1).any(|row| same(row) && row.delivery.attempted)
        })
    }

    /// Whether it waits for a retry in flight now.
    fn yields(&mut self, index: usize) -> bool {
        if let Yields::NotYet = self.rows[index].yields
            && self.rows[index].delivery.revokes == Revokes::Nothing
        {
            let subject = self.rows[index].delivery.subject;
            let retry = |row: &&Row| row.in_flight && row.delivery.attempted && conflict(subject, row.delivery.subject);
            let newest = self.rows[..index].iter().rev().find(retry).map(|row| resource(row.delivery.subject));
            self.rows[index].yields = newest.map_or(Yields::NotYet, Yields::To);
        }
        matches!(self.rows[index].yields, Yields::To(_))
    }

    fn take_back(&mut self, index: usize, due_at_ms: i64) {
        let row = &mut self.rows[index];
        row.in_flight = false;
        row.delivery.due_at_ms = due_at_ms;
        self.supersede();
    }

    fn end_yielding(&mut self, index: usize) {
        let to = resource(self.rows[index].delivery.subject);
        for row in self.rows.iter_mut().filter(|row| row.yields == Yields::To(to)) {
            row.yields = Yields::Done;
        }
    }

    fn pass(&mut self, now_ms: i64, limit: usize, revocations: bool) -> Vec<Id> {
        let mut started = Vec::new();
        for index in 0..self.rows.len() {
            let row = &self.rows[index];
            let of_this_pass = (row.delivery.revokes != Revokes::Nothing) == revocations;
            let ready = of_this_pass && !row.in_flight && row.delivery.due_at_ms <= now_ms;
            if started.len() < limit && ready && self.may_go(index) && !self.yields(index) {
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
        self.rows.insert(at, Row { delivery, in_flight: false, yields: Yields::NotYet });
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
        self.end_yielding(index);
        if let Outcome::Retry { at_ms } = outcome {
            self.rows[index].delivery.attempted = true;
            self.take_back(index, at_ms);
        } else {
            self.rows.remove(index);
        }
    }

    fn put_back(&mut self, id: Id, at_ms: i64) {
        let Some(index) = self.rows.iter().position(|row| row.delivery.id == id && row.in_flight) else { return };
        self.end_yielding(index);
        self.take_back(index, at_ms);
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

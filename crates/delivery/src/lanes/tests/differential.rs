//! The lanes say at each tick what a plain reading of the rules says.

use proptest::{collection::vec, prelude::*};

use super::{
    super::{Delivery, Id, Lanes, Outcome, Revokes, Subject},
    forall, history,
    naive::Naive,
    rows,
    rules::Rules,
    world::{self, Owner},
};

#[test]
fn as_the_plain_reading_in_histories() {
    let scripts = prop_oneof![history::plain(), history::rough()];
    forall(1_000, &scripts, |script| {
        let said = world::run(&script, Owner::Careful, Lanes::default).said;
        prop_assert_eq!(said, world::run(&script, Owner::Careful, Naive::default).said);
        Ok(())
    });
}

/// One call, drawn without regard to what could happen: rows in any order, of a few subjects, revoking or not.
#[derive(Clone, Debug)]
enum Call {
    Insert {
        position: u16,
        subject: usize,
        revokes: usize,
        attempted: bool,
        due_at_ms: i64,
    },
    Start {
        limit: usize,
    },
    /// Which of those in flight, and how it ended.
    Finish {
        nth: usize,
        outcome: u8,
        retry_ms: i64,
    },
    /// Which of those in flight.
    PutBack {
        nth: usize,
        retry_ms: i64,
    },
    WakeRetries,
}

fn call() -> impl Strategy<Value = Call> {
    let insert = (0_u16..60, 0_usize..10, 0_usize..3, any::<bool>(), 0_i64..30);
    prop_oneof![
        4 => insert.prop_map(|(position, subject, revokes, attempted, due_at_ms)| {
            Call::Insert { position, subject, revokes, attempted, due_at_ms }
        }),
        3 => prop_oneof![Just(usize::MAX), 0_usize..3].prop_map(|limit| Call::Start { limit }),
        4 => (any::<usize>(), 0_u8..4, 1_i64..20).prop_map(|(nth, outcome, retry_ms)| {
            Call::Finish { nth, outcome, retry_ms }
        }),
        1 => (any::<usize>(), 1_i64..20).prop_map(|(nth, retry_ms)| Call::PutBack { nth, retry_ms }),
        1 => Just(Call::WakeRetries),
    ]
}

#[test]
fn as_the_plain_reading_whatever_is_called() {
    forall(2_000, &vec(call(), 1..120), |calls| {
        let (mut lanes, mut naive) = (Driven::<Lanes>::default(), Driven::<Naive>::default());
        for (call, now_ms) in calls.iter().zip(0..) {
            prop_assert_eq!(lanes.make(call, now_ms), naive.make(call, now_ms));
        }
        Ok(())
    });
}

#[derive(Default)]
struct Driven<R> {
    rules: R,
    in_flight: Vec<Id>,
}

type Answer = (Vec<Id>, Vec<Id>, (usize, usize), Option<i64>);

impl<R: Rules> Driven<R> {
    fn make(&mut self, call: &Call, now_ms: i64) -> Answer {
        let mut started = Vec::new();
        let mut next_due = None;
        match *call {
            Call::Insert { position, subject, revokes, attempted, due_at_ms } => {
                let revokes = [Revokes::Nothing, Revokes::Resource, Revokes::Below][revokes];
                let row = rows::row(position, subjects()[subject], revokes);
                self.rules.insert(Delivery { attempted, due_at_ms, ..row });
            }
            Call::Start { limit } => {
                started = self.rules.start(now_ms, limit);
                next_due = self.rules.next_due();
                self.in_flight.extend(&started);
            }
            Call::Finish { nth, outcome, retry_ms } => self.finish(nth, outcome, now_ms + retry_ms),
            Call::PutBack { nth, retry_ms } => {
                if let Some(nth) = nth.checked_rem(self.in_flight.len()) {
                    self.rules.put_back(self.in_flight.swap_remove(nth), now_ms + retry_ms);
                }
            }
            Call::WakeRetries => self.rules.wake_retries(),
        }
        let mut superseded = self.rules.take_superseded();
        superseded.sort_unstable();
        (started, superseded, self.rules.sizes(), next_due)
    }

    fn finish(&mut self, nth: usize, outcome: u8, at_ms: i64) {
        let Some(nth) = nth.checked_rem(self.in_flight.len()) else { return };
        let outcome = match outcome {
            0 => Outcome::Delivered,
            1 => Outcome::GaveUp,
            _ => Outcome::Retry { at_ms },
        };
        self.rules.finish(self.in_flight.swap_remove(nth), outcome);
    }
}

fn subjects() -> [Subject; 10] {
    let d = rows::directory;
    [
        rows::user(100, d(0)),
        rows::user(101, d(0)),
        rows::group(200, d(0)),
        rows::member(100, 200, d(0)),
        rows::member(101, 200, d(0)),
        rows::user(102, d(1)),
        Subject::Directory(d(0)),
        rows::organization(1),
        rows::other(90, Some(1)),
        rows::member(103, 201, d(3)),
    ]
}

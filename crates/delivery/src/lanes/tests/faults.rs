//! The checks can fail: each planted fault breaks the promise it should.

use proptest::{prelude::Strategy, strategy::ValueTree, test_runner::TestRunner};

use super::{
    super::{Delivery, Id, Lanes, Outcome, Revokes, Subject},
    history,
    history::Script,
    promises::{Broken, broken},
    rules::Rules,
    world::{self, Owner},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    None,
    IgnoresConflicts,
    /// Takes what was never tried for tried: only its own resource holds it.
    IgnoresOthers,
    IgnoresRevocations,
    DeletesReachNothingBelow,
    RevokesWithEveryEvent,
    LosesRetries,
    /// Lets the next go before the result is there.
    FinishesAtStart,
}

struct Faulty {
    lanes: Lanes,
    fault: Fault,
}

impl Rules for Faulty {
    fn insert(&mut self, mut delivery: Delivery) {
        let Delivery { id, subject, revokes, attempted, .. } = &mut delivery;
        match self.fault {
            Fault::IgnoresConflicts => *subject = Subject::Other { id: *id, organization: None },
            Fault::IgnoresOthers => *attempted = true,
            Fault::IgnoresRevocations => *revokes = Revokes::Nothing,
            Fault::DeletesReachNothingBelow if *revokes == Revokes::Below => *revokes = Revokes::Resource,
            Fault::RevokesWithEveryEvent => *revokes = Revokes::Resource,
            _ => {}
        }
        self.lanes.insert(delivery);
    }

    fn start(&mut self, now_ms: i64, limit: usize) -> Vec<Id> {
        let started = self.lanes.start(now_ms, limit);
        if self.fault == Fault::FinishesAtStart {
            for &id in &started {
                self.lanes.finish(id, Outcome::Delivered);
            }
        }
        started
    }

    fn finish(&mut self, id: Id, outcome: Outcome) {
        let outcome = match outcome {
            Outcome::Retry { .. } if self.fault == Fault::LosesRetries => Outcome::Retry { at_ms: i64::MAX },
            outcome => outcome,
        };
        self.lanes.finish(id, outcome);
    }

    fn put_back(&mut self, id: Id, at_ms: i64) {
        self.lanes.put_back(id, at_ms);
    }

    fn take_superseded(&mut self) -> Vec<Id> {
        self.lanes.take_superseded()
    }

    fn wake_retries(&mut self) {
        self.lanes.wake_retries();
    }

    fn sizes(&self) -> (usize, usize) {
        (self.lanes.len(), self.lanes.in_flight())
    }

    fn next_due(&self) -> Option<i64> {
        self.lanes.next_due()
    }
}

/// How many histories it takes until `expected` is broken, 1,000 at most.
fn found_after(scripts: &impl Strategy<Value = Script>, fault: Fault, owner: Owner, expected: Broken) -> Option<usize> {
    let mut runner = TestRunner::deterministic();
    (1..=1_000).find(|_| {
        let script = scripts.new_tree(&mut runner).unwrap().current();
        let trace = world::run(&script, owner, || Faulty { lanes: Lanes::default(), fault });
        broken(&trace).contains(&expected)
    })
}

#[test]
fn of_the_lanes_are_found() {
    let cases = [
        (Fault::IgnoresConflicts, Broken::OutOfOrder),
        (Fault::IgnoresConflicts, Broken::Overtaken),
        (Fault::IgnoresConflicts, Broken::GrantAfterRevocation),
        (Fault::IgnoresOthers, Broken::Overtaken),
        (Fault::IgnoresRevocations, Broken::RevocationWaited),
        (Fault::IgnoresRevocations, Broken::GrantAfterRevocation),
        (Fault::DeletesReachNothingBelow, Broken::GrantAfterRevocation),
        (Fault::RevokesWithEveryEvent, Broken::SupersededWithoutCause),
        (Fault::LosesRetries, Broken::Stuck),
        (Fault::FinishesAtStart, Broken::OutOfOrder),
    ];
    for (fault, expected) in cases {
        let found = found_after(&history::plain(), fault, Owner::Careful, expected);
        assert!(found.is_some(), "{fault:?} did not break {expected:?}");
    }
}

#[test]
fn of_the_owner_are_found() {
    let cases = [
        (Owner::LeavesUnread, Broken::GrantAfterRevocation),
        (Owner::KeepsSuperseded, Broken::GrantAfterRevocation),
        (Owner::HurriesBack, Broken::GrantAfterRevocation),
        (Owner::ReadsNoRevocations, Broken::RevocationWaited),
    ];
    for (owner, expected) in cases {
        let found = found_after(&history::rough(), Fault::None, owner, expected);
        assert!(found.is_some(), "an owner did not break {expected:?}");
    }
}

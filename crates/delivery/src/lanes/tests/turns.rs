//! Who waits for whom when attempts fail: nobody for ever.

use super::{
    super::{Delivery, Id, Lanes, Outcome, Revokes, Subject},
    rows::{D, grant, group, member, organization, row, user},
};

const FIRST: Id = Id(1_001);
const SECOND: Id = Id(1_002);
const THIRD: Id = Id(1_003);

fn lanes(subjects: &[Subject]) -> Lanes {
    let mut lanes = Lanes::default();
    (1..).zip(subjects).for_each(|(position, subject)| lanes.insert(grant(position, *subject)));
    lanes
}

/// Else it would for as long as the first is tried again: three days.
#[test]
fn an_event_behind_a_refused_one_of_its_resource_holds_up_nobody() {
    for wide in [organization(1), Subject::Directory(D), group(200, D)] {
        let mut lanes = lanes(&[wide, wide, member(100, 200, D), wide]);
        assert_eq!(lanes.start(0, 9), [FIRST]);
        lanes.finish(FIRST, Outcome::Retry { at_ms: 50 });
        assert_eq!(lanes.start(1, 9), [THIRD], "{wide:?}");
        lanes.finish(THIRD, Outcome::Delivered);
        // The first ends: what comes then waits for the second to be tried.
        assert_eq!(lanes.start(50, 9), [FIRST]);
        lanes.insert(grant(9, member(101, 200, D)));
        lanes.finish(FIRST, Outcome::Delivered);
        assert_eq!(lanes.start(51, 9), [SECOND]);
        lanes.finish(SECOND, Outcome::Retry { at_ms: 99 });
        assert_eq!(lanes.start(52, 9), [Id(1_009)]);
    }
}

#[test]
fn what_waits_goes_when_an_older_one_that_was_tried_comes_in() {
    let mut lanes = Lanes::default();
    lanes.insert(grant(2, organization(1)));
    lanes.insert(grant(3, user(100, D)));
    assert_eq!(lanes.start(0, 0), []);
    let tried = Delivery { attempted: true, due_at_ms: 99, ..grant(1, organization(1)) };
    assert_eq!(lanes.start(0, 1), [SECOND]);
    lanes.put_back(SECOND, 5);
    assert_eq!(lanes.start(4, 9), []);
    lanes.insert(tried);
    assert_eq!(lanes.start(5, 9), [THIRD]);
}

#[test]
fn one_put_back_is_as_if_it_had_not_gone() {
    let mut lanes = lanes(&[group(200, D), member(100, 200, D)]);
    assert_eq!(lanes.start(0, 9), [FIRST]);
    lanes.put_back(FIRST, 20);
    assert_eq!((lanes.start(19, 9), lanes.in_flight(), lanes.next_due()), (vec![], 0, Some(20)));
    assert_eq!(lanes.start(20, 9), [FIRST]);
    lanes.finish(FIRST, Outcome::Retry { at_ms: 99 });
    assert_eq!(lanes.start(21, 9), [SECOND], "now it was attempted");
    lanes.put_back(FIRST, 22);
    assert_eq!(lanes.next_due(), Some(99), "only what is in flight is put back");
}

#[test]
fn one_put_back_is_superseded_by_what_came_meanwhile() {
    let mut lanes = lanes(&[member(100, 200, D)]);
    assert_eq!(lanes.start(0, 9), [FIRST]);
    lanes.insert(row(9, user(100, D), Revokes::Below));
    assert_eq!(lanes.start(0, 9), []);
    lanes.put_back(FIRST, 5);
    assert_eq!((lanes.take_superseded(), lanes.start(0, 9)), (vec![FIRST], vec![Id(1_009)]));
}

/// Two that fail take turns, so that one of them is always in flight.
#[test]
fn what_conflicts_with_many_does_not_starve_behind_their_retries() {
    let mut lanes = lanes(&[user(100, D), user(101, D)]);
    for at_ms in 0..2 {
        assert_eq!(lanes.start(at_ms, 1).len(), 1);
    }
    lanes.finish(FIRST, Outcome::Retry { at_ms: 10 });
    lanes.finish(SECOND, Outcome::Retry { at_ms: 15 });
    lanes.insert(grant(3, Subject::Directory(D)));
    assert_eq!(lanes.start(10, 1), [FIRST]);
    assert_eq!(lanes.start(15, 9), [SECOND], "it waits for what is in flight");
    lanes.finish(FIRST, Outcome::Retry { at_ms: 16 });
    assert_eq!(lanes.start(16, 9), [FIRST]);
    lanes.finish(SECOND, Outcome::Retry { at_ms: 18 });
    assert_eq!(lanes.start(17, 9), [THIRD], "once");
}

#[test]
fn what_would_move_is_counted() {
    let mut lanes = lanes(&[group(200, D), member(100, 200, D), user(101, D)]);
    assert_eq!(lanes.movable(0), 3, "as far as is known");
    assert_eq!(lanes.start(0, 9), [FIRST, THIRD]);
    assert_eq!(lanes.movable(0), 2, "one waits for another");
    lanes.finish(THIRD, Outcome::Retry { at_ms: 50 });
    lanes.finish(FIRST, Outcome::Retry { at_ms: 60 });
    assert_eq!((lanes.movable(49), lanes.movable(50), lanes.movable(60)), (1, 2, 3));
}

#[test]
fn revocations_that_were_never_tried_are_counted() {
    let mut lanes = lanes(&[user(100, D)]);
    assert_eq!(lanes.start(0, 9), [FIRST]);
    lanes.insert(row(9, user(100, D), Revokes::Below));
    lanes.insert(row(10, user(101, D), Revokes::Below));
    lanes.insert(grant(11, user(102, D)));
    assert_eq!(lanes.urgent(0), 2);
    assert_eq!(lanes.start(0, 1), [Id(1_010)]);
    assert_eq!(lanes.urgent(0), 0, "one is in flight, one waits for its user's event");
    lanes.finish(FIRST, Outcome::Retry { at_ms: 5 });
    lanes.finish(Id(1_010), Outcome::Retry { at_ms: 5 });
    assert_eq!((lanes.urgent(5), lanes.start(5, 1)), (1, vec![Id(1_009)]));
    assert_eq!(lanes.urgent(5), 0, "the other was tried");
}

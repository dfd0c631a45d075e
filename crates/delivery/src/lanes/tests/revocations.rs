//! Each revocation over each subject: what it supersedes, what it waits for, what it passes.

use super::{
    super::{Delivery, Directory, Id, Lanes, Outcome, Revokes, Subject},
    rows::{D, directory, grant, group, member, organization, other, row, user},
};
use Revokes::{Below, Resource};

const FIRST: Id = Id(1_001);
const REVOCATION: Id = Id(1_009);

/// Whether `revocation` takes away `first`: shown by the first that has not been tried, that waits for its retry, and that
/// is in flight.
fn takes_away(revocation: Delivery, first: Subject) -> bool {
    let seen = [untried, at_rest, in_flight].map(|case| case(revocation, first));
    assert!(seen.iter().all(|taken| *taken == seen[0]), "{revocation:?} {first:?} {seen:?}");
    seen[0]
}

fn untried(revocation: Delivery, first: Subject) -> bool {
    let mut lanes = Lanes::default();
    lanes.insert(grant(1, first));
    starts_at_once(lanes, revocation)
}

fn at_rest(revocation: Delivery, first: Subject) -> bool {
    let mut lanes = Lanes::default();
    lanes.insert(Delivery { attempted: true, due_at_ms: 99, ..grant(1, first) });
    assert!(lanes.start(0, 9).is_empty());
    starts_at_once(lanes, revocation)
}

fn starts_at_once(mut lanes: Lanes, revocation: Delivery) -> bool {
    lanes.insert(revocation);
    assert_eq!(lanes.start(0, 1), [REVOCATION], "a revocation goes first");
    let superseded = lanes.take_superseded();
    assert!(superseded.is_empty() || superseded == [FIRST]);
    !superseded.is_empty()
}

fn in_flight(revocation: Delivery, first: Subject) -> bool {
    let mut lanes = Lanes::default();
    lanes.insert(grant(1, first));
    lanes.start(0, 9);
    lanes.insert(revocation);
    let passed = lanes.start(0, 9) == [REVOCATION];
    lanes.finish(FIRST, Outcome::Retry { at_ms: 1 });
    assert_eq!(lanes.take_superseded().is_empty(), passed);
    assert_eq!(lanes.start(1, 9), [if passed { FIRST } else { REVOCATION }]);
    !passed
}

#[test]
fn reach_what_lies_below() {
    let m = member(100, 200, D);
    let nowhere = Directory { organization: None, ..D };
    // The revocation, what it takes away, what it does not.
    let cases = [
        (row(9, user(100, D), Resource), vec![user(100, D)], vec![m, user(101, D), group(200, D), organization(1)]),
        (
            row(9, user(100, D), Below),
            vec![user(100, D), m, member(100, 201, D)],
            vec![user(101, D), group(200, D), member(101, 200, D), Subject::Directory(D), organization(1)],
        ),
        (
            row(9, group(200, D), Below),
            vec![group(200, D), m, member(101, 200, D)],
            vec![user(100, D), group(201, D), member(100, 201, D), Subject::Directory(D)],
        ),
        (
            row(9, m, Resource),
            vec![m],
            vec![user(100, D), group(200, D), member(101, 200, D), member(100, 201, D), Subject::Directory(D)],
        ),
        (
            row(9, Subject::Directory(D), Below),
            vec![Subject::Directory(D), user(100, D), group(200, D), m],
            vec![user(102, directory(1)), Subject::Directory(directory(1)), organization(1), other(90, Some(1))],
        ),
        (
            row(9, organization(1), Below),
            vec![organization(1), Subject::Directory(D), user(102, directory(1)), group(200, D), m, other(90, Some(1))],
            vec![user(103, directory(2)), Subject::Directory(nowhere), user(104, directory(3)), other(90, None)],
        ),
        (row(9, other(90, Some(1)), Below), vec![other(90, Some(1))], vec![other(91, Some(1)), organization(1)]),
    ];
    for (revocation, taken, left) in cases {
        let takes = |first: &Subject| takes_away(revocation, *first);
        assert_eq!(taken.iter().filter(|first| !takes(first)).count(), 0, "{revocation:?}");
        assert_eq!(left.iter().filter(|first| takes(first)).count(), 0, "{revocation:?}");
    }
}

#[test]
fn a_retried_membership_never_lands_after_its_user_was_deleted() {
    let mut lanes = Lanes::default();
    lanes.insert(grant(1, member(100, 200, D)));
    lanes.start(0, 9);
    lanes.finish(FIRST, Outcome::Retry { at_ms: 50 });
    lanes.insert(row(9, user(100, D), Below));
    assert_eq!(lanes.start(10, 9), [REVOCATION]);
    lanes.finish(REVOCATION, Outcome::Retry { at_ms: 100 });
    assert!(lanes.start(50, 9).is_empty());
    assert_eq!((lanes.take_superseded(), lanes.next_due()), (vec![FIRST], Some(100)));
}

/// It passes whatever is not below it, however long that waits.
#[test]
fn a_revocation_passes_the_failing_and_the_waiting() {
    let mut lanes = Lanes::default();
    lanes.insert(grant(1, organization(1)));
    lanes.insert(grant(2, Subject::Directory(D)));
    lanes.insert(grant(3, user(100, D)));
    lanes.insert(grant(4, group(200, D)));
    assert_eq!(lanes.start(0, 9), [FIRST]);
    lanes.insert(row(9, member(100, 200, D), Resource));
    assert_eq!(lanes.start(0, 9), [REVOCATION]);
    assert!(lanes.take_superseded().is_empty());
}

#[test]
fn a_later_grant_waits_for_the_revocation_before_it() {
    let mut lanes = Lanes::default();
    lanes.insert(row(9, user(100, D), Resource));
    lanes.insert(grant(10, user(100, D)));
    assert_eq!(lanes.start(0, 9), [REVOCATION]);
    lanes.finish(REVOCATION, Outcome::Retry { at_ms: 5 });
    assert_eq!(lanes.start(5, 9), [REVOCATION]);
    lanes.finish(REVOCATION, Outcome::Delivered);
    assert_eq!(lanes.start(5, 9), [Id(1_010)]);
}

#[test]
fn a_revocation_supersedes_an_earlier_one() {
    let mut lanes = Lanes::default();
    lanes.insert(row(1, member(100, 200, D), Resource));
    lanes.insert(row(9, user(100, D), Below));
    assert_eq!((lanes.take_superseded(), lanes.start(0, 9)), (vec![FIRST], vec![REVOCATION]));
}

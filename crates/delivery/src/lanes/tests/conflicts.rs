//! Each pair of keys that can meet: how long the later delivery waits for the earlier.

use super::{
    super::{Id, Lanes, Outcome, Subject},
    rows::{D, directory, grant, group, member, organization, other, user},
};

#[derive(Debug, PartialEq, Eq)]
enum Waits {
    /// Not at all.
    No,
    /// Until an attempt of the earlier has ended, and while another is in flight.
    UntilAttempted,
    /// Until the earlier is delivered or given up.
    UntilEnded,
}
use Waits::{No, UntilAttempted, UntilEnded};

const FIRST: Id = Id(1_001);
const SECOND: Id = Id(1_002);

fn waits(first: Subject, second: Subject) -> Waits {
    let begin = |second_attempt| {
        let mut lanes = Lanes::default();
        lanes.insert(grant(1, first));
        assert_eq!(lanes.start(0, 9), [FIRST]);
        if second_attempt {
            lanes.finish(FIRST, Outcome::Retry { at_ms: 1 });
            assert_eq!(lanes.start(1, 9), [FIRST]);
        }
        lanes.insert(grant(2, second));
        (lanes.start(1, 9), lanes)
    };
    let (beside_first_attempt, mut lanes) = begin(false);
    let (beside_second_attempt, _) = begin(true);
    assert_eq!(beside_first_attempt, beside_second_attempt);
    if beside_first_attempt == [SECOND] {
        return No;
    }
    lanes.finish(FIRST, Outcome::Retry { at_ms: 99 });
    if lanes.start(1, 9) == [SECOND] {
        return UntilAttempted;
    }
    assert_eq!(lanes.start(99, 9), [FIRST]);
    lanes.finish(FIRST, Outcome::GaveUp);
    assert_eq!(lanes.start(99, 9), [SECOND]);
    UntilEnded
}

/// Waiting is the same whichever of the two comes first.
fn check(a: Subject, b: Subject, expected: &Waits) {
    assert_eq!(waits(a, b), *expected, "{b:?} after {a:?}");
    assert_eq!(waits(b, a), *expected, "{a:?} after {b:?}");
}

#[test]
fn keys_of_the_design() {
    let (u, g, m) = (user(100, D), group(200, D), member(100, 200, D));
    let (here, tenant) = (Subject::Directory(D), organization(1));
    let mine = other(90, Some(1));
    let cases = [
        (u, u, UntilEnded),
        (u, m, UntilAttempted),
        (u, member(100, 201, D), UntilAttempted),
        (u, user(101, D), No),
        (u, g, No),
        (u, member(101, 200, D), No),
        (g, g, UntilEnded),
        (g, m, UntilAttempted),
        (g, member(101, 200, D), UntilAttempted),
        (g, group(201, D), No),
        (g, member(100, 201, D), No),
        (m, m, UntilEnded),
        (m, member(100, 201, D), UntilAttempted),
        (m, member(101, 200, D), No),
        (m, member(101, 201, D), No),
        (here, here, UntilEnded),
        (here, u, UntilAttempted),
        (here, g, UntilAttempted),
        (here, m, UntilAttempted),
        (here, Subject::Directory(directory(1)), No),
        (here, user(101, directory(1)), No),
        (here, mine, No),
        (tenant, tenant, UntilEnded),
        (tenant, here, UntilAttempted),
        (tenant, u, UntilAttempted),
        (tenant, g, UntilAttempted),
        (tenant, m, UntilAttempted),
        (tenant, user(101, directory(1)), UntilAttempted),
        (tenant, mine, UntilAttempted),
        (tenant, organization(2), No),
        (tenant, Subject::Directory(directory(2)), No),
        (tenant, user(101, directory(3)), No),
        (mine, mine, UntilEnded),
        (mine, u, No),
        (mine, other(91, Some(1)), No),
    ];
    for (a, b, expected) in &cases {
        check(*a, *b, expected);
    }
}

/// One number, different kinds: nothing in common.
#[test]
fn ids_of_different_kinds_do_not_meet() {
    let alone = |id| super::super::Directory { id: Id(id), organization: None };
    let subjects =
        [user(7, alone(1)), group(7, alone(2)), organization(7), Subject::Directory(alone(7)), other(7, None)];
    for (nth, &a) in subjects.iter().enumerate() {
        for &b in &subjects[nth + 1..] {
            check(a, b, &No);
        }
    }
}

#[test]
fn a_push_of_members_runs_beside_itself_once_its_group_was_tried() {
    let mut lanes = Lanes::default();
    lanes.insert(grant(0, group(200, D)));
    for position in 1..=100 {
        lanes.insert(grant(position, member(position.into(), 200, D)));
    }
    assert_eq!(lanes.start(0, 500), [Id(1_000)]);
    lanes.finish(Id(1_000), Outcome::Retry { at_ms: 99 });
    assert_eq!(lanes.start(0, 500).len(), 100);
    assert_eq!((lanes.len(), lanes.in_flight(), lanes.next_due()), (101, 100, Some(99)));
}

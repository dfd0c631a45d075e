//! Rows that come twice, late, or not in order; and the small answers of the API.

use super::{
    super::{Delivery, Id, Lanes, Outcome, Revokes},
    rows::{D, grant, member, row, user},
};

const FIRST: Id = Id(1_001);
const REVOCATION: Id = Id(1_009);

#[test]
fn a_row_that_is_here_stays_as_it_is() {
    let mut lanes = Lanes::default();
    lanes.insert(grant(1, user(100, D)));
    assert_eq!(lanes.start(0, 9), [FIRST]);
    lanes.insert(grant(1, user(100, D)));
    assert_eq!((lanes.len(), lanes.in_flight(), lanes.start(0, 9)), (1, 1, vec![]));
}

#[test]
fn a_row_older_than_a_living_revocation_is_superseded_as_it_comes() {
    let mut lanes = Lanes::default();
    lanes.insert(row(9, user(100, D), Revokes::Below));
    lanes.insert(grant(1, member(100, 200, D)));
    assert_eq!(lanes.take_superseded(), [FIRST]);
    assert_eq!(lanes.start(0, 9), [REVOCATION]);
    lanes.insert(grant(2, member(100, 201, D)));
    assert_eq!((lanes.take_superseded(), lanes.len()), (vec![Id(1_002)], 1));
}

#[test]
fn an_older_row_goes_before_a_younger_that_came_first() {
    let mut lanes = Lanes::default();
    lanes.insert(grant(2, user(100, D)));
    lanes.insert(grant(1, user(100, D)));
    assert_eq!(lanes.start(0, 9), [FIRST]);
    lanes.finish(FIRST, Outcome::Delivered);
    assert_eq!(lanes.start(0, 9), [Id(1_002)]);
}

#[test]
fn a_success_wakes_all_retries() {
    let mut lanes = Lanes::default();
    for position in 1..=3 {
        let row = grant(position, user(position.into(), D));
        lanes.insert(Delivery { attempted: true, due_at_ms: 1_000, ..row });
    }
    assert!(lanes.start(0, 9).is_empty());
    assert_eq!(lanes.next_due(), Some(1_000));
    lanes.wake_retries();
    assert_eq!(
        (lanes.next_due(), lanes.start(0, 2), lanes.start(0, 9)),
        (None, vec![FIRST, Id(1_002)], vec![Id(1_003)])
    );
}

#[test]
fn a_result_of_what_is_not_in_flight_changes_nothing() {
    let mut lanes = Lanes::default();
    lanes.finish(FIRST, Outcome::Delivered);
    lanes.insert(grant(1, user(100, D)));
    lanes.finish(FIRST, Outcome::Delivered);
    assert_eq!((lanes.len(), lanes.start(0, 9)), (1, vec![FIRST]));
    lanes.finish(FIRST, Outcome::GaveUp);
    assert!(lanes.is_empty());
}

#[test]
fn a_limit_of_none_starts_none() {
    let mut lanes = Lanes::default();
    lanes.insert(grant(1, user(100, D)));
    assert!(lanes.start(0, 0).is_empty());
    assert_eq!(lanes.start(0, 1), [FIRST]);
}

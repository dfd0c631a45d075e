//! Operations on ordered sets, counted: a full window costs a constant number of them for each delivery.

use super::{
    super::{Delivery, Lanes, Outcome, Revokes, Subject, steps},
    rows::{D, grant, group, member, organization, row, user},
};

const N: u16 = 10_000;
const AT_ONCE: usize = 50;

/// Takes in the rows, then sends until none is left; `fails` says which fail their first attempts, and how many.
fn play(rows: impl Iterator<Item = Delivery>, fails: impl Fn(u128) -> u32) -> usize {
    let mut lanes = Lanes::default();
    let mut attempts = std::collections::HashMap::new();
    steps::of(|| {
        rows.for_each(|row| lanes.insert(row));
        let mut now_ms = 0;
        while !lanes.is_empty() {
            let started = lanes.start(now_ms, AT_ONCE);
            let next_ms = if started.is_empty() { lanes.next_due().unwrap() } else { now_ms + 1 };
            assert!(next_ms > now_ms, "what is due did not go");
            now_ms = next_ms;
            for id in started {
                let attempt: &mut u32 = attempts.entry(id).or_default();
                *attempt += 1;
                let fails = *attempt <= fails(id.0 - 1_000);
                lanes.finish(id, if fails { Outcome::Retry { at_ms: now_ms + 10 } } else { Outcome::Delivered });
            }
        }
    })
}

fn check(name: &str, steps: usize, for_each: usize) {
    let n = usize::from(N);
    assert!(steps <= for_each * n, "{name}: {} steps for each delivery, not {for_each}", steps.div_ceil(n));
}

#[test]
fn of_a_full_window() {
    let never = |_| 0;
    let first_fails = |position| if position == 0 { 20 } else { 0 };
    let each_tenth_fails = |position| if position % 10 == 0 { 5 } else { 0 };
    let users = || (0..N).map(|position| grant(position, user(position.into(), D)));
    check("users of a directory", play(users(), never), 40);
    check("users, the first fails", play(users(), first_fails), 40);
    check("users, each tenth fails", play(users(), each_tenth_fails), 60);

    let one_user = (0..N).map(|position| grant(position, user(7, D)));
    check("one user's events", play(one_user, first_fails), 50);
    let one_user_in_groups = (0..N).map(|position| grant(position, member(7, position.into(), D)));
    check("one user's groups, each tenth fails", play(one_user_in_groups, each_tenth_fails), 85);
    let one_group = || {
        let members = (1..N).map(|position| grant(position, member(position.into(), 7, D)));
        std::iter::once(grant(0, group(7, D))).chain(members)
    };
    check("one group's members", play(one_group(), never), 65);
    check("one group's members, it and each tenth fail", play(one_group(), each_tenth_fails), 130);
}

#[test]
fn of_exclusive_events_between_many() {
    let between = |every: u16, wide: fn() -> Subject| {
        (0..N).map(move |at| grant(at, if at % every == 0 { wide() } else { user(at.into(), D) }))
    };
    for every in [2, 10, 1_000] {
        let directory = || Subject::Directory(D);
        check("directory events", play(between(every, directory), |_| 0), 50);
        check("organization events", play(between(every, || organization(1)), |_| 0), 50);
        let all_fail_once = play(between(every, directory), |_| 1);
        check("directory events, all fail once", all_fail_once, 250);
    }
}

#[test]
fn of_a_delete_over_a_full_window() {
    let covered = |attempted| {
        let mut lanes = Lanes::default();
        let steps = steps::of(|| {
            for at in 0..N {
                let subject = if at % 2 == 0 { user(at.into(), D) } else { member((at - 1).into(), 7, D) };
                lanes.insert(Delivery { attempted, ..grant(at, subject) });
            }
            lanes.start(0, AT_ONCE);
            lanes.insert(row(N, Subject::Directory(D), Revokes::Below));
        });
        assert_eq!(lanes.take_superseded().len(), usize::from(N) - AT_ONCE);
        steps
    };
    check("a directory's delete", covered(false), 40);
    check("a directory's delete, all tried", covered(true), 40);
}

#[test]
fn of_many_deletes() {
    let rows = (0..N / 2).map(|at| grant(at, user(at.into(), D)));
    let deletes = (N / 2..N).map(|at| row(at, user((at - N / 2).into(), D), Revokes::Below));
    check("a delete of each user", play(rows.chain(deletes), |_| 0), 40);
}

/// Most wait for one that hangs; what else comes and goes does not look at them.
#[test]
fn beside_many_that_wait() {
    let mut lanes = Lanes::default();
    lanes.insert(grant(0, group(7, D)));
    lanes.start(0, 1);
    (1..N).for_each(|at| lanes.insert(grant(at, member(at.into(), 7, D))));
    lanes.start(0, AT_ONCE);
    let steps = steps::of(|| {
        for at in N..2 * N {
            let delivery = grant(at, user(u128::from(at) + 100_000, D));
            lanes.insert(delivery);
            assert_eq!(lanes.start(0, AT_ONCE), [delivery.id]);
            lanes.finish(delivery.id, Outcome::Delivered);
        }
    });
    check("others beside a waiting group", steps, 40);
}

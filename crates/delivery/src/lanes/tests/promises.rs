//! What is promised of every history, whatever the receiver does.

use std::collections::BTreeSet;

use proptest::prelude::prop_assert_eq;

use super::{
    super::{Lanes, Revokes},
    forall, history,
    history::{Script, TIME_OUT},
    oracle::{conflict, resource, takes_away},
    world::{self, Fate, Owner, Row, Trace},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Broken {
    /// An event of a resource came after a later one of the same.
    OutOfOrder,
    /// Something came after what takes it away.
    GrantAfterRevocation,
    /// A revocation waited longer than one time-out.
    RevocationWaited,
    SupersededWithoutCause,
    /// It was first sent before the first attempt of an earlier one it conflicts with had ended.
    Overtaken,
    /// Some row never ended.
    Stuck,
}

pub(super) fn broken(trace: &Trace) -> BTreeSet<Broken> {
    let fates = &trace.fates;
    let pairs = || fates.iter().enumerate().flat_map(|(index, later)| fates[..index].iter().map(move |e| (e, later)));
    let found = [
        (Broken::OutOfOrder, pairs().any(|(earlier, later)| out_of_order(earlier, later))),
        (Broken::GrantAfterRevocation, pairs().any(|(grant, revocation)| grant_after(grant, revocation))),
        (Broken::RevocationWaited, trace.unlimited && fates.iter().any(|fate| fate.waited > TIME_OUT)),
        (Broken::SupersededWithoutCause, (0..fates.len()).any(|index| superseded_without_cause(fates, index))),
        (Broken::Overtaken, pairs().any(|(earlier, later)| overtaken(earlier, later))),
        (Broken::Stuck, fates.iter().any(|fate| matches!(fate.row, Row::Unborn | Row::Waiting))),
    ];
    found.into_iter().filter_map(|(broken, is)| is.then_some(broken)).collect()
}

/// Stronger than what is promised: a repeat keeps the order too.
fn out_of_order(earlier: &Fate, later: &Fate) -> bool {
    resource(earlier.delivery.subject) == resource(later.delivery.subject) && comes_after(earlier, later)
}

fn grant_after(grant: &Fate, revocation: &Fate) -> bool {
    takes_away(&revocation.delivery, &grant.delivery) && comes_after(grant, revocation)
}

/// Whether any arrival of `fate` is not before the first one of `first`.
fn comes_after(fate: &Fate, first: &Fate) -> bool {
    first.arrivals.iter().min().is_some_and(|first| fate.arrivals.iter().max() >= Some(first))
}

fn superseded_without_cause(fates: &[Fate], index: usize) -> bool {
    let fate = &fates[index];
    fate.superseded_at.is_some()
        && !fates[index + 1..]
            .iter()
            .any(|later| takes_away(&later.delivery, &fate.delivery) && later.row != Row::Unborn)
}

fn overtaken(earlier: &Fate, later: &Fate) -> bool {
    let waits = later.delivery.revokes == Revokes::Nothing;
    let conflicts = conflict(earlier.delivery.subject, later.delivery.subject);
    let cleared = [earlier.first_end, earlier.superseded_at].into_iter().flatten().min().unwrap_or(i64::MAX);
    waits && conflicts && later.first_start.is_some_and(|start| start < cleared)
}

fn hold(script: &Script) -> BTreeSet<Broken> {
    broken(&world::run(script, Owner::Careful, Lanes::default))
}

#[test]
fn hold_in_plain_histories() {
    forall(1_000, &history::plain(), |script| {
        prop_assert_eq!(hold(&script), BTreeSet::new());
        Ok(())
    });
}

#[test]
fn hold_with_small_windows_few_at_a_time_and_crashes() {
    forall(1_000, &history::rough(), |script| {
        prop_assert_eq!(hold(&script), BTreeSet::new());
        Ok(())
    });
}

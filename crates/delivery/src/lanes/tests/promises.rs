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
    /// It was first sent before an earlier one it conflicts with, or one before that of the same resource, was tried.
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
        (Broken::Overtaken, pairs().any(|(earlier, later)| overtaken(fates, earlier, later))),
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

fn overtaken(fates: &[Fate], earlier: &Fate, later: &Fate) -> bool {
    let waits = later.delivery.revokes == Revokes::Nothing;
    let conflicts = conflict(earlier.delivery.subject, later.delivery.subject);
    let cleared = [earlier.first_end, earlier.superseded_at].into_iter().flatten().min().unwrap_or(i64::MAX);
    let overtakes = |start| start < cleared && !was_tried_for(fates, earlier, start);
    waits && conflicts && later.first_start.is_some_and(overtakes)
}

/// Whether one before it, of the same resource, had been tried and lived still.
fn was_tried_for(fates: &[Fate], fate: &Fate, at: i64) -> bool {
    let same = |other: &&Fate| resource(other.delivery.subject) == resource(fate.delivery.subject);
    let before = fates.iter().take_while(|other| other.delivery.position < fate.delivery.position).filter(same);
    let mut tried = before.filter(|other| other.first_end.is_some_and(|end| end <= at));
    tried.any(|other| [other.ended_at, other.superseded_at].into_iter().flatten().min().is_none_or(|end| end > at))
}

/// Of each kind; together as many as `lanes_model.py` was run on.
const HISTORIES: u32 = 3_000;

fn hold(script: &Script) -> BTreeSet<Broken> {
    broken(&world::run(script, Owner::Careful, Lanes::default))
}

#[test]
fn hold_in_plain_histories() {
    forall(HISTORIES, &history::plain(), |script| {
        prop_assert_eq!(hold(&script), BTreeSet::new());
        Ok(())
    });
}

#[test]
fn hold_with_small_windows_few_at_a_time_and_crashes() {
    forall(HISTORIES, &history::rough(), |script| {
        prop_assert_eq!(hold(&script), BTreeSet::new());
        Ok(())
    });
}

//! One that hangs holds up only what conflicts with it.

use std::collections::BTreeSet;

use proptest::prelude::prop_assert_eq;

use super::{
    super::{Delivery, Id, Lanes, Outcome, Subject},
    forall, history,
    history::{Script, TIME_OUT},
    oracle::conflict,
    rows::{D, grant, user},
};

/// Plays these rows, one coming in at each tick. Those that hang are left out, or never succeed; the others do at once. Gives
/// the ticks at which the others were sent.
fn sent(events: &[Delivery], hang: &BTreeSet<Id>, with_them: bool) -> Vec<(i64, Id)> {
    let mut lanes = Lanes::default();
    let (mut sent, mut flights) = (Vec::new(), Vec::<(i64, Id, Outcome)>::new());
    for now in 0..200 {
        let at = usize::try_from(now).unwrap();
        let comes = events.get(at).filter(|event| with_them || !hang.contains(&event.id));
        if let Some(event) = comes {
            lanes.insert(*event);
        }
        for (_, id, outcome) in flights.extract_if(.., |(ends, ..)| *ends <= now) {
            lanes.finish(id, outcome);
        }
        for id in lanes.start(now, usize::MAX) {
            if hang.contains(&id) {
                flights.push((now + TIME_OUT, id, Outcome::Retry { at_ms: now + TIME_OUT + 1 }));
            } else {
                flights.push((now + 1, id, Outcome::Delivered));
                sent.push((now, id));
            }
        }
    }
    sent
}

/// What conflicts with the first, or with what conflicts with it, and so on.
fn entangled(events: &[Delivery]) -> BTreeSet<Id> {
    let mut with: Vec<_> = events.iter().take(1).copied().collect::<Vec<_>>();
    let mut next = 0;
    while let Some(&of) = with.get(next) {
        let more = events.iter().filter(|event| conflict(event.subject, of.subject));
        let more: Vec<_> = more.filter(|event| !with.contains(event)).copied().collect();
        with.extend(more);
        next += 1;
    }
    with.into_iter().map(|event| event.id).collect()
}

/// Events of directories and organizations conflict with all below; left out, most histories fall into parts.
fn of_users_and_groups(script: &Script) -> Vec<Delivery> {
    let wide = |event: &Delivery| matches!(event.subject, Subject::Directory(_) | Subject::Organization(_));
    history::events(&script.moves).into_iter().filter(|event| !wide(event)).collect()
}

#[test]
fn the_rest_goes_as_if_it_were_alone() {
    forall(1_000, &history::plain(), |script| {
        let events = of_users_and_groups(&script);
        let hang = entangled(&events);
        prop_assert_eq!(sent(&events, &hang, true), sent(&events, &hang, false));
        Ok(())
    });
}

#[test]
fn a_refused_event_does_not_hold_up_its_directory() {
    let events: Vec<_> = (0..100).map(|position| grant(position, user(position.into(), D))).collect();
    let sent = sent(&events, &BTreeSet::from([events[0].id]), true);
    assert_eq!(sent.len(), 99);
    assert!(sent.iter().zip(1..).all(|((at, _), arrived)| *at == arrived));
}

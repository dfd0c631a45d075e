//! When a window is read, and what it takes.

use model::Timestamp;
use model::delivery::Reach;
use model::event::{StreamId, Subject};
use model::id::{DeliveryId, DirectoryId, EndpointId, EnvironmentId, EventId};
use store::Pending;

use super::*;
use crate::push::{Body, Stamps};

fn pushed(position: i64, reach: Reach) -> Pushed {
    let environment_id = EnvironmentId::first_at(1);
    let pending = Pending {
        id: DeliveryId::first_at(position),
        environment_id,
        event_id: EventId::first_at(position),
        stream: StreamId::Environment(environment_id),
        subject: Subject::Directory(DirectoryId::first_at(1)),
        reach,
        position,
        attempts: 0,
        tried_at: None,
        due_at: Timestamp(0),
    };
    Pushed { endpoint_id: EndpointId::first_at(1), pending, body: Body { events: [].into(), at: 0 } }
}

fn takes(window: &mut Window, stamp: Stamp, reach: Reach, rows: usize) -> bool {
    matches!(window.take(stamp, pushed(5, reach), rows), Take::Insert(_))
}

fn all_move(rows: usize) -> Memory {
    Memory { rows, movable: rows, left_alone: false }
}

fn found(cut: bool) -> Found {
    Found { cut, crowded: false, newest: 0 }
}

/// Read once; it was `cut` or not.
fn read(stamps: &Stamps, cut: bool) -> Window {
    let mut window = Window::new(Stamp::default());
    assert!(window.wants_read(all_move(0)) && !window.has_been_read());
    assert_eq!(window.begin_read(all_move(0)), FIRST_SIZE);
    assert!(window.end_read(stamps.draw(), found(cut)).is_empty());
    window
}

#[test]
fn a_push_is_taken_if_no_read_can_have_seen_it() {
    let stamps = Stamps::default();
    let early = stamps.draw();
    let mut window = read(&stamps, false);
    let late = stamps.draw();
    assert!(window.is_whole() && takes(&mut window, late, Reach::Nothing, 0) && window.is_whole());
    assert!(!takes(&mut window, early, Reach::Nothing, 0));
    assert!(window.wants_read(all_move(LARGEST_SIZE)), "it is read instead");
    assert!(!takes(&mut window, late, Reach::Below, 0), "nothing is taken before that");
}

#[test]
fn what_is_pushed_during_a_read_comes_after_it() {
    let stamps = Stamps::default();
    let mut window = read(&stamps, false);
    window.mark_stale();
    let stamp = stamps.draw();
    window.begin_read(all_move(0));
    assert!(!window.wants_read(all_move(0)) && !takes(&mut window, stamp, Reach::Nothing, 0));
    let queued = window.end_read(stamps.draw(), found(false));
    assert_eq!(queued.len(), 1);
    assert!(window.is_whole() && window.newest() == 5);
    // Unless something else may be missing: then all of it is read again.
    window.begin_read(all_move(0));
    let stamp = stamps.draw();
    assert!(!takes(&mut window, stamp, Reach::Nothing, 0));
    window.mark_stale();
    assert!(window.end_read(stamps.draw(), found(false)).is_empty() && window.wants_read(all_move(0)));
}

#[test]
fn beyond_a_cut_only_revocations_are_taken() {
    let stamps = Stamps::default();
    let mut window = read(&stamps, true);
    let stamp = stamps.draw();
    assert!(!window.is_whole() && !window.wants_read(all_move(FIRST_SIZE / 2)));
    assert!(!takes(&mut window, stamp, Reach::Nothing, FIRST_SIZE));
    assert!(takes(&mut window, stamp, Reach::Resource, FIRST_SIZE));
    assert!(window.wants_read(all_move(FIRST_SIZE / 2 - 1)));
    assert_eq!(window.begin_read(all_move(FIRST_SIZE / 2 - 1)), 2 * FIRST_SIZE);
}

#[test]
fn a_window_grows_up_to_a_limit_and_is_cut_there() {
    let stamps = Stamps::default();
    let mut window = read(&stamps, true);
    let sizes: Vec<_> = (0..6)
        .map(|_| {
            let size = window.begin_read(all_move(0));
            window.end_read(stamps.draw(), found(true));
            size
        })
        .collect();
    assert_eq!(sizes, [2_000, 4_000, 8_000, 10_000, 10_000, 10_000]);
    let mut window = read(&stamps, false);
    let stamp = stamps.draw();
    assert!(takes(&mut window, stamp, Reach::Nothing, LARGEST_SIZE - 1));
    assert!(!takes(&mut window, stamp, Reach::Nothing, LARGEST_SIZE) && !window.is_whole());
}

#[test]
fn a_read_that_failed_is_still_to_be_made() {
    let stamps = Stamps::default();
    let mut window = read(&stamps, false);
    window.begin_read(all_move(0));
    window.fail_read();
    assert!(window.wants_read(all_move(0)) && !window.has_been_read());
}

#[test]
fn a_window_that_does_not_move_is_widened_up_to_a_limit() {
    let stamps = Stamps::default();
    let mut window = read(&stamps, true);
    let memory = |rows, movable| Memory { rows, movable, left_alone: false };
    assert!(!window.wants_read(memory(FIRST_SIZE, FIRST_SIZE / 2)));
    let stuck = memory(FIRST_SIZE, FIRST_SIZE / 2 - 1);
    assert!(!window.wants_read(Memory { left_alone: true, ..stuck }), "an endpoint that fails stays cheap");
    assert!(window.wants_read(stuck));
    let mut sizes = Vec::new();
    while window.wants_read(memory(LARGEST_SIZE, 0)) {
        sizes.push(window.begin_read(memory(LARGEST_SIZE, 0)));
        window.end_read(stamps.draw(), found(true));
    }
    assert_eq!(sizes, [2_000, 4_000, 8_000, 10_000]);
    assert!(!window.wants_read(memory(LARGEST_SIZE / 2, 0)) && window.wants_read(memory(LARGEST_SIZE / 2 - 1, 0)));
}

#[test]
fn revocations_are_taken_up_to_a_limit_and_read_when_there_is_room() {
    let stamps = Stamps::default();
    let mut window = read(&stamps, true);
    while window.size < LARGEST_SIZE {
        window.begin_read(all_move(0));
        window.end_read(stamps.draw(), found(true));
    }
    let stamp = stamps.draw();
    assert!(takes(&mut window, stamp, Reach::Below, 2 * LARGEST_SIZE - 1));
    assert!(!window.wants_read(all_move(LARGEST_SIZE - 1)), "none is missing");
    assert!(!takes(&mut window, stamp, Reach::Below, 2 * LARGEST_SIZE));
    assert!(!takes(&mut window, stamp, Reach::Below, 0), "an older one is missing");
    assert!(!window.wants_read(all_move(LARGEST_SIZE)) && window.wants_read(all_move(LARGEST_SIZE - 1)));
    window.begin_read(all_move(LARGEST_SIZE - 1));
    window.end_read(stamps.draw(), found(true));
    let stamp = stamps.draw();
    assert!(takes(&mut window, stamp, Reach::Below, LARGEST_SIZE));
}

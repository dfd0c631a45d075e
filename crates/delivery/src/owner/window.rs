//! Which of an endpoint's pending rows are in memory. Pure.
//!
//! Memory holds the oldest rows, as of one read (one statement, one snapshot), and those pushed since. Rows are taken from a push
//! only while nothing older can be missing; else they wait in the database, and the endpoint is read again.

use crate::push::{Pushed, Stamp};

/// A window is first read so large; each time it has been worked off, it is read twice as large.
const FIRST_SIZE: usize = 1_000;
/// At most so many rows of an endpoint are in memory, and so many revocations beyond.
pub(crate) const LARGEST_SIZE: usize = 10_000;

#[derive(Debug)]
pub(super) struct Window {
    /// How many rows the next read takes.
    size: usize,
    read: Read,
    /// There are rows in the database beyond those in memory.
    cut: bool,
    /// Something may be missing: read again.
    stale: bool,
    /// When the last read ended.
    read_at: Stamp,
    /// Pushed while a read was on its way.
    queued: Vec<Pushed>,
    /// The newest position that was read or pushed.
    newest: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Read {
    Never,
    Now,
    Done,
}

/// What to do with a pushed row.
#[derive(Debug)]
pub(super) enum Take {
    Insert(Box<Pushed>),
    Leave,
}

impl Window {
    /// `floor`: what was pushed before may be known, even ended.
    pub(super) fn new(floor: Stamp) -> Self {
        Self {
            size: FIRST_SIZE,
            read: Read::Never,
            cut: false,
            stale: true,
            read_at: floor,
            queued: Vec::new(),
            newest: 0,
        }
    }

    /// Whether it is time to read; `rows` are in memory.
    pub(super) const fn wants_read(&self, rows: usize) -> bool {
        !self.is_reading() && (self.stale || self.cut && rows < self.size / 2)
    }

    pub(super) const fn is_reading(&self) -> bool {
        matches!(self.read, Read::Now)
    }

    /// Nothing may start before the first read.
    pub(super) const fn has_been_read(&self) -> bool {
        !matches!(self.read, Read::Never)
    }

    /// No row is pending that is not in memory, as far as this node knows.
    pub(super) const fn is_whole(&self) -> bool {
        !self.is_reading() && !self.cut && !self.stale
    }

    pub(super) const fn mark_stale(&mut self) {
        self.stale = true;
    }

    pub(super) const fn newest(&self) -> i64 {
        self.newest
    }

    /// Answers how many rows to read.
    pub(super) fn begin_read(&mut self, rows: usize) -> usize {
        if self.cut && rows < self.size / 2 {
            self.size = LARGEST_SIZE.min(self.size * 2);
        }
        self.read = Read::Now;
        self.stale = false;
        self.size
    }

    /// The read failed: it is still to be made.
    pub(super) fn fail_read(&mut self) {
        self.read = Read::Never;
        self.stale = true;
        self.queued.clear();
    }

    /// The read ended at `read_at`, `cut` if it found that there is more, and `newest` was its newest position. Answers what
    /// was pushed meanwhile and is to be inserted after what was read: it was in no read before, so it has not ended.
    pub(super) fn end_read(&mut self, read_at: Stamp, cut: bool, newest: i64) -> Vec<Pushed> {
        self.read = Read::Done;
        (self.read_at, self.cut) = (read_at, cut);
        self.newest = self.newest.max(newest);
        let queued = std::mem::take(&mut self.queued);
        // With something missing nothing can be taken: the next read finds these too.
        let (stale, cut) = (self.stale, self.cut);
        let takes = |pushed: &Pushed| !stale && (!cut || revokes(pushed));
        queued.into_iter().filter(takes).collect()
    }

    /// A row was pushed that is not in memory; `rows` are.
    pub(super) fn take(&mut self, stamp: Stamp, pushed: Pushed, rows: usize) -> Take {
        if stamp <= self.read_at || self.is_reading() && self.queued.len() >= LARGEST_SIZE {
            // A read may have seen it: then it may be known, even ended. Or it may not.
            self.stale = true;
            return Take::Leave;
        }
        self.newest = self.newest.max(pushed.pending.position);
        if self.is_reading() {
            self.queued.push(pushed);
            return Take::Leave;
        }
        self.cut |= rows >= LARGEST_SIZE;
        let missing = self.cut && !revokes(&pushed);
        if self.stale || missing { Take::Leave } else { Take::Insert(Box::new(pushed)) }
    }
}

fn revokes(pushed: &Pushed) -> bool {
    pushed.pending.reach != model::delivery::Reach::Nothing
}

#[cfg(test)]
mod tests {
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

    /// Read once; it was `cut` or not.
    fn read(stamps: &Stamps, cut: bool) -> Window {
        let mut window = Window::new(Stamp::default());
        assert!(window.wants_read(0) && !window.has_been_read());
        assert_eq!(window.begin_read(0), FIRST_SIZE);
        assert!(window.end_read(stamps.draw(), cut, 0).is_empty());
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
        assert!(window.wants_read(LARGEST_SIZE), "it is read instead");
        assert!(!takes(&mut window, late, Reach::Below, 0), "nothing is taken before that");
    }

    #[test]
    fn what_is_pushed_during_a_read_comes_after_it() {
        let stamps = Stamps::default();
        let mut window = read(&stamps, false);
        window.mark_stale();
        let stamp = stamps.draw();
        window.begin_read(0);
        assert!(!window.wants_read(0) && !takes(&mut window, stamp, Reach::Nothing, 0));
        let queued = window.end_read(stamps.draw(), false, 0);
        assert_eq!(queued.len(), 1);
        assert!(window.is_whole() && window.newest() == 5);
        // Unless something else may be missing: then all of it is read again.
        window.begin_read(0);
        let stamp = stamps.draw();
        assert!(!takes(&mut window, stamp, Reach::Nothing, 0));
        window.mark_stale();
        assert!(window.end_read(stamps.draw(), false, 0).is_empty() && window.wants_read(0));
    }

    #[test]
    fn beyond_a_cut_only_revocations_are_taken() {
        let stamps = Stamps::default();
        let mut window = read(&stamps, true);
        let stamp = stamps.draw();
        assert!(!window.is_whole() && !window.wants_read(FIRST_SIZE / 2));
        assert!(!takes(&mut window, stamp, Reach::Nothing, FIRST_SIZE));
        assert!(takes(&mut window, stamp, Reach::Resource, FIRST_SIZE));
        assert!(window.wants_read(FIRST_SIZE / 2 - 1));
        assert_eq!(window.begin_read(FIRST_SIZE / 2 - 1), 2 * FIRST_SIZE);
    }

    #[test]
    fn a_window_grows_up_to_a_limit_and_is_cut_there() {
        let stamps = Stamps::default();
        let mut window = read(&stamps, true);
        let sizes: Vec<_> = (0..6)
            .map(|_| {
                let size = window.begin_read(0);
                window.end_read(stamps.draw(), true, 0);
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
        window.begin_read(0);
        window.fail_read();
        assert!(window.wants_read(0) && !window.has_been_read());
    }
}

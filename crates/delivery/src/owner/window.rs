//! Which of an endpoint's pending rows are in memory. Pure.
//!
//! Memory holds the oldest rows, as of one read (one statement, one snapshot), and those pushed since. Rows are taken from a push
//! only while nothing older can be missing; else they wait in the database, and the endpoint is read again.

use crate::push::{Pushed, Stamp};

/// A window is first read so large, and then twice as large each time that little in it can move.
const FIRST_SIZE: usize = 1_000;
/// At most so many rows of an endpoint are in memory, and so many revocations beyond. Pushed revocations come in up to twice
/// as many rows in all.
pub(crate) const LARGEST_SIZE: usize = 10_000;

/// What is in memory of an endpoint.
#[derive(Debug, Clone, Copy)]
pub(super) struct Memory {
    pub(super) rows: usize,
    /// How many of them go, or would go if there were room.
    pub(super) movable: usize,
    /// The endpoint fails and is left alone: more rows would not move either.
    pub(super) left_alone: bool,
}

#[derive(Debug)]
pub(super) struct Window {
    /// How many rows the next read takes.
    size: usize,
    read: Read,
    /// There are rows in the database beyond those in memory.
    cut: bool,
    /// Of those there are revocations too.
    crowded: bool,
    /// Something may be missing: read again.
    stale: bool,
    /// When the last read ended.
    read_at: Stamp,
    /// Pushed while a read was on its way.
    queued: Vec<Pushed>,
    /// The newest position that was read or pushed.
    newest: i64,
}

/// What a read found out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    /// There are more rows.
    pub(super) cut: bool,
    /// There are more revocations.
    pub(super) crowded: bool,
    /// The newest position.
    pub(super) newest: i64,
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
            crowded: false,
            stale: true,
            read_at: floor,
            queued: Vec::new(),
            newest: 0,
        }
    }

    /// Whether it is time to read.
    pub(super) const fn wants_read(&self, memory: Memory) -> bool {
        let used_up = self.cut && memory.rows < self.size / 2 || self.crowded && memory.rows < LARGEST_SIZE;
        !self.is_reading() && (self.stale || used_up || self.is_narrow(memory))
    }

    /// What is in memory rests or waits, and what lies beyond might go: a thousand refused events hold up nobody else's.
    const fn is_narrow(&self, memory: Memory) -> bool {
        self.cut && self.size < LARGEST_SIZE && memory.movable < self.size / 2 && !memory.left_alone
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
    pub(super) fn begin_read(&mut self, memory: Memory) -> usize {
        if self.is_narrow(memory) || self.cut && memory.rows < self.size / 2 {
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

    /// The read ended at `read_at`. Answers what was pushed meanwhile and is to be inserted after what was read: it was in no read
    /// before, so it has not ended.
    pub(super) fn end_read(&mut self, read_at: Stamp, found: Found) -> Vec<Pushed> {
        let Found { cut, crowded, newest } = found;
        self.read = Read::Done;
        (self.read_at, self.cut, self.crowded) = (read_at, cut, crowded);
        self.newest = self.newest.max(newest);
        let queued = std::mem::take(&mut self.queued);
        // With something missing nothing can be taken: the next read finds these too.
        let stale = self.stale;
        let takes = |pushed: &Pushed| !stale && (!cut || revokes(pushed) && !crowded);
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
        self.crowded |= rows >= 2 * LARGEST_SIZE && revokes(&pushed);
        let missing = self.cut && !revokes(&pushed) || self.crowded;
        if self.stale || missing { Take::Leave } else { Take::Insert(Box::new(pushed)) }
    }
}

fn revokes(pushed: &Pushed) -> bool {
    pushed.pending.reach != model::delivery::Reach::Nothing
}

#[cfg(test)]
mod tests;

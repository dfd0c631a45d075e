//! The queue before the writer: bounded, and shared fairly between streams.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::Hash;

/// How many writes wait on a node before more are refused with 503.
pub const MAX_QUEUED: usize = 4096;
/// How many of them one stream (the directories of an organization) may have.
pub const MAX_QUEUED_PER_STREAM: usize = 1024;

/// What waits.
pub(crate) trait Queued {
    /// About how many rows it touches.
    fn rows(&self) -> usize;
    /// Whether it must not go together with other streams.
    fn goes_apart(&self) -> bool;
}

/// Writes in order per stream; streams take turns. What is taken holds its stream until [`Queue::release`]: nothing that waits
/// behind it overtakes it.
#[derive(Debug)]
pub(crate) struct Queue<K, T> {
    waiting: HashMap<K, VecDeque<T>>,
    /// Streams with something waiting, but those held.
    turns: VecDeque<K>,
    held: HashSet<K>,
    len: usize,
    /// How many of them do not wait behind a held stream.
    ready: usize,
}

/// What is to be done next.
#[derive(Debug, PartialEq)]
pub(crate) struct Taken<T> {
    /// In one transaction.
    pub(crate) together: Vec<T>,
    /// Each in a transaction of its own: writes of one stream, which is not in `together`.
    pub(crate) apart: Vec<Vec<T>>,
}

/// How much is taken at most.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Writes in one transaction.
    pub(crate) writes: usize,
    /// Rows in one transaction; a single write may have more.
    pub(crate) rows: usize,
    /// Streams in `together`.
    pub(crate) streams: usize,
}

impl<K: Copy + Eq + Hash, T: Queued> Queue<K, T> {
    pub(crate) fn new() -> Self {
        Self { waiting: HashMap::new(), turns: VecDeque::new(), held: HashSet::new(), len: 0, ready: 0 }
    }

    /// How many writes wait.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// How many writes can be taken now.
    pub(crate) fn ready(&self) -> usize {
        self.ready
    }

    /// Of how many streams.
    pub(crate) fn streams(&self) -> usize {
        self.turns.len()
    }

    /// Whether nothing waits and nothing is being done.
    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0 && self.held.is_empty()
    }

    /// Puts a write behind those of its stream; gives it back when there is no room.
    pub(crate) fn push(&mut self, stream: K, item: T) -> Result<(), T> {
        let behind = self.waiting.get(&stream).map_or(0, VecDeque::len);
        if self.len >= MAX_QUEUED || behind >= MAX_QUEUED_PER_STREAM {
            return Err(item);
        }
        self.slot(stream).push_back(item);
        Ok(())
    }

    /// Puts back what was taken, before everything else of its stream.
    pub(crate) fn push_front(&mut self, stream: K, item: T) {
        self.slot(stream).push_front(item);
    }

    /// What the next streams wait for: one write of each in turn, until there are enough or none. A write that must go apart
    /// does so when nothing of its stream goes before it, and takes along what waits behind it.
    pub(crate) fn take(&mut self, limits: Limits) -> Taken<T> {
        let mut taken = Taken { together: Vec::new(), apart: Vec::new() };
        let (mut again, mut fresh, mut rows) = (VecDeque::new(), limits.streams, 0);
        while taken.together.len() < limits.writes {
            let first = if fresh > 0 { self.turns.front().copied() } else { None };
            let Some(stream) = first.or_else(|| again.pop_front()) else { break };
            let Some((more, apart)) = self.next(stream) else { continue };
            if apart && first.is_none() {
                continue;
            }
            if !apart && !taken.together.is_empty() && rows + more > limits.rows {
                break;
            }
            if first.is_some() {
                self.turns.pop_front();
                fresh -= 1;
            }
            if apart {
                taken.apart.push(self.pop_run(stream, limits));
            } else if let Some(item) = self.pop(stream) {
                rows += more;
                again.push_back(stream);
                taken.together.push(item);
            }
        }
        taken
    }

    /// What was taken of these streams is done, or put back.
    pub(crate) fn release(&mut self, streams: impl IntoIterator<Item = K>) {
        for stream in streams {
            if self.held.remove(&stream)
                && let Some(waiting) = self.waiting.get(&stream)
            {
                self.ready += waiting.len();
                self.turns.push_back(stream);
            }
        }
    }

    /// The rows of a stream's first write, and whether it goes apart.
    fn next(&self, stream: K) -> Option<(usize, bool)> {
        let item = self.waiting.get(&stream)?.front()?;
        Some((item.rows(), item.goes_apart()))
    }

    /// A stream's first writes, as many as go into one transaction.
    fn pop_run(&mut self, stream: K, limits: Limits) -> Vec<T> {
        let (mut run, mut rows) = (Vec::new(), 0);
        while let Some((more, _)) = self.next(stream) {
            rows += more;
            if run.len() >= limits.writes || (!run.is_empty() && rows > limits.rows) {
                break;
            }
            run.extend(self.pop(stream));
        }
        run
    }

    fn pop(&mut self, stream: K) -> Option<T> {
        let waiting = self.waiting.get_mut(&stream)?;
        let behind = waiting.len();
        let item = waiting.pop_front()?;
        self.len -= 1;
        if behind == 1 {
            self.waiting.remove(&stream);
        }
        if self.held.insert(stream) {
            self.ready -= behind;
        }
        Some(item)
    }

    fn slot(&mut self, stream: K) -> &mut VecDeque<T> {
        self.len += 1;
        let slot = self.waiting.entry(stream).or_default();
        if !self.held.contains(&stream) {
            self.ready += 1;
            if slot.is_empty() {
                self.turns.push_back(stream);
            }
        }
        slot
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Capitals go apart; a digit is so many rows.
    impl Queued for char {
        fn rows(&self) -> usize {
            self.to_digit(10).unwrap_or(1) as usize
        }

        fn goes_apart(&self) -> bool {
            self.is_uppercase()
        }
    }

    fn queue(items: &[(u32, char)]) -> Queue<u32, char> {
        let mut queue = Queue::new();
        items.iter().for_each(|(of, item)| queue.push(*of, *item).unwrap());
        queue
    }

    fn take(queue: &mut Queue<u32, char>, writes: usize) -> (String, Vec<String>) {
        take_of(queue, Limits { writes, rows: 9, streams: usize::MAX })
    }

    fn take_of(queue: &mut Queue<u32, char>, limits: Limits) -> (String, Vec<String>) {
        let taken = queue.take(limits);
        (taken.together.iter().collect(), taken.apart.iter().map(|run| run.iter().collect()).collect())
    }

    fn together(items: &str) -> (String, Vec<String>) {
        (items.to_owned(), Vec::new())
    }

    #[test]
    fn streams_take_turns_and_keep_their_order() {
        let mut queue = queue(&[(1, 'a'), (1, 'b'), (1, 'c'), (2, 'x'), (3, 'y')]);
        assert_eq!(take(&mut queue, 4), together("axyb"));
        queue.push_front(1, 'b');
        queue.release([1, 2, 3]);
        assert_eq!(take(&mut queue, 9), together("bc"));
        queue.release([1]);
        assert!(queue.is_empty() && queue.ready() == 0);
    }

    #[test]
    fn a_crowd_can_be_shared_by_stream() {
        let mut queue = queue(&[(1, 'a'), (1, 'b'), (2, 'x'), (3, 'y')]);
        assert_eq!((queue.ready(), queue.streams()), (4, 3));
        assert_eq!(take_of(&mut queue, Limits { writes: 9, rows: 9, streams: 2 }), together("axb"));
        assert_eq!((queue.ready(), queue.streams()), (1, 1));
        assert_eq!(take(&mut queue, 9), together("y"));
    }

    #[test]
    fn what_is_taken_holds_its_stream() {
        let mut queue = queue(&[(1, 'a'), (1, 'b'), (2, 'x')]);
        assert_eq!(take(&mut queue, 1), together("a"));
        assert_eq!(take(&mut queue, 9), together("x"));
        queue.push(2, 'y').unwrap();
        assert!(queue.ready() == 0 && !queue.is_empty());
        queue.release([2]);
        assert_eq!(take(&mut queue, 9), together("y"));
        queue.release([1]);
        assert_eq!(take(&mut queue, 9), together("b"));
    }

    #[test]
    fn rows_are_bounded_but_for_one_write() {
        let mut queue = queue(&[(1, '5'), (2, '4'), (3, '1'), (3, 'a')]);
        assert_eq!(take(&mut queue, 9), together("54"));
        assert_eq!((queue.ready(), queue.streams()), (2, 1));
        queue.push(4, '9').unwrap();
        assert_eq!(take(&mut queue, 9), together("1"));
        assert_eq!(take(&mut queue, 9), together("9"));
        queue.release([3]);
        assert_eq!(take_of(&mut queue, Limits { writes: 9, rows: 0, streams: 9 }), together("a"));
    }

    #[test]
    fn what_goes_apart_is_not_overtaken_and_overtakes_nothing() {
        let mut queue = queue(&[(1, 'a'), (1, 'B'), (1, 'c'), (2, 'x')]);
        assert_eq!(take(&mut queue, 9), together("ax"));
        queue.release([1, 2]);
        assert_eq!(take(&mut queue, 9), (String::new(), vec!["Bc".into()]));
        assert!(queue.ready() == 0 && !queue.is_empty());
        queue.push(1, 'd').unwrap();
        assert_eq!(queue.ready(), 0);
        queue.release([1]);
        assert_eq!(take(&mut queue, 9), together("d"));
    }

    #[test]
    fn is_bounded_for_one_and_for_all() {
        let mut queue = Queue::new();
        for _ in 0..MAX_QUEUED_PER_STREAM {
            queue.push(1, 'a').unwrap();
        }
        assert!(queue.push(1, 'a').is_err());
        for n in MAX_QUEUED_PER_STREAM..MAX_QUEUED {
            queue.push(n, 'a').unwrap();
        }
        assert!(queue.push(0, 'a').is_err());
    }
}

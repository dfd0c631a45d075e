//! The queue before the writer: bounded, and shared fairly between directories.

use std::collections::{HashMap, VecDeque};

use model::id::DirectoryId;

/// How many writes wait on a node before more are refused with 503.
pub const MAX_QUEUED: usize = 4096;
/// How many of them one directory may have.
pub const MAX_QUEUED_PER_DIRECTORY: usize = 1024;

/// Writes in order per directory; directories take turns.
#[derive(Debug)]
pub(crate) struct Queue<T> {
    waiting: HashMap<DirectoryId, VecDeque<T>>,
    turns: VecDeque<DirectoryId>,
    len: usize,
}

impl<T> Queue<T> {
    pub(crate) fn new() -> Self {
        Self { waiting: HashMap::new(), turns: VecDeque::new(), len: 0 }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Puts a write behind those of its directory; gives it back when there is no room.
    pub(crate) fn push(&mut self, directory: DirectoryId, item: T) -> Result<(), T> {
        let held = self.waiting.get(&directory).map_or(0, VecDeque::len);
        if self.len >= MAX_QUEUED || held >= MAX_QUEUED_PER_DIRECTORY {
            return Err(item);
        }
        self.slot(directory).push_back(item);
        self.len += 1;
        Ok(())
    }

    /// Puts back what was taken, before everything else of its directory.
    pub(crate) fn push_front(&mut self, directory: DirectoryId, item: T) {
        self.slot(directory).push_front(item);
        self.len += 1;
    }

    /// Up to `most` writes: one of each directory in turn, until there are enough or none.
    pub(crate) fn take(&mut self, most: usize) -> Vec<T> {
        let mut taken = Vec::with_capacity(most.min(self.len));
        while taken.len() < most {
            let Some(directory) = self.turns.pop_front() else { break };
            let Some(waiting) = self.waiting.get_mut(&directory) else { continue };
            taken.extend(waiting.pop_front());
            if waiting.is_empty() {
                self.waiting.remove(&directory);
            } else {
                self.turns.push_back(directory);
            }
        }
        self.len -= taken.len();
        taken
    }

    fn slot(&mut self, directory: DirectoryId) -> &mut VecDeque<T> {
        let slot = self.waiting.entry(directory).or_default();
        if slot.is_empty() {
            self.turns.push_back(directory);
        }
        slot
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory(n: u128) -> DirectoryId {
        DirectoryId::from_ulid(n.into())
    }

    #[test]
    fn directories_take_turns_and_keep_their_order() {
        let mut queue = Queue::new();
        for (of, item) in [(1, 'a'), (1, 'b'), (1, 'c'), (2, 'x'), (3, 'y')] {
            queue.push(directory(of), item).unwrap();
        }
        assert_eq!(queue.take(4), ['a', 'x', 'y', 'b']);
        queue.push_front(directory(1), 'b');
        assert_eq!(queue.take(9), ['b', 'c']);
        assert!(queue.is_empty() && queue.take(1).is_empty());
    }

    #[test]
    fn is_bounded_for_one_and_for_all() {
        let mut queue = Queue::new();
        for _ in 0..MAX_QUEUED_PER_DIRECTORY {
            queue.push(directory(1), ()).unwrap();
        }
        assert!(queue.push(directory(1), ()).is_err());
        for n in MAX_QUEUED_PER_DIRECTORY..MAX_QUEUED {
            queue.push(directory(n as u128), ()).unwrap();
        }
        assert!(queue.push(directory(0), ()).is_err());
    }
}

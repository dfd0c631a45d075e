//! The queue before the writer: bounded, and shared fairly between directories.

use std::collections::{HashMap, HashSet, VecDeque};

use model::id::DirectoryId;

/// How many writes wait on a node before more are refused with 503.
pub const MAX_QUEUED: usize = 4096;
/// How many of them one directory may have.
pub const MAX_QUEUED_PER_DIRECTORY: usize = 1024;

/// Writes in order per directory; directories take turns. What is taken holds its directory until [`Queue::release`]:
/// nothing that waits behind it overtakes it.
#[derive(Debug)]
pub(crate) struct Queue<T> {
    waiting: HashMap<DirectoryId, VecDeque<T>>,
    /// Directories with something waiting, but those held.
    turns: VecDeque<DirectoryId>,
    held: HashSet<DirectoryId>,
    len: usize,
    /// How many of them do not wait behind a held directory.
    ready: usize,
}

/// What is to be done next.
#[derive(Debug, PartialEq)]
pub(crate) struct Taken<T> {
    /// In one transaction.
    pub(crate) together: Vec<T>,
    /// Each alone, of a directory that is not in `together`.
    pub(crate) apart: Vec<T>,
}

impl<T> Queue<T> {
    pub(crate) fn new() -> Self {
        Self { waiting: HashMap::new(), turns: VecDeque::new(), held: HashSet::new(), len: 0, ready: 0 }
    }

    /// How many writes can be taken now.
    pub(crate) fn ready(&self) -> usize {
        self.ready
    }

    /// Of how many directories.
    pub(crate) fn directories(&self) -> usize {
        self.turns.len()
    }

    /// Whether nothing waits and nothing is being done.
    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0 && self.held.is_empty()
    }

    /// Puts a write behind those of its directory; gives it back when there is no room.
    pub(crate) fn push(&mut self, directory: DirectoryId, item: T) -> Result<(), T> {
        let behind = self.waiting.get(&directory).map_or(0, VecDeque::len);
        if self.len >= MAX_QUEUED || behind >= MAX_QUEUED_PER_DIRECTORY {
            return Err(item);
        }
        self.slot(directory).push_back(item);
        Ok(())
    }

    /// Puts back what was taken, before everything else of its directory.
    pub(crate) fn push_front(&mut self, directory: DirectoryId, item: T) {
        self.slot(directory).push_front(item);
    }

    /// Up to `most` writes of the next `directories`: one of each in turn, until there are enough or none. A write that
    /// must go apart does so when nothing of its directory goes before it.
    pub(crate) fn take(&mut self, most: usize, directories: usize, apart: impl Fn(&T) -> bool) -> Taken<T> {
        let mut taken = Taken { together: Vec::new(), apart: Vec::new() };
        let mut again = VecDeque::new();
        let mut fresh = directories;
        while taken.together.len() < most {
            let first = if fresh > 0 { self.turns.pop_front() } else { None };
            fresh = fresh.saturating_sub(1);
            let Some(directory) = first.or_else(|| again.pop_front()) else { break };
            let goes_apart = self.waiting.get(&directory).and_then(VecDeque::front).is_some_and(&apart);
            if goes_apart && first.is_none() {
                continue;
            }
            let Some(item) = self.pop(directory) else { continue };
            if goes_apart {
                taken.apart.push(item);
            } else {
                again.push_back(directory);
                taken.together.push(item);
            }
        }
        taken
    }

    /// What was taken of these directories is done, or put back.
    pub(crate) fn release(&mut self, directories: impl IntoIterator<Item = DirectoryId>) {
        for directory in directories {
            if self.held.remove(&directory)
                && let Some(waiting) = self.waiting.get(&directory)
            {
                self.ready += waiting.len();
                self.turns.push_back(directory);
            }
        }
    }

    fn pop(&mut self, directory: DirectoryId) -> Option<T> {
        let waiting = self.waiting.get_mut(&directory)?;
        let behind = waiting.len();
        let item = waiting.pop_front()?;
        self.len -= 1;
        if behind == 1 {
            self.waiting.remove(&directory);
        }
        if self.held.insert(directory) {
            self.ready -= behind;
        }
        Some(item)
    }

    fn slot(&mut self, directory: DirectoryId) -> &mut VecDeque<T> {
        self.len += 1;
        let slot = self.waiting.entry(directory).or_default();
        if !self.held.contains(&directory) {
            self.ready += 1;
            if slot.is_empty() {
                self.turns.push_back(directory);
            }
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

    fn queue(items: &[(u128, char)]) -> Queue<char> {
        let mut queue = Queue::new();
        items.iter().for_each(|(of, item)| queue.push(directory(*of), *item).unwrap());
        queue
    }

    /// Capitals go apart.
    fn take(queue: &mut Queue<char>, most: usize) -> (String, String) {
        let taken = queue.take(most, usize::MAX, |item| item.is_uppercase());
        (taken.together.iter().collect(), taken.apart.iter().collect())
    }

    #[test]
    fn directories_take_turns_and_keep_their_order() {
        let mut queue = queue(&[(1, 'a'), (1, 'b'), (1, 'c'), (2, 'x'), (3, 'y')]);
        assert_eq!(take(&mut queue, 4), ("axyb".into(), String::new()));
        queue.push_front(directory(1), 'b');
        queue.release([directory(1), directory(2), directory(3)]);
        assert_eq!(take(&mut queue, 9), ("bc".into(), String::new()));
        queue.release([directory(1)]);
        assert!(queue.is_empty() && queue.ready() == 0);
    }

    #[test]
    fn a_crowd_can_be_shared_by_directory() {
        let mut queue = queue(&[(1, 'a'), (1, 'b'), (2, 'x'), (3, 'y')]);
        assert_eq!((queue.ready(), queue.directories()), (4, 3));
        let taken = queue.take(9, 2, |_| false);
        assert_eq!(taken.together, ['a', 'x', 'b']);
        assert_eq!((queue.ready(), queue.directories()), (1, 1));
        assert_eq!(take(&mut queue, 9), ("y".into(), String::new()));
    }

    #[test]
    fn what_is_taken_holds_its_directory() {
        let mut queue = queue(&[(1, 'a'), (1, 'b'), (2, 'x')]);
        assert_eq!(take(&mut queue, 1), ("a".into(), String::new()));
        assert_eq!(take(&mut queue, 9), ("x".into(), String::new()));
        queue.push(directory(2), 'y').unwrap();
        assert!(queue.ready() == 0 && !queue.is_empty());
        queue.release([directory(2)]);
        assert_eq!(take(&mut queue, 9), ("y".into(), String::new()));
        queue.release([directory(1)]);
        assert_eq!(take(&mut queue, 9), ("b".into(), String::new()));
    }

    #[test]
    fn what_goes_apart_is_not_overtaken_and_overtakes_nothing() {
        let mut queue = queue(&[(1, 'a'), (1, 'B'), (1, 'c'), (2, 'x')]);
        assert_eq!(take(&mut queue, 9), ("ax".into(), String::new()));
        queue.release([directory(1), directory(2)]);
        assert_eq!(take(&mut queue, 9), (String::new(), "B".into()));
        assert!(queue.ready() == 0 && !queue.is_empty());
        queue.push(directory(1), 'd').unwrap();
        assert_eq!(queue.ready(), 0);
        queue.release([directory(1)]);
        assert_eq!(take(&mut queue, 9), ("cd".into(), String::new()));
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

//! The queue before the writer: bounded, and shared fairly between directories.

use std::collections::{HashMap, HashSet, VecDeque};

use model::id::DirectoryId;

/// How many writes wait on a node before more are refused with 503.
pub const MAX_QUEUED: usize = 4096;
/// How many of them one directory may have.
pub const MAX_QUEUED_PER_DIRECTORY: usize = 1024;

/// Writes in order per directory; directories take turns.
#[derive(Debug)]
pub(crate) struct Queue<T> {
    waiting: HashMap<DirectoryId, VecDeque<T>>,
    /// Directories with something waiting, but those held.
    turns: VecDeque<DirectoryId>,
    /// Directories of which a write runs apart: what waits behind it must not overtake it.
    held: HashSet<DirectoryId>,
    len: usize,
}

/// What is to be done next.
#[derive(Debug, PartialEq)]
pub(crate) struct Taken<T> {
    /// In one transaction.
    pub(crate) together: Vec<T>,
    /// Each alone; its directory is held until [`Queue::release`].
    pub(crate) apart: Vec<T>,
}

impl<T> Queue<T> {
    pub(crate) fn new() -> Self {
        Self { waiting: HashMap::new(), turns: VecDeque::new(), held: HashSet::new(), len: 0 }
    }

    /// Whether nothing can be taken now.
    pub(crate) fn is_idle(&self) -> bool {
        self.turns.is_empty()
    }

    /// Whether nothing waits, not even behind a held directory.
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

    /// Up to `most` writes: one of each directory in turn, until there are enough or none. A write that must go apart does
    /// so when nothing of its directory goes in this round.
    pub(crate) fn take(&mut self, most: usize, apart: impl Fn(&T) -> bool) -> Taken<T> {
        let mut taken = Taken { together: Vec::new(), apart: Vec::new() };
        let (mut going, mut waiting_turn) = (HashSet::new(), Vec::new());
        while taken.together.len() < most {
            let Some(directory) = self.turns.pop_front() else { break };
            let goes_apart = self.waiting.get(&directory).and_then(VecDeque::front).is_some_and(&apart);
            if goes_apart && going.contains(&directory) {
                waiting_turn.push(directory);
                continue;
            }
            let Some(item) = self.pop(directory, goes_apart) else { continue };
            if goes_apart {
                taken.apart.push(item);
            } else {
                going.insert(directory);
                taken.together.push(item);
            }
        }
        self.turns.extend(waiting_turn);
        taken
    }

    /// The write that ran apart is done.
    pub(crate) fn release(&mut self, directory: DirectoryId) {
        self.held.remove(&directory);
        if self.waiting.contains_key(&directory) {
            self.turns.push_back(directory);
        }
    }

    fn pop(&mut self, directory: DirectoryId, hold: bool) -> Option<T> {
        let waiting = self.waiting.get_mut(&directory)?;
        let item = waiting.pop_front()?;
        self.len -= 1;
        if waiting.is_empty() {
            self.waiting.remove(&directory);
        } else if !hold {
            self.turns.push_back(directory);
        }
        if hold {
            self.held.insert(directory);
        }
        Some(item)
    }

    fn slot(&mut self, directory: DirectoryId) -> &mut VecDeque<T> {
        self.len += 1;
        let slot = self.waiting.entry(directory).or_default();
        if slot.is_empty() && !self.held.contains(&directory) {
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

    fn queue(items: &[(u128, char)]) -> Queue<char> {
        let mut queue = Queue::new();
        items.iter().for_each(|(of, item)| queue.push(directory(*of), *item).unwrap());
        queue
    }

    /// Capitals go apart.
    fn take(queue: &mut Queue<char>, most: usize) -> (String, String) {
        let taken = queue.take(most, |item| item.is_uppercase());
        (taken.together.iter().collect(), taken.apart.iter().collect())
    }

    #[test]
    fn directories_take_turns_and_keep_their_order() {
        let mut queue = queue(&[(1, 'a'), (1, 'b'), (1, 'c'), (2, 'x'), (3, 'y')]);
        assert_eq!(take(&mut queue, 4), ("axyb".into(), String::new()));
        queue.push_front(directory(1), 'b');
        assert_eq!(take(&mut queue, 9), ("bc".into(), String::new()));
        assert!(queue.is_empty() && queue.is_idle());
    }

    #[test]
    fn what_goes_apart_is_not_overtaken_and_overtakes_nothing() {
        let mut queue = queue(&[(1, 'a'), (1, 'B'), (1, 'c'), (2, 'x')]);
        assert_eq!(take(&mut queue, 9), ("ax".into(), String::new()));
        assert_eq!(take(&mut queue, 9), (String::new(), "B".into()));
        assert!(queue.is_idle() && !queue.is_empty());
        queue.push(directory(1), 'd').unwrap();
        assert!(queue.is_idle());
        queue.release(directory(1));
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

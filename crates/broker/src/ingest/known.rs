//! What this node last wrote of its directories. Mostly it still holds, so that a batch need not read it: its commit finds out.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use model::event::StreamId;
use model::id::DirectoryId;
use model::tenant::Directory;
use store::Head;

/// How many directories are remembered at most; past that all are forgotten.
pub const MAX_KNOWN: usize = 10_000;

/// Each directory as it stands at the head of its stream.
#[derive(Default)]
pub(crate) struct Known {
    rows: Mutex<Rows>,
    lost_races: AtomicU64,
}

#[derive(Default)]
struct Rows {
    heads: HashMap<StreamId, Head>,
    directories: HashMap<DirectoryId, Directory>,
}

/// What a batch begins with, or leaves.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct State {
    pub(crate) heads: BTreeMap<StreamId, Head>,
    pub(crate) directories: Vec<Directory>,
}

impl Known {
    /// All of these directories, or `None`.
    pub(crate) fn get(&self, ids: &[DirectoryId]) -> Option<State> {
        let rows = self.lock();
        let mut state = State::default();
        for id in ids {
            let directory = rows.directories.get(id)?;
            let stream = StreamId::Organization(directory.organization_id);
            state.heads.insert(stream, *rows.heads.get(&stream)?);
            state.directories.push(directory.clone());
        }
        Some(state)
    }

    /// What a batch has left, which began at the heads `from`. Other directories of its streams stand as they did, if they
    /// were known at those heads.
    pub(crate) fn put(&self, from: &BTreeMap<StreamId, Head>, state: State) {
        let mut rows = self.lock();
        let new = state.directories.iter().filter(|directory| !rows.directories.contains_key(&directory.id)).count();
        if rows.directories.len() + new > MAX_KNOWN {
            *rows = Rows::default();
        }
        for (stream, head) in state.heads {
            if rows.heads.insert(stream, head).as_ref() != from.get(&stream) {
                rows.directories.retain(|_, known| StreamId::Organization(known.organization_id) != stream);
            }
        }
        rows.directories.extend(state.directories.into_iter().map(|directory| (directory.id, directory)));
    }

    /// How often a stream had moved.
    pub(crate) fn lost_races(&self) -> u64 {
        self.lost_races.load(Ordering::Relaxed)
    }

    /// Somebody else was faster.
    pub(crate) fn note_lost_race(&self) {
        self.lost_races.fetch_add(1, Ordering::Relaxed);
    }

    /// These streams have moved without us, or are not what they seemed.
    pub(crate) fn forget(&self, streams: &[StreamId]) {
        let mut rows = self.lock();
        rows.heads.retain(|stream, _| !streams.contains(stream));
    }

    fn lock(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use model::Timestamp;
    use model::id::{EnvironmentId, OrganizationId};
    use model::settings::DirectorySettings;
    use model::tenant::{Counters, DirectoryState, DirectoryType};

    use super::*;

    fn directory(id: u128, organization: u128) -> Directory {
        Directory {
            id: DirectoryId::from_ulid(id.into()),
            environment_id: EnvironmentId::from_ulid(1.into()),
            organization_id: OrganizationId::from_ulid(organization.into()),
            external_key: String::new(),
            kind: DirectoryType::Generic,
            state: DirectoryState::Linked,
            name: String::new(),
            tokens_version: 1,
            counters: Counters::default(),
            settings: DirectorySettings::default(),
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
            version: 1,
        }
    }

    fn heads(organization: u128, sequence: i64) -> BTreeMap<StreamId, Head> {
        let head = Head { environment_id: EnvironmentId::from_ulid(1.into()), sequence, event_sequence: 0 };
        BTreeMap::from([(StreamId::Organization(OrganizationId::from_ulid(organization.into())), head)])
    }

    /// Puts what a batch of these directories of organization 1 has left.
    fn put(known: &Known, (from, to): (i64, i64), ids: &[u128]) {
        let directories = ids.iter().map(|id| directory(*id, 1)).collect();
        known.put(&heads(1, from), State { heads: heads(1, to), directories });
    }

    /// The sequence at which a directory is known.
    fn sequence(known: &Known, id: u128) -> Option<i64> {
        let state = known.get(&[DirectoryId::from_ulid(id.into())])?;
        state.heads.values().next().map(|head| head.sequence)
    }

    #[test]
    fn a_sibling_moves_along_while_nobody_else_writes() {
        let known = Known::default();
        put(&known, (0, 4), &[1, 2]);
        put(&known, (4, 5), &[1]);
        assert_eq!([1, 2].map(|id| sequence(&known, id)), [Some(5), Some(5)]);
        put(&known, (9, 10), &[1]);
        assert_eq!([1, 2].map(|id| sequence(&known, id)), [Some(10), None]);
    }

    #[test]
    fn what_has_moved_is_forgotten() {
        let known = Known::default();
        put(&known, (0, 4), &[1, 2]);
        known.forget(&heads(1, 0).into_keys().collect::<Vec<_>>());
        assert_eq!([1, 2].map(|id| sequence(&known, id)), [None, None]);
        put(&known, (7, 8), &[2]);
        assert_eq!([1, 2].map(|id| sequence(&known, id)), [None, Some(8)]);
    }

    #[test]
    fn all_of_a_batch_or_nothing() {
        let known = Known::default();
        put(&known, (0, 4), &[1]);
        assert_eq!(known.get(&[1, 2].map(|id: u128| DirectoryId::from_ulid(id.into()))), None);
    }

    #[test]
    fn holds_its_limit_and_begins_again_past_it() {
        let known = Known::default();
        let ids: Vec<u128> = (0..MAX_KNOWN as u128).collect();
        put(&known, (0, 1), &ids);
        put(&known, (1, 1), &[0]);
        assert_eq!([0, 1].map(|id| sequence(&known, id)), [Some(1), Some(1)]);
        put(&known, (1, 2), &[MAX_KNOWN as u128]);
        assert_eq!([0, MAX_KNOWN as u128].map(|id| sequence(&known, id)), [None, Some(2)]);
    }
}

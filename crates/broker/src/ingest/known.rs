//! What this node last wrote of its directories. Mostly it still holds, so that a batch need not read it: its commit finds out.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use model::event::StreamId;
use model::id::DirectoryId;
use model::tenant::Directory;
use store::Head;

/// How many directories are remembered at most; past that all are forgotten.
pub const MAX_KNOWN: usize = 10_000;

/// Each directory as it stands at the head of its stream.
#[derive(Default)]
pub(crate) struct Known(Mutex<Rows>);

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
        if rows.directories.len() + state.directories.len() > MAX_KNOWN {
            *rows = Rows::default();
        }
        for (stream, head) in state.heads {
            if rows.heads.insert(stream, head).as_ref() != from.get(&stream) {
                rows.directories.retain(|_, known| StreamId::Organization(known.organization_id) != stream);
            }
        }
        rows.directories.extend(state.directories.into_iter().map(|directory| (directory.id, directory)));
    }

    /// These streams have moved without us.
    pub(crate) fn forget(&self, streams: &[StreamId]) {
        let mut rows = self.lock();
        rows.heads.retain(|stream, _| !streams.contains(stream));
    }

    fn lock(&self) -> MutexGuard<'_, Rows> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

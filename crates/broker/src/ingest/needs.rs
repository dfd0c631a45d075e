//! Names of rows that a batch must read.

use std::collections::BTreeSet;

use model::id::{DirectoryId, GroupId, UserId};

/// Every name is within a directory that the transaction holds, or belongs to a row that is.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Needs {
    pub(crate) users: BTreeSet<(DirectoryId, UserId)>,
    /// By case key.
    pub(crate) user_names: BTreeSet<(DirectoryId, String)>,
    pub(crate) groups: BTreeSet<(DirectoryId, GroupId)>,
    /// By case key.
    pub(crate) group_names: BTreeSet<(DirectoryId, String)>,
    pub(crate) pairs: BTreeSet<(GroupId, UserId)>,
    /// Groups with all their members.
    pub(crate) whole_groups: BTreeSet<GroupId>,
}

impl Needs {
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

//! What is asked, and what is answered.

use std::sync::Arc;

use model::Deviation;
use model::id::{DirectoryId, GroupId, OrganizationId, UserId};
use model::resource::{Group, User};
use scim::{DetachedChange, Document, Parsed, Patch, Preconditions};

/// A parsed write to one directory. Repair and parse ran before the queue.
#[derive(Debug, Clone)]
pub struct Write {
    /// Whose stream it is: the directories of one organization take turns.
    pub organization_id: OrganizationId,
    pub directory_id: DirectoryId,
    /// The directory's `tokens_version` that the request was authenticated under.
    pub tokens_version: i64,
    /// Of the resource that is replaced, patched or deleted.
    pub preconditions: Preconditions,
    /// Shared: a batch may run more than once, a list of members is never copied for it.
    pub request: Arc<Request>,
}

#[derive(Debug, Clone)]
pub enum Request {
    CreateUser(Parsed),
    ReplaceUser(UserId, Parsed),
    PatchUser(UserId, Patch),
    DeleteUser(UserId),
    CreateGroup(Parsed),
    ReplaceGroup(GroupId, Parsed),
    PatchGroup(GroupId, Patch),
    DeleteGroup(GroupId),
}

impl Request {
    /// Whether it may touch every member of a group, however many there are.
    pub(crate) fn names_whole_group(&self) -> bool {
        let whole = |change: &DetachedChange| {
            matches!(change, DetachedChange::Replace(_) | DetachedChange::RemoveAll | DetachedChange::RemoveWhere(_))
        };
        match self {
            Self::ReplaceGroup(..) | Self::DeleteGroup(_) => true,
            Self::PatchGroup(_, patch) => patch.detached().iter().any(whole),
            _ => false,
        }
    }

    /// Whether references may wait for what it writes.
    pub(crate) const fn may_be_awaited(&self) -> bool {
        matches!(self, Self::CreateUser(_) | Self::ReplaceUser(..) | Self::PatchUser(..))
    }

    /// About how many rows the request names.
    pub(crate) fn rows(&self) -> usize {
        let listed = |change: &DetachedChange| match change {
            DetachedChange::Add(references) | DetachedChange::Replace(references) => references.len(),
            DetachedChange::Remove(values) => values.len(),
            DetachedChange::RemoveAll | DetachedChange::RemoveWhere(_) => 1,
        };
        match self {
            Self::CreateGroup(parsed) | Self::ReplaceGroup(_, parsed) => parsed.detached.as_ref().map_or(1, Vec::len),
            Self::PatchGroup(_, patch) => patch.detached().iter().map(listed).sum(),
            _ => 1,
        }
    }
}

/// What a write came to, once it is durable.
#[derive(Debug, Clone)]
pub enum Answer {
    User(Box<UserAnswer>),
    Group(Box<GroupAnswer>),
    Deleted,
}

#[derive(Debug, Clone)]
pub struct UserAnswer {
    pub user: User,
    /// The user's document, as it is now.
    pub document: Document,
    pub deviations: Vec<Deviation>,
}

#[derive(Debug, Clone)]
pub struct GroupAnswer {
    pub group: Group,
    /// The group's document, as it is now.
    pub document: Document,
    /// The members as a create or replace left them, in order; `None` for a PATCH, which does not read them.
    pub members: Option<Vec<UserId>>,
    pub deviations: Vec<Deviation>,
    /// How many of the members that the request names are not in the directory.
    pub unknown_members: Unknown,
}

/// References of one request that name nobody in the directory.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Unknown {
    /// They wait for who has that id or external id.
    pub waiting: usize,
    /// There was no room for them to wait, or nobody can ever have such an external id.
    pub skipped: usize,
}

impl Unknown {
    pub const fn any(self) -> bool {
        self.waiting > 0 || self.skipped > 0
    }
}

/// Why a write was not done. Nothing of it was applied.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refusal {
    #[error("{0}")]
    Scim(#[from] scim::Error),
    /// The token was revoked, or the directory deleted, since the request was authenticated.
    #[error("the token is not valid any more")]
    Unauthorized,
    /// The queue is full or the database is away: the same request may succeed later.
    #[error("try again later")]
    Unavailable,
}

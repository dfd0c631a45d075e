//! Names of rows that a batch must read.

use std::collections::BTreeSet;

use model::case_key;
use model::id::{DirectoryId, GroupId, UserId};
use model::resource::Referrer;
use scim::schema::ENTERPRISE_USER;
use scim::{DetachedChange, Document, Parsed};

use super::request::{Request, Write};
use super::writer::MAX_ROWS_TOGETHER;

/// Every name is within a directory that the transaction holds, or belongs to a row that is.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Needs {
    pub(crate) users: BTreeSet<(DirectoryId, UserId)>,
    /// Users of whom it is enough to know that they are there: a long list of members.
    pub(crate) present: Vec<(DirectoryId, UserId)>,
    /// By case key.
    pub(crate) user_names: BTreeSet<(DirectoryId, String)>,
    pub(crate) groups: BTreeSet<(DirectoryId, GroupId)>,
    /// By case key.
    pub(crate) group_names: BTreeSet<(DirectoryId, String)>,
    pub(crate) pairs: BTreeSet<(GroupId, UserId)>,
    /// Groups with all their members.
    pub(crate) whole_groups: BTreeSet<GroupId>,
    /// Users by external id.
    pub(crate) external_ids: BTreeSet<(DirectoryId, String)>,
    /// References that may wait.
    pub(crate) parked: BTreeSet<(Referrer, String)>,
    /// Referrers with all their references that wait.
    pub(crate) whole_referrers: BTreeSet<Referrer>,
    /// Referrers, for how many of their references wait.
    pub(crate) counted: BTreeSet<Referrer>,
    /// Values that somebody may wait for.
    pub(crate) awaited: BTreeSet<(DirectoryId, String)>,
}

impl Needs {
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether nothing but names is needed: most often to learn that they are free, and a unique index says so, too.
    pub(crate) fn are_names(&self) -> bool {
        let Self { users, user_names: _, groups, group_names: _, pairs, whole_groups, .. } = self;
        let rows = users.is_empty() && groups.is_empty() && pairs.is_empty() && whole_groups.is_empty();
        let Self { present, external_ids, parked, whole_referrers, counted, awaited, .. } = self;
        let none_waits = parked.is_empty() && whole_referrers.is_empty() && counted.is_empty() && awaited.is_empty();
        rows && none_waits && external_ids.is_empty() && present.is_empty()
    }

    /// Names what the write says by itself that it needs, so that most batches run once. What it leaves out is named when the
    /// write is run: memberships are, once their group is known to be the directory's own.
    pub(crate) fn foresee(&mut self, write: &Write) {
        let directory = write.directory_id;
        match write.request.as_ref() {
            Request::CreateUser(parsed) => self.foresee_user(directory, &parsed.document),
            Request::ReplaceUser(id, parsed) => {
                self.users.insert((directory, *id));
                self.foresee_user(directory, &parsed.document);
            }
            Request::PatchUser(id, _) | Request::DeleteUser(id) => drop(self.users.insert((directory, *id))),
            Request::CreateGroup(parsed) => self.foresee_group(directory, parsed),
            Request::ReplaceGroup(id, parsed) => {
                self.groups.insert((directory, *id));
                self.foresee_group(directory, parsed);
            }
            Request::PatchGroup(id, patch) => {
                self.groups.insert((directory, *id));
                patch.detached().iter().for_each(|change| self.foresee_change(directory, change));
            }
            Request::DeleteGroup(id) => drop(self.groups.insert((directory, *id))),
        }
    }

    fn foresee_user(&mut self, directory: DirectoryId, document: &Document) {
        self.user_names.insert((directory, case_key(document.text("userName").unwrap_or_default())));
        let manager = document.get(ENTERPRISE_USER.id).and_then(|enterprise| enterprise.get("manager"));
        let manager = manager.and_then(|manager| manager.get("value")?.as_str());
        self.foresee_people(directory, manager.as_slice().iter().copied());
    }

    fn foresee_group(&mut self, directory: DirectoryId, parsed: &Parsed) {
        self.group_names.insert((directory, case_key(parsed.document.text("displayName").unwrap_or_default())));
        let references = parsed.detached.as_deref().unwrap_or_default();
        self.foresee_people(directory, references.iter().map(|reference| &*reference.value));
    }

    fn foresee_change(&mut self, directory: DirectoryId, change: &DetachedChange) {
        match change {
            DetachedChange::Add(references) | DetachedChange::Replace(references) => {
                self.foresee_people(directory, references.iter().map(|reference| &*reference.value));
            }
            DetachedChange::Remove(values) => self.foresee_people(directory, values.iter().map(String::as_str)),
            DetachedChange::RemoveWhere(_) | DetachedChange::RemoveAll => {}
        }
    }

    fn foresee_people<'v>(&mut self, directory: DirectoryId, values: impl ExactSizeIterator<Item = &'v str>) {
        let is_long = values.len() > MAX_ROWS_TOGETHER;
        for value in values {
            match value.parse() {
                Ok(id) if is_long => self.present.push((directory, id)),
                Ok(id) => drop(self.users.insert((directory, id))),
                Err(_) => drop(self.external_ids.insert((directory, value.to_owned()))),
            }
        }
    }
}

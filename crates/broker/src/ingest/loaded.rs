//! What was read from the database for a batch. A name that was asked for and is not there is known to be absent.

use std::collections::{BTreeSet, HashMap};

use model::id::{DirectoryId, GroupId, UserId};
use model::resource::{Group, Membership, User};
use store::Tx;

use super::needs::Needs;

#[derive(Debug, Default)]
pub(crate) struct Loaded {
    pub(crate) users: HashMap<(DirectoryId, UserId), Option<User>>,
    pub(crate) user_names: HashMap<(DirectoryId, String), Option<UserId>>,
    pub(crate) groups: HashMap<(DirectoryId, GroupId), Option<Group>>,
    pub(crate) group_names: HashMap<(DirectoryId, String), Option<GroupId>>,
    pub(crate) pairs: HashMap<(GroupId, UserId), Option<Membership>>,
    /// Groups of which every member is in `pairs`; their ids in order.
    pub(crate) whole_groups: HashMap<GroupId, BTreeSet<UserId>>,
}

impl Loaded {
    /// Reads what is needed, at most one statement for each of users, groups and memberships.
    pub(crate) async fn load(&mut self, tx: &Tx, needs: Needs) -> Result<(), store::Error> {
        if !needs.groups.is_empty() || !needs.group_names.is_empty() {
            let found = tx.load_groups(&needs.groups, &needs.group_names).await?;
            self.groups.extend(needs.groups.iter().map(|key| (*key, None)));
            self.group_names.extend(needs.group_names.into_iter().map(|name| (name, None)));
            found.into_iter().for_each(|group| self.add_group(group));
        }
        if !needs.users.is_empty() || !needs.user_names.is_empty() {
            let found = tx.load_users(&needs.users, &needs.user_names).await?;
            self.users.extend(needs.users.iter().map(|key| (*key, None)));
            self.user_names.extend(needs.user_names.into_iter().map(|name| (name, None)));
            found.into_iter().for_each(|user| self.add_user(user));
        }
        if !needs.pairs.is_empty() || !needs.whole_groups.is_empty() {
            let found = tx.load_memberships(&needs.pairs, &needs.whole_groups).await?;
            self.pairs.extend(needs.pairs.iter().map(|pair| (*pair, None)));
            self.whole_groups.extend(needs.whole_groups.iter().map(|id| (*id, BTreeSet::new())));
            found.into_iter().for_each(|membership| self.add_membership(membership, &needs.whole_groups));
        }
        Ok(())
    }

    /// Takes these names to be free, unread: when one is not, a unique index refuses the whole batch.
    pub(crate) fn assume_absent(&mut self, names: Needs) {
        self.user_names.extend(names.user_names.into_iter().map(|name| (name, None)));
        self.group_names.extend(names.group_names.into_iter().map(|name| (name, None)));
    }

    /// How many members of whole groups were read.
    pub(crate) fn members(&self) -> usize {
        self.whole_groups.values().map(BTreeSet::len).sum()
    }

    /// A row is known under its id and its name.
    fn add_user(&mut self, user: User) {
        if let Some(document) = &user.document {
            self.user_names.insert((user.directory_id, document.user_name_key.clone()), Some(user.id));
        }
        self.users.insert((user.directory_id, user.id), Some(user));
    }

    fn add_group(&mut self, group: Group) {
        if let Some(document) = &group.document {
            self.group_names.insert((group.directory_id, document.display_name_key.clone()), Some(group.id));
        }
        self.groups.insert((group.directory_id, group.id), Some(group));
    }

    fn add_membership(&mut self, membership: Membership, whole: &BTreeSet<GroupId>) {
        if whole.contains(&membership.group_id) {
            self.whole_groups.entry(membership.group_id).or_default().insert(membership.user_id);
        }
        self.pairs.insert((membership.group_id, membership.user_id), Some(membership));
    }
}

//! What was read from the database for a batch. A name that was asked for and is not there is known to be absent.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use model::id::{DirectoryId, GroupId, ParkedId, UserId};
use model::resource::{Group, Membership, Parked, Referrer, User};
use store::Tx;

use super::needs::Needs;
use super::parked::{MAX_ARRIVING, MAX_NAMESAKES};

/// Of how many users one statement says whether they are there.
const PRESENT_TOGETHER: usize = 10_000;

#[derive(Debug, Default)]
pub(crate) struct Loaded {
    pub(crate) users: HashMap<(DirectoryId, UserId), Option<User>>,
    /// Users of whom it is known whether they are there, in order; and those of them who are not.
    listed: Vec<(DirectoryId, UserId)>,
    absent: BTreeSet<(DirectoryId, UserId)>,
    pub(crate) user_names: HashMap<(DirectoryId, String), Option<UserId>>,
    pub(crate) groups: HashMap<(DirectoryId, GroupId), Option<Group>>,
    pub(crate) group_names: HashMap<(DirectoryId, String), Option<GroupId>>,
    pub(crate) pairs: HashMap<(GroupId, UserId), Option<Membership>>,
    /// Groups with all their members, which are not in `pairs`.
    pub(crate) whole_groups: HashMap<GroupId, BTreeSet<UserId>>,
    /// Who has an external id, in order; no more than [`MAX_NAMESAKES`].
    pub(crate) external_ids: HashMap<(DirectoryId, String), BTreeSet<UserId>>,
    pub(crate) parked: HashMap<(Referrer, String), Option<Parked>>,
    /// Referrers of whom every reference that waits is in `parked`.
    pub(crate) whole_referrers: HashMap<Referrer, BTreeSet<String>>,
    pub(crate) counted: HashMap<Referrer, i64>,
    /// Who waits for a value, the oldest first; no more than [`MAX_ARRIVING`].
    pub(crate) awaited: HashMap<(DirectoryId, String), BTreeMap<ParkedId, Referrer>>,
}

impl Loaded {
    /// Reads what is needed: at most one statement for each of users, groups, memberships and whole groups, three for
    /// references that name somebody by other means or wait, and some for a long list.
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
        if !needs.pairs.is_empty() {
            let found = tx.load_memberships(&needs.pairs).await?;
            self.pairs.extend(needs.pairs.iter().map(|pair| (*pair, None)));
            self.pairs.extend(found.into_iter().map(|found| ((found.group_id, found.user_id), Some(found))));
        }
        if !needs.whole_groups.is_empty() {
            self.whole_groups.extend(tx.load_members(&needs.whole_groups).await?);
        }
        self.load_present(tx, needs.present).await?;
        self.load_references(tx, needs.external_ids, needs.counted).await?;
        let Needs { parked, whole_referrers, awaited, .. } = needs;
        if !parked.is_empty() || !whole_referrers.is_empty() || !awaited.is_empty() {
            let found = tx.load_parked(&parked, &whole_referrers, (&awaited, MAX_ARRIVING)).await?;
            self.parked.extend(parked.into_iter().map(|key| (key, None)));
            self.whole_referrers.extend(whole_referrers.into_iter().map(|referrer| (referrer, BTreeSet::new())));
            self.awaited.extend(awaited.into_iter().map(|key| (key, BTreeMap::new())));
            found.into_iter().for_each(|parked| self.add_parked(parked));
        }
        Ok(())
    }

    /// In pieces: a set of rows takes a hundred times what is known afterwards.
    async fn load_present(&mut self, tx: &Tx, present: Vec<(DirectoryId, UserId)>) -> Result<(), store::Error> {
        for piece in present.chunks(PRESENT_TOGETHER) {
            self.absent.extend(tx.absent_users(piece).await?);
        }
        if self.listed.is_empty() {
            self.listed = present;
        } else {
            self.listed.extend(present);
        }
        self.listed.sort_unstable();
        Ok(())
    }

    /// Whether a user of a long list is there, with a document; `None`: of no such list.
    pub(crate) fn is_present(&self, user: &(DirectoryId, UserId)) -> Option<bool> {
        self.listed.binary_search(user).is_ok().then(|| !self.absent.contains(user))
    }

    async fn load_references(
        &mut self,
        tx: &Tx,
        external_ids: BTreeSet<(DirectoryId, String)>,
        counted: BTreeSet<Referrer>,
    ) -> Result<(), store::Error> {
        if !external_ids.is_empty() {
            let found = tx.load_users_by_external_id(&external_ids, MAX_NAMESAKES).await?;
            self.external_ids.extend(external_ids.into_iter().map(|key| (key, BTreeSet::new())));
            for user in found {
                if let Some(external_id) = user.document.as_ref().and_then(|document| document.external_id.clone()) {
                    self.external_ids.entry((user.directory_id, external_id)).or_default().insert(user.id);
                }
                self.add_user(user);
            }
        }
        if !counted.is_empty() {
            let counts = tx.count_parked(&counted).await?;
            self.counted.extend(counted.into_iter().map(|referrer| (referrer, 0)));
            self.counted.extend(counts);
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
        let waiting: usize = self.whole_referrers.values().map(BTreeSet::len).sum();
        waiting + self.whole_groups.values().map(BTreeSet::len).sum::<usize>()
    }

    /// How many references wait for somebody who may come.
    pub(crate) fn arriving(&self) -> usize {
        self.awaited.values().map(BTreeMap::len).sum()
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

    /// A row may be found in several ways; it belongs to all of them.
    fn add_parked(&mut self, parked: Parked) {
        if let Some(values) = self.whole_referrers.get_mut(&parked.referrer) {
            values.insert(parked.value.clone());
        }
        if let Some(waiting) = self.awaited.get_mut(&(parked.directory_id, parked.value.clone())) {
            waiting.insert(parked.id, parked.referrer);
        }
        self.parked.insert((parked.referrer, parked.value.clone()), Some(parked));
    }
}

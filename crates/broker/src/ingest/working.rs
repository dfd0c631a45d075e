//! What a batch has built so far.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use model::Timestamp;
use model::event::{Event, StreamId};
use model::id::{DirectoryId, GroupId, Id, IdSource, Kind, UserId};
use model::resource::{Group, Membership, Parked, Referrer, User};
use model::tenant::Directory;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use store::Head;

use super::left_over::LeftOver;
use super::loaded::Loaded;
use super::needs::Needs;
use super::request::Refusal;
use super::shelf::Shelf;

/// Why a request stops before its end.
#[derive(Debug, PartialEq)]
pub(crate) enum Stop {
    Refused(Refusal),
    /// Rows are missing: they are in [`Working::missing`], and the whole batch starts again with them.
    Missing,
}

impl From<scim::Error> for Stop {
    fn from(error: scim::Error) -> Self {
        Self::Refused(Refusal::Scim(error))
    }
}

/// Where ids come from.
#[derive(Debug)]
pub(crate) struct Draw {
    pub(crate) ids: IdSource,
    pub(crate) rng: StdRng,
}

impl Draw {
    pub(crate) fn from_seed(seed: [u8; 32]) -> Self {
        Self { ids: IdSource::default(), rng: StdRng::from_seed(seed) }
    }

    /// Another source, for a task beside this one.
    pub(crate) fn fork(&mut self) -> Self {
        Self::from_seed(self.rng.random())
    }
}

/// The state that requests see and change, in order.
pub(crate) struct Working<'a> {
    pub(crate) now: Timestamp,
    pub(crate) draw: &'a mut Draw,
    pub(crate) directories: BTreeMap<DirectoryId, Directory>,
    pub(crate) heads: BTreeMap<StreamId, Head>,
    pub(crate) users: Shelf<'a, (DirectoryId, UserId), User>,
    pub(crate) user_names: Shelf<'a, (DirectoryId, String), UserId>,
    pub(crate) groups: Shelf<'a, (DirectoryId, GroupId), Group>,
    pub(crate) group_names: Shelf<'a, (DirectoryId, String), GroupId>,
    pub(crate) pairs: Shelf<'a, (GroupId, UserId), Membership>,
    pub(crate) loaded: &'a Loaded,
    pub(crate) parked: Shelf<'a, (Referrer, String), Parked>,
    /// By how many the references that wait have grown, of each referrer.
    pub(crate) parked_by: HashMap<Referrer, i64>,
    /// Who waits for nobody any more.
    pub(crate) unparked: BTreeSet<Referrer>,
    /// Groups made in this batch: all their members are known.
    pub(crate) new_groups: BTreeSet<GroupId>,
    /// Users made in this batch.
    pub(crate) new_users: BTreeSet<UserId>,
    pub(crate) leavers: Vec<(UserId, i64)>,
    /// Memberships that ended because the user went: the statement that moves the groups' versions still needs them.
    pub(crate) left: BTreeSet<(GroupId, UserId)>,
    pub(crate) dissolved: BTreeSet<GroupId>,
    pub(crate) events: Vec<Event>,
    /// Whether a write that goes alone holds the locks: then much of it can be left to be done in pieces.
    pub(crate) alone: bool,
    pub(crate) left_over: Option<LeftOver>,
    pub(crate) missing: Needs,
}

impl<'a> Working<'a> {
    pub(crate) fn new(
        now: Timestamp,
        directories: &[Directory],
        heads: BTreeMap<StreamId, Head>,
        loaded: &'a Loaded,
        draw: &'a mut Draw,
    ) -> Self {
        Self {
            now,
            draw,
            directories: directories.iter().map(|directory| (directory.id, directory.clone())).collect(),
            heads,
            users: Shelf::new(&loaded.users),
            user_names: Shelf::new(&loaded.user_names),
            groups: Shelf::new(&loaded.groups),
            group_names: Shelf::new(&loaded.group_names),
            pairs: Shelf::new(&loaded.pairs),
            loaded,
            parked: Shelf::new(&loaded.parked),
            parked_by: HashMap::new(),
            unparked: BTreeSet::new(),
            new_groups: BTreeSet::new(),
            new_users: BTreeSet::new(),
            leavers: Vec::new(),
            left: BTreeSet::new(),
            dissolved: BTreeSet::new(),
            events: Vec::new(),
            alone: false,
            left_over: None,
            missing: Needs::default(),
        }
    }

    pub(crate) fn new_id<K: Kind>(&mut self) -> Id<K> {
        self.draw.ids.next(self.now.0, &mut self.draw.rng)
    }

    /// A user of this directory that has a document.
    pub(crate) fn user(&mut self, directory: DirectoryId, id: UserId) -> Result<Option<User>, Stop> {
        match self.users.get(&(directory, id)) {
            Some(found) => Ok(found.filter(|user| user.document.is_some()).cloned()),
            None => {
                self.missing.users.insert((directory, id));
                Err(Stop::Missing)
            }
        }
    }

    /// Who has this user name (a case key).
    pub(crate) fn user_named(&mut self, directory: DirectoryId, key: &str) -> Result<Option<UserId>, Stop> {
        let key = (directory, key.to_owned());
        match self.user_names.get(&key) {
            Some(found) => Ok(found.copied()),
            None => {
                self.missing.user_names.insert(key);
                Err(Stop::Missing)
            }
        }
    }

    /// A group of this directory that has a document, with the version that a leaver of this batch gave it.
    pub(crate) fn group(&mut self, directory: DirectoryId, id: GroupId) -> Result<Option<Group>, Stop> {
        if !self.groups.is_known(&(directory, id)) {
            self.missing.groups.insert((directory, id));
            return Err(Stop::Missing);
        }
        let leavers: Vec<_> = self.leavers.iter().map(|(user, _)| *user).collect();
        if leavers.into_iter().any(|user| self.is_member(id, user).is_none()) {
            return Err(Stop::Missing);
        }
        Ok(self.groups.find(&(directory, id)).filter(|group| group.document.is_some()).cloned())
    }

    /// Which group has this name (a case key).
    pub(crate) fn group_named(&mut self, directory: DirectoryId, key: &str) -> Result<Option<GroupId>, Stop> {
        let key = (directory, key.to_owned());
        match self.group_names.get(&key) {
            Some(found) => Ok(found.copied()),
            None => {
                self.missing.group_names.insert(key);
                Err(Stop::Missing)
            }
        }
    }

    /// Everybody in the group, in the order of their ids.
    pub(crate) fn members(&mut self, group: GroupId) -> Result<BTreeSet<UserId>, Stop> {
        let base = match self.loaded.whole_groups.get(&group) {
            Some(base) => base,
            None if self.new_groups.contains(&group) => &BTreeSet::new(),
            None => {
                self.missing.whole_groups.insert(group);
                return Err(Stop::Missing);
            }
        };
        let mut members = base.clone();
        for ((of, user), now) in self.pairs.changed() {
            if *of == group {
                if now.is_some_and(|pair| pair.present) {
                    members.insert(*user)
                } else {
                    members.remove(user)
                };
            }
        }
        Ok(members)
    }

    /// Where it is about so many that it is cheaper to read all of them.
    pub(crate) fn ask_for_all(&mut self, group: GroupId) {
        if !self.new_groups.contains(&group) && !self.loaded.whole_groups.contains_key(&group) {
            self.missing.whole_groups.insert(group);
        }
    }

    /// Whether the user is in the group; `None` when that was not read yet, and is asked for.
    pub(crate) fn is_member(&mut self, group: GroupId, user: UserId) -> Option<bool> {
        match self.pairs.get(&(group, user)) {
            Some(pair) => Some(pair.is_some_and(|pair| pair.present)),
            None if self.new_groups.contains(&group) || self.new_users.contains(&user) => Some(false),
            None => {
                let member = self.loaded.whole_groups.get(&group).map(|members| members.contains(&user));
                // Who asks for all of them need not ask for one.
                if member.is_none() && !self.missing.whole_groups.contains(&group) {
                    self.missing.pairs.insert((group, user));
                }
                member
            }
        }
    }
}

//! Members: operations on a list that is never read whole unless they speak of all of it.

use std::collections::BTreeMap;

use model::Deviation;
use model::event::{EventType, Subject};
use model::id::{GroupId, UserId};
use model::resource::{Group, Membership};
use model::tenant::Directory;
use model::view::MembershipData;
use scim::{DetachedChange, Reference};

use super::users::raw;
use super::working::{Stop, Working};

/// Net set deltas of one request.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// Who joins (true) or leaves (false), each different from what is so now.
    pub(crate) moves: BTreeMap<UserId, bool>,
    pub(crate) deviations: Vec<Deviation>,
}

/// A member as SCIM shows it.
pub(crate) fn reference(user: UserId) -> Reference {
    Reference { kind: Some("User".to_owned()), ..Reference::new(user.to_string()) }
}

/// What the operations come to for an existing group, in order (N19-N22).
pub(crate) fn resolve(
    working: &mut Working<'_>,
    directory: &Directory,
    group: GroupId,
    operations: &[DetachedChange],
) -> Result<Changes, Stop> {
    let speaks_of_all =
        |operation: &DetachedChange| !matches!(operation, DetachedChange::Add(_) | DetachedChange::Remove(_));
    let everybody = if operations.iter().any(speaks_of_all) { working.members(group).ok() } else { None };
    let mut plan = Plan { wanted: BTreeMap::new(), deviations: Vec::new() };
    plan.wanted.extend(everybody.into_iter().flatten().map(|user| (user, true)));
    plan.run(working, directory, operations);
    plan.finish(working, directory, Some(group))
}

/// The same for a group that is about to be made.
pub(crate) fn resolve_new(
    working: &mut Working<'_>,
    directory: &Directory,
    operations: &[DetachedChange],
) -> Result<Changes, Stop> {
    let mut plan = Plan { wanted: BTreeMap::new(), deviations: Vec::new() };
    plan.run(working, directory, operations);
    plan.finish(working, directory, None)
}

/// Who shall be in the group, as far as the operations say.
struct Plan {
    wanted: BTreeMap<UserId, bool>,
    deviations: Vec<Deviation>,
}

impl Plan {
    fn run(&mut self, working: &mut Working<'_>, directory: &Directory, operations: &[DetachedChange]) {
        for operation in operations {
            match operation {
                DetachedChange::Add(references) => self.add(working, directory, references),
                DetachedChange::Remove(values) => self.remove(values.iter().map(String::as_str)),
                DetachedChange::RemoveWhere(filter) => {
                    self.wanted
                        .iter_mut()
                        .for_each(|(user, is)| *is = *is && !filter.matches_reference(&reference(*user)));
                }
                DetachedChange::RemoveAll => self.wanted.values_mut().for_each(|is| *is = false),
                DetachedChange::Replace(references) => {
                    self.wanted.values_mut().for_each(|is| *is = false);
                    self.add(working, directory, references);
                }
            }
        }
    }

    /// A reference that does not resolve inside the directory is skipped, and said (N22).
    fn add(&mut self, working: &mut Working<'_>, directory: &Directory, references: &[Reference]) {
        let mut skipped = 0_usize;
        for reference in references {
            let user = reference.value.parse().ok();
            match user.map(|user| (user, working.user_exists(directory, user))) {
                Some((user, Some(true))) => drop(self.wanted.insert(user, true)),
                Some((_, None)) => {}
                _ => skipped += 1,
            }
        }
        if skipped > 0 {
            self.deviations.push(Deviation { name: "unknown_member", path: format!("members ({skipped} skipped)") });
        }
    }

    fn remove<'v>(&mut self, values: impl Iterator<Item = &'v str>) {
        self.wanted.extend(values.filter_map(|value| Some((value.parse().ok()?, false))));
    }

    /// Drops what is so already; whoever leaves must be read, for the event.
    fn finish(
        mut self,
        working: &mut Working<'_>,
        directory: &Directory,
        group: Option<GroupId>,
    ) -> Result<Changes, Stop> {
        if let Some(group) = group {
            self.wanted.retain(|user, is| working.is_member(group, *user) != Some(*is));
        } else {
            self.wanted.retain(|_, is| *is);
        }
        working.stop_if_missing()?;
        for user in self.wanted.keys() {
            working.user_exists(directory, *user);
        }
        working.stop_if_missing()?;
        Ok(Changes { moves: self.wanted, deviations: self.deviations })
    }
}

/// Lets a user join or leave; answers the sequence drawn.
pub(crate) fn set(
    working: &mut Working<'_>,
    directory: &Directory,
    group: &Group,
    user: UserId,
    joins: bool,
) -> Result<i64, Stop> {
    let version = working.advance(directory)?;
    let view = working.users.find(&(directory.id, user)).and_then(|user| user.view.as_ref());
    let view = view.map(|view| view.json.clone());
    if let (Some(user_view), Some(group_view)) = (&view, &group.view) {
        let kind = if joins { EventType::MemberAdded } else { EventType::MemberRemoved };
        let data = MembershipData { directory_id: directory.id, user: raw(user_view)?, group: raw(group_view)? };
        working.record(directory, kind, Subject::Membership(directory.id, group.id, user), !joins, &data)?;
    }
    if joins {
        let membership = Membership {
            group_id: group.id,
            user_id: user,
            environment_id: directory.environment_id,
            directory_id: directory.id,
            present: true,
            told: true,
        };
        working.pairs.put((group.id, user), membership);
    } else {
        working.pairs.remove((group.id, user));
    }
    Ok(version)
}

impl Working<'_> {
    /// Whether the directory has this user; `None` when that was not read yet, and is asked for.
    fn user_exists(&mut self, directory: &Directory, user: UserId) -> Option<bool> {
        match self.users.get(&(directory.id, user)) {
            Some(found) => Some(found.is_some_and(|user| user.document.is_some())),
            None => {
                self.missing.users.insert((directory.id, user));
                None
            }
        }
    }

    /// The user leaves every group, without events (a deleted user leaves with `user.deleted` alone). The groups'
    /// versions move: here those that the batch knows, by one statement all the others.
    pub(crate) fn leave_groups(&mut self, directory: &Directory, user: UserId, version: i64) {
        let known = self.pairs.iter().filter(|((_, member), _)| *member == user);
        let groups: Vec<_> = known.map(|((group, _), _)| *group).collect();
        for group in groups {
            self.pairs.remove((group, user));
            self.left.insert((group, user));
            if let Some(mut row) = self.groups.find(&(directory.id, group)).cloned() {
                row.version = version;
                self.groups.put((directory.id, group), row);
            }
        }
        self.leavers.push((user, version));
    }

    /// Everybody leaves a group that goes.
    pub(crate) fn dissolve(&mut self, group: GroupId) {
        let known: Vec<_> = self.pairs.iter().filter(|((of, _), _)| *of == group).map(|(pair, _)| *pair).collect();
        known.into_iter().for_each(|pair| self.pairs.remove(pair));
        self.new_groups.remove(&group);
        self.dissolved.insert(group);
    }
}

//! Members: operations on a list that is never read whole unless they speak of all of it.

use std::collections::BTreeMap;

use model::event::{EventType, Subject};
use model::id::{GroupId, UserId};
use model::resource::{Group, Membership};
use model::tenant::Directory;
use model::view::MembershipData;
use scim::{DetachedChange, Document, Reference};

use super::users::{raw, stored};
use super::working::{Stop, Working};

/// Bytes of users and groups in the events of one request's members: 100,000 members who come at once, at 2.6 kB each.
pub const MAX_TOLD_BYTES: usize = 256 * 1024 * 1024;

/// Net set deltas of one request.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// Who joins (true) or leaves (false), each different from what is so now.
    pub(crate) moves: BTreeMap<UserId, bool>,
    /// How many references name nobody in the directory; they are skipped (N22).
    pub(crate) unknown: usize,
}

/// A member as SCIM shows it.
pub(crate) fn reference(user: UserId) -> Reference {
    Reference { kind: Some("User".to_owned()), ..Reference::new(user.to_string()) }
}

/// What a request says of the members.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wanted<'a> {
    /// These and nobody else.
    Exactly(&'a [Reference]),
    /// What these operations make of those who are there.
    After(&'a [DetachedChange]),
}

/// What the request comes to, in order (N19-N22). `None`: the group is about to be made.
pub(crate) fn resolve(
    working: &mut Working<'_>,
    directory: &Directory,
    group: Option<GroupId>,
    wanted: Wanted<'_>,
) -> Result<Changes, Stop> {
    let mut plan = Plan::default();
    match wanted {
        Wanted::Exactly(references) => {
            plan.begin_with_everybody(working, group);
            plan.replace(working, directory, references);
        }
        Wanted::After(operations) => {
            if operations.iter().any(speaks_of_all) {
                plan.begin_with_everybody(working, group);
            }
            operations.iter().for_each(|operation| plan.run(working, directory, operation));
        }
    }
    plan.finish(working, directory, group)
}

fn speaks_of_all(operation: &DetachedChange) -> bool {
    !matches!(operation, DetachedChange::Add(_) | DetachedChange::Remove(_))
}

/// Who shall be in the group, as far as the request says.
#[derive(Default)]
struct Plan {
    wanted: BTreeMap<UserId, bool>,
    unknown: usize,
    /// Something was asked for that is not read yet. All of it is asked for before the request stops.
    incomplete: bool,
}

impl Plan {
    fn begin_with_everybody(&mut self, working: &mut Working<'_>, group: Option<GroupId>) {
        let Some(group) = group else { return };
        match working.members(group) {
            Ok(everybody) => self.wanted.extend(everybody.into_iter().map(|user| (user, true))),
            Err(_) => self.incomplete = true,
        }
    }

    fn run(&mut self, working: &mut Working<'_>, directory: &Directory, operation: &DetachedChange) {
        match operation {
            DetachedChange::Add(references) => self.add(working, directory, references),
            DetachedChange::Remove(values) => self.remove(values.iter().map(String::as_str)),
            DetachedChange::RemoveWhere(filter) => {
                self.wanted.iter_mut().for_each(|(user, is)| *is = *is && !filter.matches_reference(&reference(*user)));
            }
            DetachedChange::RemoveAll => self.wanted.values_mut().for_each(|is| *is = false),
            DetachedChange::Replace(references) => self.replace(working, directory, references),
        }
    }

    fn replace(&mut self, working: &mut Working<'_>, directory: &Directory, references: &[Reference]) {
        self.wanted.values_mut().for_each(|is| *is = false);
        self.add(working, directory, references);
    }

    /// A reference that does not resolve inside the directory is skipped, and counted (N22).
    fn add(&mut self, working: &mut Working<'_>, directory: &Directory, references: &[Reference]) {
        for reference in references {
            let user = reference.value.parse().ok();
            match user.map(|user| (user, working.user_exists(directory, user))) {
                Some((user, Some(true))) => drop(self.wanted.insert(user, true)),
                Some((user, None)) => {
                    self.wanted.insert(user, true);
                    self.incomplete = true;
                }
                _ => self.unknown += 1,
            }
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
        let mut incomplete = self.incomplete;
        self.wanted.retain(|user, is| {
            let now = group.map_or(Some(false), |group| working.is_member(group, *user));
            incomplete |= now.is_none();
            now != Some(*is)
        });
        for user in self.wanted.keys() {
            incomplete |= working.user_exists(directory, *user).is_none();
        }
        if incomplete { Err(Stop::Missing) } else { Ok(Changes { moves: self.wanted, unknown: self.unknown }) }
    }
}

/// Each event of a member repeats the user and the group, so a request may be small and its news is not: 413. Asked before
/// anything is changed; `document` is the group's as it becomes, about as long as its view.
pub(crate) fn check_told(
    working: &Working<'_>,
    directory: &Directory,
    document: &Document,
    changes: &Changes,
) -> Result<(), Stop> {
    if changes.moves.is_empty() {
        return Ok(());
    }
    let users = changes.moves.keys().filter_map(|user| working.users.find(&(directory.id, *user))?.view.as_ref());
    let users: usize = users.map(|view| view.json.len()).sum();
    Ok(check_told_bytes(users + changes.moves.len() * stored(document)?.len())?)
}

fn check_told_bytes(bytes: usize) -> Result<(), scim::Error> {
    if bytes > MAX_TOLD_BYTES {
        return Err(scim::Error::too_large("the group is too large for so many members at once: send fewer"));
    }
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_have_a_limit() {
        assert_eq!(check_told_bytes(MAX_TOLD_BYTES), Ok(()));
        assert_eq!(check_told_bytes(MAX_TOLD_BYTES + 1).map_err(|error| error.status), Err(413));
    }
}

//! Members: who joins, who leaves, what is told of it.

use std::collections::BTreeSet;

use model::event::{EventType, Subject};
use model::id::{GroupId, UserId};
use model::resource::{Group, Membership};
use model::tenant::Directory;
use model::view::MembershipData;
use scim::{Document, Reference};

use super::roster::Changes;
use super::users::{raw, stored};
use super::working::{Stop, Working};

/// Bytes of users and groups in the events of one request's members, as far as they are held at once.
pub const MAX_TOLD_BYTES: usize = 256 * 1024 * 1024;
/// And of those that are written in pieces: 100,000 members who go and as many who come, at 2.6 kB each.
pub const MAX_TOLD_IN_PIECES: usize = 512 * 1024 * 1024;

/// A member as SCIM shows it.
pub(crate) fn reference(user: UserId) -> Reference {
    Reference { kind: Some("User".to_owned()), ..Reference::new(user.to_string()) }
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
    Ok(check_bytes(users + changes.moves.len() * stored(document)?.len(), MAX_TOLD_BYTES)?)
}

pub(super) fn check_bytes(bytes: usize, most: usize) -> Result<(), scim::Error> {
    if bytes > most {
        return Err(scim::Error::too_large("the group is too large for so many members at once: send fewer"));
    }
    Ok(())
}

pub(super) fn membership(directory: &Directory, group_id: GroupId, user_id: UserId) -> Membership {
    let (environment_id, directory_id) = (directory.environment_id, directory.id);
    Membership { group_id, user_id, environment_id, directory_id, present: true, told: true }
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
        working.pairs.put((group.id, user), membership(directory, group.id, user));
    } else {
        working.pairs.remove((group.id, user));
    }
    Ok(version)
}

/// Lets a user join who is no member; the group is of a new version.
pub(crate) fn join(
    working: &mut Working<'_>,
    directory: &Directory,
    mut group: Group,
    user: UserId,
) -> Result<(), Stop> {
    group.version = set(working, directory, &group, user, true)?;
    group.updated_at = working.now;
    working.groups.put((directory.id, group.id), group);
    Ok(())
}

impl Working<'_> {
    /// Whether the directory has this user; `None` when that was not read yet, and is asked for.
    pub(crate) fn user_exists(&mut self, directory: &Directory, user: UserId) -> Option<bool> {
        match self.users.get(&(directory.id, user)) {
            Some(found) => Some(found.is_some_and(|user| user.document.is_some())),
            None => {
                let present = self.loaded.is_present(&(directory.id, user));
                if present.is_none() {
                    self.missing.users.insert((directory.id, user));
                }
                present
            }
        }
    }

    /// Whether the user's row was read; asks for it if not.
    pub(crate) fn is_read(&mut self, directory: &Directory, user: UserId) -> bool {
        let read = self.users.is_known(&(directory.id, user));
        if !read {
            self.missing.users.insert((directory.id, user));
        }
        read
    }

    /// The user leaves every group, without events (a deleted user leaves with `user.deleted` alone). The groups'
    /// versions move: here those that the batch knows, by one statement all the others.
    pub(crate) fn leave_groups(&mut self, directory: &Directory, user: UserId, version: i64) {
        let known = self.pairs.iter().filter(|((_, member), _)| *member == user);
        let mut groups: BTreeSet<_> = known.map(|((group, _), _)| *group).collect();
        let whole = self.loaded.whole_groups.iter().filter(|(_, members)| members.contains(&user));
        groups.extend(whole.map(|(group, _)| *group).filter(|group| !self.pairs.is_known(&(*group, user))));
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
        for most in [MAX_TOLD_BYTES, MAX_TOLD_IN_PIECES] {
            assert_eq!(check_bytes(most, most), Ok(()));
            assert_eq!(check_bytes(most + 1, most).map_err(|error| error.status), Err(413));
        }
    }
}

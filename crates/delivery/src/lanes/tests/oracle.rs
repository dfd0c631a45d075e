//! `keys`, `conflict` and `below` of `lanes_model.py`, with organizations, several directories, and whatever else.

use super::super::{Delivery, Directory, Id, Revokes, Subject};

pub(super) type Key = (&'static str, u128, u128);

pub(super) fn resource(subject: Subject) -> Key {
    match subject {
        Subject::User { user, .. } => ("user", user.0, 0),
        Subject::Group { group, .. } => ("group", group.0, 0),
        Subject::Membership { user, group, .. } => ("membership", user.0, group.0),
        Subject::Directory(directory) => ("directory", directory.id.0, 0),
        Subject::Organization(id) => ("organization", id.0, 0),
        Subject::Other { id, .. } => ("other", id.0, 0),
    }
}

/// Each key, and whether it is held exclusively.
fn keys(subject: Subject) -> Vec<(Key, bool)> {
    let mut keys = vec![(resource(subject), true)];
    if let Subject::Membership { user, group, .. } = subject {
        keys.extend([(("user", user.0, 0), true), (("group", group.0, 0), false)]);
    }
    let (directory, organization) = place(subject);
    keys.extend(directory.map(|id| (("directory", id.0, 0), false)));
    keys.extend(organization.map(|id| (("organization", id.0, 0), false)));
    keys
}

/// The directory and the organization it lies under; it does not lie under itself.
fn place(subject: Subject) -> (Option<Id>, Option<Id>) {
    match subject {
        Subject::User { directory, .. } | Subject::Group { directory, .. } | Subject::Membership { directory, .. } => {
            (Some(directory.id), directory.organization)
        }
        Subject::Directory(Directory { organization, .. }) | Subject::Other { organization, .. } => {
            (None, organization)
        }
        Subject::Organization(_) => (None, None),
    }
}

pub(super) fn conflict(a: Subject, b: Subject) -> bool {
    let b = keys(b);
    keys(a).iter().any(|(key, exclusive)| b.iter().any(|(other, too)| key == other && (*exclusive || *too)))
}

/// Whether `b` is of what the event `a` takes away, whichever came first.
pub(super) fn takes_away(a: &Delivery, b: &Delivery) -> bool {
    match a.revokes {
        Revokes::Nothing => false,
        Revokes::Resource => resource(a.subject) == resource(b.subject),
        Revokes::Below => resource(a.subject) == resource(b.subject) || below(a.subject, b.subject),
    }
}

fn below(a: Subject, b: Subject) -> bool {
    match (a, b) {
        (Subject::User { user, .. }, Subject::Membership { user: of, .. }) => user == of,
        (Subject::Group { group, .. }, Subject::Membership { group: of, .. }) => group == of,
        (Subject::Directory(directory), b) => place(b).0 == Some(directory.id),
        (Subject::Organization(id), b) => place(b).1 == Some(id),
        _ => false,
    }
}

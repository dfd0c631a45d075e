//! Deliveries and subjects in few words.

use super::super::{Delivery, Directory, Id, Revokes, Subject};

/// Two directories lie in organization 1, one in organization 2, one in none.
const DIRECTORIES: [(u128, Option<u128>); 4] = [(10, Some(1)), (11, Some(1)), (12, Some(2)), (13, None)];
pub(super) const D: Directory = directory(0);

pub(super) const fn directory(index: usize) -> Directory {
    let (id, organization) = DIRECTORIES[index];
    let organization = match organization {
        Some(organization) => Some(Id(organization)),
        None => None,
    };
    Directory { id: Id(id), organization }
}

pub(super) fn user(user: u128, directory: Directory) -> Subject {
    Subject::User { user: Id(user), directory }
}

pub(super) fn group(group: u128, directory: Directory) -> Subject {
    Subject::Group { group: Id(group), directory }
}

pub(super) fn member(user: u128, group: u128, directory: Directory) -> Subject {
    Subject::Membership { user: Id(user), group: Id(group), directory }
}

pub(super) fn organization(id: u128) -> Subject {
    Subject::Organization(Id(id))
}

pub(super) fn other(id: u128, organization: Option<u128>) -> Subject {
    Subject::Other { id: Id(id), organization: organization.map(Id) }
}

/// The id is the position, a thousand up.
pub(super) fn row(position: u16, subject: Subject, revokes: Revokes) -> Delivery {
    let id = Id(1_000 + u128::from(position));
    Delivery { id, position: position.into(), subject, revokes, attempted: false, due_at_ms: 0 }
}

pub(super) fn grant(position: u16, subject: Subject) -> Delivery {
    row(position, subject, Revokes::Nothing)
}

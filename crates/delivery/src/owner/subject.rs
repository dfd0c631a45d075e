//! A pending row as the lanes see it.

use model::delivery::Reach;
use model::event::{StreamId, Subject as About};
use model::id::{DirectoryId, Id as ModelId};
use store::Pending;

use crate::lanes::{Delivery, Directory, Id, Revokes, Subject};

pub(super) fn delivery(pending: &Pending) -> Delivery {
    Delivery {
        id: id(pending.id),
        position: pending.position,
        subject: subject(pending),
        revokes: match pending.reach {
            Reach::Nothing => Revokes::Nothing,
            Reach::Resource => Revokes::Resource,
            Reach::Below => Revokes::Below,
        },
        attempted: pending.attempts > 0,
        due_at_ms: pending.due_at.0,
    }
}

pub(super) fn id<K: model::id::Kind>(id: ModelId<K>) -> Id {
    Id(id.ulid().0)
}

fn subject(pending: &Pending) -> Subject {
    let organization = match pending.stream {
        StreamId::Organization(organization) => Some(id(organization)),
        StreamId::Environment(_) => None,
    };
    let directory = |directory: DirectoryId| Directory { id: id(directory), organization };
    match (pending.subject, pending.stream) {
        (About::User(of, user), _) => Subject::User { user: id(user), directory: directory(of) },
        (About::Group(of, group), _) => Subject::Group { group: id(group), directory: directory(of) },
        (About::Membership(of, group, user), _) => {
            Subject::Membership { user: id(user), group: id(group), directory: directory(of) }
        }
        (About::Directory(of), _) => Subject::Directory(directory(of)),
        (About::Organization, StreamId::Organization(organization)) => Subject::Organization(id(organization)),
        (About::Organization, StreamId::Environment(environment)) => {
            Subject::Other { id: id(environment), organization: None }
        }
    }
}

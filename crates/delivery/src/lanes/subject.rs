//! What an event is about, and the keys its deliveries hold.

/// The number in one of our ids (a ULID is 128 bits). `Copy` and sixteen bytes: nothing to allocate, intern or free.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub u128);

/// A directory and the organization it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Directory {
    pub id: Id,
    pub organization: Option<Id>,
}

/// What an event is about: its resource, and what that resource lies under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    User {
        user: Id,
        directory: Directory,
    },
    Group {
        group: Id,
        directory: Directory,
    },
    Membership {
        user: Id,
        group: Id,
        directory: Directory,
    },
    Directory(Directory),
    Organization(Id),
    /// Anything else, ordered with itself alone (an endpoint, a role). A replay stands outside the order: it comes as
    /// `Other` under its own delivery's id, with no organization.
    Other {
        id: Id,
        organization: Option<Id>,
    },
}

/// What two deliveries may have in common. There is one lane for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    User(Id),
    Group(Id),
    Membership { user: Id, group: Id },
    Directory(Id),
    Organization(Id),
    Other(Id),
}

/// How a delivery holds a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hold {
    /// The key of its own resource: exclusive, and in strict order among its owners.
    Own,
    Exclusive,
    Shared,
}

/// A delivery holds five keys at most: a membership, its user, its group, their directory and organization.
pub(super) type Holds<K> = [Option<(K, Hold)>; 5];

impl Subject {
    /// The keys of design section 5, the resource's own first.
    pub(super) fn holds(self) -> Holds<Key> {
        use Hold::{Exclusive, Own, Shared};
        let shared = |id: Option<Id>| id.map(|id| (Key::Organization(id), Shared));
        let within = |d: Directory| (Some((Key::Directory(d.id), Shared)), shared(d.organization));
        match self {
            Self::User { user, directory } => {
                let (directory, organization) = within(directory);
                [Some((Key::User(user), Own)), directory, organization, None, None]
            }
            Self::Group { group, directory } => {
                let (directory, organization) = within(directory);
                [Some((Key::Group(group), Own)), directory, organization, None, None]
            }
            Self::Membership { user, group, directory } => {
                let (directory, organization) = within(directory);
                let (exclusive, shared) = ((Key::User(user), Exclusive), (Key::Group(group), Shared));
                let own = (Key::Membership { user, group }, Own);
                [Some(own), Some(exclusive), Some(shared), directory, organization]
            }
            Self::Directory(d) => [Some((Key::Directory(d.id), Own)), shared(d.organization), None, None, None],
            Self::Organization(id) => [Some((Key::Organization(id), Own)), None, None, None, None],
            Self::Other { id, organization } => [Some((Key::Other(id), Own)), shared(organization), None, None, None],
        }
    }
}

//! Requests over the users and groups that stand, by number, and names from a small pool.

use proptest::prelude::*;

/// How many directories there are: the first two of one organization, which is one stream, the last of another.
pub(super) const DIRECTORIES: usize = 3;
/// How many users and groups stand in each directory before.
pub(super) const SEEDED: usize = 4;

#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) directory: usize,
    pub(super) kind: Kind,
}

/// How many external ids users may have.
pub(super) const EXTERNAL: usize = 3;

/// A member or manager past those who stand is the next directory's first user, a stranger; past that an external id, of somebody
/// who may come.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    CreateUser { name: usize, external: Option<usize>, manager: Option<usize> },
    PutUser { user: usize, name: usize, external: Option<usize>, manager: Option<usize> },
    PatchUser { user: usize, title: u8, active: bool },
    RenameUser { user: usize, name: usize },
    DeleteUser { user: usize },
    CreateGroup { name: usize, members: Vec<usize> },
    PutGroup { group: usize, name: usize, members: Vec<usize> },
    AddMembers { group: usize, members: Vec<usize> },
    RemoveMembers { group: usize, members: Vec<usize> },
    ReplaceMembers { group: usize, members: Vec<usize> },
    RemoveAll { group: usize },
    RenameGroup { group: usize, name: usize },
    DeleteGroup { group: usize },
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    (0..DIRECTORIES, kind()).prop_map(|(directory, kind)| Step { directory, kind })
}

fn kind() -> impl Strategy<Value = Kind> {
    let (one, name) = (|| 0..SEEDED, || 0..SEEDED + 3);
    let some = || prop::collection::vec(0..=SEEDED + EXTERNAL, 0..4);
    let manager = || prop::option::of(0..=SEEDED + EXTERNAL);
    let external = || prop::option::of(0..EXTERNAL);
    prop_oneof![
        3 => (name(), external(), manager())
            .prop_map(|(name, external, manager)| Kind::CreateUser { name, external, manager }),
        1 => (one(), name(), external(), manager())
            .prop_map(|(user, name, external, manager)| Kind::PutUser { user, name, external, manager }),
        3 => (one(), 0..2_u8, any::<bool>()).prop_map(|(user, title, active)| Kind::PatchUser { user, title, active }),
        1 => (one(), name()).prop_map(|(user, name)| Kind::RenameUser { user, name }),
        2 => one().prop_map(|user| Kind::DeleteUser { user }),
        1 => (name(), some()).prop_map(|(name, members)| Kind::CreateGroup { name, members }),
        1 => (one(), name(), some()).prop_map(|(group, name, members)| Kind::PutGroup { group, name, members }),
        3 => (one(), some()).prop_map(|(group, members)| Kind::AddMembers { group, members }),
        2 => (one(), some()).prop_map(|(group, members)| Kind::RemoveMembers { group, members }),
        1 => (one(), some()).prop_map(|(group, members)| Kind::ReplaceMembers { group, members }),
        1 => one().prop_map(|group| Kind::RemoveAll { group }),
        1 => (one(), name()).prop_map(|(group, name)| Kind::RenameGroup { group, name }),
        1 => one().prop_map(|group| Kind::DeleteGroup { group }),
    ]
}

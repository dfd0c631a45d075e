use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::IteratorRandom;
use serde::Serialize;

use super::write::{Accepted, WriteKind};

/// A user as the accepted writes left them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UserRecord {
    pub directory: usize,
    pub id: String,
    pub user_name: String,
    /// The last title that was set; before the first one it is the one of the create.
    pub title: Option<String>,
    pub active: bool,
}

/// A group as the accepted writes left it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GroupRecord {
    pub directory: usize,
    pub id: String,
    pub display_name: String,
    /// User ids, in the order in which they were added.
    pub members: Vec<String>,
}

/// What one client owns.
#[derive(Default)]
pub(super) struct Ledger {
    pub(super) users: Vec<UserRecord>,
    pub(super) group: Option<GroupRecord>,
}

/// What to write next: the kind, and the user it concerns.
pub(super) struct Choice<'a> {
    pub(super) kind: WriteKind,
    pub(super) user: Option<&'a UserRecord>,
}

impl Ledger {
    /// A group first; then more than half creates, the rest changes of what is there.
    pub(super) fn choose(&self, dice: &mut StdRng) -> Choice<'_> {
        let Some(group) = &self.group else { return Choice { kind: WriteKind::CreateGroup, user: None } };
        let roll = dice.random_range(0..100);
        let mut some = |fits: &dyn Fn(&UserRecord) -> bool| self.users.iter().filter(|user| fits(user)).choose(dice);
        let (kind, user) = match roll {
            0..55 => (WriteKind::CreateUser, None),
            55..75 => (WriteKind::SetTitle, some(&|_| true)),
            75..85 => (WriteKind::Deactivate, some(&|user| user.active)),
            _ => (WriteKind::AddMember, some(&|user| !group.members.contains(&user.id))),
        };
        if user.is_none() { Choice { kind: WriteKind::CreateUser, user } } else { Choice { kind, user } }
    }

    pub(super) fn enter(&mut self, accepted: &Accepted) {
        let Accepted { write, id, .. } = accepted;
        let (directory, name, value) = (write.directory, write.name.clone(), write.value.clone());
        let (id, user) = (id.clone(), self.users.iter_mut().find(|user| user.id == *id));
        match (write.kind, user, &mut self.group) {
            (WriteKind::CreateUser, ..) => {
                self.users.push(UserRecord { directory, id, user_name: name, title: None, active: true });
            }
            (WriteKind::CreateGroup, ..) => {
                self.group = Some(GroupRecord { directory, id, display_name: name, members: Vec::new() });
            }
            (WriteKind::SetTitle, Some(user), _) => user.title = value,
            (WriteKind::Deactivate, Some(user), _) => user.active = false,
            (WriteKind::AddMember, _, Some(group)) => group.members.extend(value),
            _ => {}
        }
    }
}

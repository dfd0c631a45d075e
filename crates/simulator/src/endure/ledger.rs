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
    /// See [`crate::endure::Write::key`].
    pub key: String,
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
    /// Keys of users who were deleted, and are not there again.
    gone: Vec<String>,
}

/// What to write next: the kind, and the user it concerns, or the key of one who comes again.
pub(super) struct Choice<'a> {
    pub(super) kind: WriteKind,
    pub(super) user: Option<&'a UserRecord>,
    pub(super) again: Option<&'a str>,
}

impl Choice<'_> {
    fn new_one(kind: WriteKind) -> Self {
        Self { kind, user: None, again: None }
    }
}

impl Ledger {
    /// A group first; then about half creates, some of them of who was deleted, the rest changes of what is there.
    pub(super) fn choose(&self, dice: &mut StdRng) -> Choice<'_> {
        let Some(group) = &self.group else { return Choice::new_one(WriteKind::CreateGroup) };
        let roll = dice.random_range(0..100);
        let mut some = |fits: &dyn Fn(&UserRecord) -> bool| self.users.iter().filter(|user| fits(user)).choose(dice);
        let (kind, user) = match roll {
            0..45 => (WriteKind::CreateUser, None),
            45..50 => {
                let again = self.gone.first().map(String::as_str);
                return Choice { again, ..Choice::new_one(WriteKind::CreateUser) };
            }
            50..65 => (WriteKind::SetTitle, some(&|_| true)),
            65..73 => (WriteKind::Deactivate, some(&|user| user.active)),
            73..88 => (WriteKind::AddMember, some(&|user| !group.members.contains(&user.id))),
            88..93 => (WriteKind::RemoveMember, some(&|user| group.members.contains(&user.id))),
            _ => (WriteKind::DeleteUser, some(&|_| true)),
        };
        if user.is_none() { Choice::new_one(WriteKind::CreateUser) } else { Choice { kind, user, again: None } }
    }

    pub(super) fn enter(&mut self, accepted: &Accepted) {
        let Accepted { write, id, .. } = accepted;
        let (directory, name, value) = (write.directory, write.name.clone(), write.value.clone());
        let (id, user) = (id.clone(), self.users.iter_mut().find(|user| user.id == *id));
        match (write.kind, user, &mut self.group) {
            (WriteKind::CreateUser, ..) => {
                let key = write.key.clone();
                self.gone.retain(|gone| *gone != key);
                self.users.push(UserRecord { directory, id, key, user_name: name, title: None, active: true });
            }
            (WriteKind::CreateGroup, ..) => {
                self.group = Some(GroupRecord { directory, id, display_name: name, members: Vec::new() });
            }
            (WriteKind::SetTitle, Some(user), _) => user.title = value,
            (WriteKind::Deactivate, Some(user), _) => user.active = false,
            (WriteKind::DeleteUser, Some(_), group) => {
                self.gone.push(write.key.clone());
                self.users.retain(|user| user.id != id);
                group.iter_mut().for_each(|group| group.members.retain(|member| *member != id));
            }
            (WriteKind::AddMember, _, Some(group)) => group.members.extend(value),
            (WriteKind::RemoveMember, _, Some(group)) => {
                group.members.retain(|member| Some(member) != value.as_ref());
            }
            _ => {}
        }
    }
}

//! Members by the ten thousand: who comes and goes is decided at once, and told and written in pieces, so that what they take of
//! memory does not grow with their number.

use std::collections::BTreeMap;

use model::Timestamp;
use model::event::{EventType, StreamId, Subject};
use model::id::UserId;
use model::resource::{Group, Membership};
use model::tenant::Directory;
use model::view::MembershipData;
use store::{Head, Tx};

use super::members::{MAX_TOLD_IN_PIECES, check_bytes, membership};
use super::request::Refusal;
use super::users::raw;
use super::working::{Draw, Stop, Working};
use crate::draft::Draft;

/// How many members are read, told and written together.
const PIECE: usize = 1000;

/// What a write that goes alone leaves to be done last. Each member has its sequence already, the first one past `head`.
pub(crate) struct LeftOver {
    now: Timestamp,
    directory: Directory,
    group: Group,
    moves: BTreeMap<UserId, bool>,
    stream: StreamId,
    head: Head,
}

/// Draws the sequences of all moves; the last one is the group's version.
pub(super) fn leave(
    working: &mut Working<'_>,
    directory: &Directory,
    group: &Group,
    moves: BTreeMap<UserId, bool>,
) -> Result<i64, Stop> {
    let stream = StreamId::Organization(directory.organization_id);
    let head = working.heads.get_mut(&stream).ok_or(Stop::Refused(Refusal::Unauthorized))?;
    let before = *head;
    head.sequence += i64::try_from(moves.len()).unwrap_or_default();
    let version = head.sequence;
    let (directory, group) = (directory.clone(), group.clone());
    working.left_over = Some(LeftOver { now: working.now, directory, group, moves, stream, head: before });
    Ok(version)
}

impl LeftOver {
    /// Writes it behind all else; a refusal when there is too much to tell.
    pub(super) async fn write(mut self, tx: &mut Tx, draw: &mut Draw) -> Result<Option<Refusal>, store::Error> {
        let mut told = 0;
        let moves: Vec<_> = std::mem::take(&mut self.moves).into_iter().collect();
        for piece in moves.chunks(PIECE) {
            let users: Vec<_> = piece.iter().map(|(user, _)| *user).collect();
            let views = tx.load_views(self.directory.id, &users).await?;
            for (user, joins) in piece {
                self.head.sequence += 1;
                let Some((user_view, group_view)) = views.get(user).zip(self.group.view.clone()) else { continue };
                told += user_view.len() + group_view.len();
                if let Err(error) = check_bytes(told, MAX_TOLD_IN_PIECES) {
                    return Ok(Some(error.into()));
                }
                if let Err(refusal) = self.tell(tx, draw, (*user, user_view), &group_view, *joins) {
                    return Ok(Some(refusal));
                }
            }
            let joined: Vec<Membership> = piece
                .iter()
                .filter(|(_, joins)| *joins)
                .map(|(user, _)| membership(&self.directory, self.group.id, *user))
                .collect();
            let left = piece.iter().filter(|(_, joins)| !joins).map(|(user, _)| (self.group.id, *user));
            tx.write_members(&joined, left).await?;
        }
        tx.heads.insert(self.stream, self.head);
        Ok(None)
    }

    fn tell(
        &mut self,
        tx: &mut Tx,
        draw: &mut Draw,
        (user, user_view): (UserId, &str),
        group_view: &str,
        joins: bool,
    ) -> Result<(), Refusal> {
        let refused = |_| Refusal::Unavailable;
        let (user_view, group_view) = (raw(user_view).map_err(refused)?, raw(group_view).map_err(refused)?);
        let data = MembershipData { directory_id: self.directory.id, user: user_view, group: group_view };
        let draft = Draft {
            id: draw.ids.next(self.now.0, &mut draw.rng),
            stream: self.stream,
            kind: if joins { EventType::MemberAdded } else { EventType::MemberRemoved },
            subject: Subject::Membership(self.directory.id, self.group.id, user),
            revokes: !joins,
            created_at: self.now,
        };
        tx.record(draft.write(&mut self.head, &data).map_err(|_| Refusal::Unavailable)?);
        Ok(())
    }
}

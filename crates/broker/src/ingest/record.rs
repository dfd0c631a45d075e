//! Recording: a change of a stream draws a sequence; a change that is told becomes an event.

use model::event::{EventType, StreamId, Subject};
use model::id::EventId;
use model::tenant::Directory;
use serde::Serialize;

use super::request::Refusal;
use super::working::{Stop, Working};
use crate::draft::Draft;

impl Working<'_> {
    /// Draws the next sequence of the directory's stream: the version of what changes.
    pub(crate) fn advance(&mut self, directory: &Directory) -> Result<i64, Stop> {
        let stream = StreamId::Organization(directory.organization_id);
        let head = self.heads.get_mut(&stream).ok_or(Stop::Refused(Refusal::Unauthorized))?;
        head.sequence += 1;
        Ok(head.sequence)
    }

    /// Records an event with the sequence that [`Working::advance`] drew last.
    pub(crate) fn record(
        &mut self,
        directory: &Directory,
        kind: EventType,
        subject: Subject,
        revokes: bool,
        data: &impl Serialize,
    ) -> Result<(), Stop> {
        let id: EventId = self.new_id();
        let stream = StreamId::Organization(directory.organization_id);
        let head = self.heads.get_mut(&stream).ok_or(Stop::Refused(Refusal::Unauthorized))?;
        let draft = Draft { id, stream, kind, subject, revokes, created_at: self.now };
        let event = draft.write(head, data).map_err(|_| Stop::Refused(Refusal::Unavailable))?;
        self.events.push(event);
        Ok(())
    }
}

//! The one way into the log.

use model::event::Event;
use model::id::CommitId;
use sea_orm::ActiveValue::Set;

use super::Tx;
use crate::table;

impl Tx {
    /// Records an event of a stream that this transaction holds. It is inserted at commit, in the order of the calls.
    pub fn record(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Moves the recorded events into the last script; `commits[i]` is the commit and ordinal of event `i`.
    pub(super) fn stage_events(&mut self, places: &[(CommitId, i64)]) {
        let rows = self.events.iter().zip(places).map(|(event, (commit_id, ordinal))| row(event, *commit_id, *ordinal));
        self.script.insert(rows.collect::<Vec<_>>());
        self.script.insert(self.events.iter().map(body).collect::<Vec<_>>());
    }
}

fn row(event: &Event, commit_id: CommitId, ordinal: i64) -> table::event::ActiveModel {
    table::event::ActiveModel {
        commit_id: Set(commit_id.to_string()),
        ordinal: Set(ordinal),
        id: Set(event.id.to_string()),
        environment_id: Set(event.environment_id.to_string()),
        stream_id: Set(event.stream.to_string()),
        sequence: Set(event.sequence),
        previous: Set(event.previous),
        version: Set(event.version),
        kind: Set(event.kind.as_str().to_owned()),
        directory_id: Set(event.subject.directory().map(|id| id.to_string())),
        user_id: Set(event.subject.user().map(|id| id.to_string())),
        group_id: Set(event.subject.group().map(|id| id.to_string())),
        revokes: Set(event.revokes),
        created_at: Set(event.created_at.0),
    }
}

fn body(event: &Event) -> table::event_body::ActiveModel {
    table::event_body::ActiveModel {
        event_id: Set(event.id.to_string()),
        environment_id: Set(event.environment_id.to_string()),
        body: Set(event.body.clone()),
    }
}

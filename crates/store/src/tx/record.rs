//! The one way into the log.

use model::event::Event;
use model::id::CommitId;
use sea_orm::ActiveValue::Set;

use super::Tx;
use super::commit::Places;
use crate::dialect::{Cell, Dialect, Rows};
use crate::{bulk, table};

impl Tx {
    /// Records an event of a stream that this transaction holds. It is inserted at commit, in the order of the calls.
    pub fn record(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Moves the recorded events into the last script.
    pub(super) fn stage_events(&mut self, places: &Places) {
        let rows = self.events.iter().zip(&places.events).map(|(event, place)| row(event, *place));
        self.script.insert(rows.collect::<Vec<_>>());
        self.script.insert(self.events.iter().map(body).collect::<Vec<_>>());
    }

    /// The recorded events as [`event_texts`] takes them.
    pub(super) fn event_rows(&self, places: &Places) -> Rows {
        let rows = self.events.iter().zip(&places.events).map(|(event, place)| row(event, *place));
        let bodies = self.events.iter().map(|event| event.body.clone().into()).collect();
        bulk::rows(rows.collect::<Vec<_>>()).with_column(Cell::Text, bodies)
    }
}

/// The columns of events, and last the body.
pub(crate) fn event_cells() -> Vec<Cell> {
    bulk::cells::<table::event::ActiveModel>().into_iter().chain([Cell::Text]).collect()
}

/// The statements that insert events `r` and their bodies.
pub(crate) fn event_texts(dialect: Dialect, rows: &str) -> [String; 2] {
    let body = event_cells().len() - 1;
    [
        bulk::insert_text::<table::event::ActiveModel>(dialect, rows),
        format!("INSERT INTO event_bodies (event_id, environment_id, body) SELECT r.c2, r.c3, r.c{body} FROM {rows}"),
    ]
}

fn row(event: &Event, (commit_id, ordinal): (CommitId, i64)) -> table::event::ActiveModel {
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

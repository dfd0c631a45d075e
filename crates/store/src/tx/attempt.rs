//! An attempt: a batch that was read without locks is written in one round trip, if nothing has moved since.
//!
//! Whatever changes a stream's rows moves its sequence, under its lock. So when the streams still stand where they were read
//! (before anything else was), all that was read still holds; and their locks live for one round trip and no longer.

use std::collections::BTreeMap;
use std::time::Instant;

use model::event::StreamId;
use sea_orm::{ActiveModelTrait, ConnectionTrait, DbErr, QueryResult};

use super::commit::{Places, Positions, commit_rows, position};
use super::lost::Lost;
use super::write::leaver_rows;
use super::{Head, Tx, Writes};
use crate::bulk;
use crate::dialect::{Cell, Rows};
use crate::error::Error;
use crate::procedure::{self, Sets};
use crate::script::MAX_ROWS;
use crate::{directories, groups, memberships, parked, read, users};

/// Rows of one table in a call: a batch of as many rows as one statement carries may have some more events.
const MAX_IN_A_CALL: usize = 2 * MAX_ROWS;

impl Tx {
    /// Whether this is an attempt whose heads were remembered, so that nothing was read for it.
    pub fn is_remembered(&self) -> bool {
        self.remembered
    }

    /// # Errors
    /// [`Error::Moved`]: a stream has moved or is held; [`Error::TooMany`]: there is more than one statement may carry. Nothing was
    /// written.
    pub(super) async fn write_attempt(&mut self, places: &Places) -> Result<Positions, Error> {
        if !self.remembered && self.heads == self.loaded {
            return Ok(Positions::new());
        }
        let sets = self.sets(places);
        if sets.most() > MAX_IN_A_CALL {
            return Err(Error::TooMany);
        }
        let asked = Instant::now();
        let rows = match self.tx.query_all_raw(procedure::call(sets)).await {
            Ok(rows) => rows,
            // There was no connection to send it by.
            Err(error @ (DbErr::ConnectionAcquire(_) | DbErr::Conn(_))) => return Err(error.into()),
            Err(error) => {
                let error = Error::from(error);
                return if error.is_refusal() { Err(error) } else { self.found_or(Lost::Call, places, error).await };
            }
        };
        if rows.first().is_some_and(is_moved) {
            return Err(Error::Moved);
        }
        if let Some(row) = rows.first() {
            self.store.0.anchor.drop_at(row.try_get("", "now")?, asked);
        }
        rows.iter().map(position).collect()
    }

    fn sets(&mut self, places: &Places) -> Sets {
        let Writes { directories, users, groups, memberships, leavers, dissolved, parked, unparked } =
            std::mem::take(&mut self.staged);
        let (dissolved, unparked): (Vec<_>, Vec<_>) = (dissolved.iter().collect(), unparked.iter().collect());
        Sets {
            heads: head_rows(&self.loaded, &self.heads),
            gone_users: read::pairs(users.deleted),
            gone_groups: read::pairs(groups.deleted),
            gone_memberships: read::pairs(memberships.deleted),
            users: marked(users::rows(users.inserted), users::rows(users.updated)),
            groups: marked(groups::rows(groups.inserted), groups::rows(groups.updated)),
            memberships: marked(memberships::rows(&memberships.inserted), memberships::rows(&memberships.updated)),
            leavers: leaver_rows(&leavers),
            dissolved: read::keys([&dissolved]),
            gone_parked: read::pairs(parked.deleted),
            unparked: read::keys([&unparked]),
            parked: bulk::rows(parked::rows(parked.inserted)),
            directories: bulk::rows(directories.iter().map(directories::row).collect::<Vec<_>>()),
            events: self.event_rows(places),
            commits: commit_rows(&places.commits),
        }
    }
}

fn is_moved(row: &QueryResult) -> bool {
    row.try_get::<Option<String>>("", "environment_id").is_ok_and(|of| of.is_none())
}

/// New and changed rows of a table, told apart by a last column.
fn marked<A: ActiveModelTrait>(inserted: Vec<A>, updated: Vec<A>) -> Rows {
    let marks = inserted.iter().map(|_| true.into()).chain(updated.iter().map(|_| false.into())).collect();
    bulk::rows(inserted.into_iter().chain(updated).collect()).with_column(Cell::Bool, marks)
}

fn head_rows(read: &BTreeMap<StreamId, Head>, now: &BTreeMap<StreamId, Head>) -> Rows {
    let mut rows = Rows::new(&[Cell::Text, Cell::Int, Cell::Int, Cell::Int]);
    for (id, before) in read {
        let after = now.get(id).unwrap_or(before);
        let numbers = [before.sequence, after.sequence, after.event_sequence].map(Into::into);
        let [before, sequence, event_sequence] = numbers;
        rows.push([id.to_string().into(), before, sequence, event_sequence]);
    }
    rows
}

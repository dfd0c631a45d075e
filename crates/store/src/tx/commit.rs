//! Committing: the events get their positions in the last statement, and then the transaction ends at once.

use std::collections::BTreeMap;
use std::mem;

use model::event::{Event, StreamId};
use model::id::{CommitId, EnvironmentId};
use sea_orm::ActiveValue::Set;
use sea_orm::{ConnectionTrait, QueryResult};

use super::link::Link;
use super::lost::Lost;
use super::{Head, Tx};
use crate::dialect::{Cell, Dialect, Rows};
use crate::error::Error;
use crate::script::Script;
use crate::wake::{MAX_CARRIED, MAX_CARRIED_BYTES, News};
use crate::{Store, read, statement, table};

/// Per environment: the position of its first event, and how many there are.
pub(super) type Positions = BTreeMap<EnvironmentId, (i64, usize)>;

/// What a transaction put into the log.
#[derive(Debug, Default)]
pub struct Committed {
    /// Per environment: the position of its first event, and how many there are.
    pub positions: BTreeMap<EnvironmentId, (i64, usize)>,
}

pub(super) struct Commit {
    pub(super) id: CommitId,
    count: i64,
}

/// Where the events of a transaction go.
#[derive(Default)]
pub(super) struct Places {
    /// One commit per environment with events.
    pub(super) commits: BTreeMap<EnvironmentId, Commit>,
    /// For each event that is not written yet its commit and its ordinal there.
    pub(super) events: Vec<(CommitId, i64)>,
}

impl Tx {
    /// Writes what is staged, draws positions, commits, wakes.
    ///
    /// # Errors
    /// [`Error::Moved`] and [`Error::TooMany`], of an attempt only: nothing was written. [`Error::Undecided`]: the answer was lost, and so were the
    /// answers to the question what became of it. After any other error nothing was applied.
    pub async fn commit(mut self) -> Result<Committed, Error> {
        let places = self.place_events();
        let positions = match self.tx {
            Link::Transaction(_) => self.write_held(&places).await?,
            Link::Pool(_) => self.write_attempt(&places).await?,
        };
        let committed = Committed { positions };
        let Self { store, events, endpoints, flushed, .. } = self;
        endpoints.into_iter().for_each(|id| store.0.wake.raise(News::Endpoint(id)));
        raise(&store, events, flushed, &committed);
        Ok(committed)
    }

    async fn write_held(&mut self, places: &Places) -> Result<Positions, Error> {
        self.stage_heads();
        self.stage_events(places);
        let script = mem::replace(&mut self.script, Script::new(self.store.0.dialect));
        let positions = self.draw(script, &places.commits).await?;
        let ended = Link::Pool(self.store.0.write.clone());
        let Link::Transaction(transaction) = mem::replace(&mut self.tx, ended) else { return Ok(positions) };
        match transaction.commit().await {
            Ok(()) => Ok(positions),
            Err(error) => self.found_or(Lost::Commit, places, error.into()).await,
        }
    }

    fn stage_heads(&mut self) {
        let moved = self.heads.iter().filter(|(id, head)| self.loaded.get(id) != Some(head));
        let (old, new): (Vec<_>, Vec<_>) = moved.partition(|(id, _)| self.loaded.contains_key(id));
        let rows =
            |heads: Vec<(&StreamId, &Head)>| heads.into_iter().map(|(id, head)| row(*id, head)).collect::<Vec<_>>();
        let (old, new) = (rows(old), rows(new));
        self.script.update(1, old);
        self.script.insert(new);
    }

    /// Goes on from what was written in pieces.
    fn place_events(&mut self) -> Places {
        let mut places = mem::take(&mut self.placed);
        let (store, now_ms) = (&self.store, self.now_ms);
        places.events = Vec::with_capacity(self.events.len());
        for event in &self.events {
            let fresh = || Commit { id: store.new_id(now_ms), count: 0 };
            let commit = places.commits.entry(event.environment_id).or_insert_with(fresh);
            places.events.push((commit.id, commit.count));
            commit.count += 1;
        }
        places
    }

    /// Writes what is staged and recorded up to now, so that it need not be held until the commit. Nobody sees it before.
    pub async fn flush(&mut self) -> Result<(), Error> {
        let places = self.place_events();
        self.stage_events(&places);
        self.flushed |= !self.events.is_empty();
        self.events.clear();
        self.placed = Places { events: Vec::new(), ..places };
        mem::replace(&mut self.script, Script::new(self.store.0.dialect)).run(&self.tx).await
    }

    /// Writes what is staged, locks the counters in order, and last moves them and writes the commits.
    async fn draw(&self, mut script: Script, commits: &BTreeMap<EnvironmentId, Commit>) -> Result<Positions, Error> {
        let dialect = self.store.0.dialect;
        if commits.is_empty() {
            script.run(&self.tx).await?;
            return Ok(BTreeMap::new());
        }
        if commits.len() > 1 && dialect == Dialect::Postgres {
            mem::replace(&mut script, Script::new(dialect)).run(&self.tx).await?;
            self.lock_counters(commits).await?;
        }
        let drawn = script.run_and_draw(&self.tx, commit_rows(commits)).await?;
        if drawn.len() != commits.len() {
            return Err(Error::Corrupt { what: "position counter" });
        }
        drawn.iter().map(position).collect()
    }

    /// In order, and waiting for whoever holds one.
    pub(super) async fn lock_counters(&self, commits: &BTreeMap<EnvironmentId, Commit>) -> Result<(), Error> {
        let dialect = self.store.0.dialect;
        let ids: Vec<_> = commits.keys().collect();
        let (keys, values) = dialect.rows("k", read::keys([&ids]), 1);
        let sql = format!(
            "SELECT p.last FROM {keys} JOIN positions p ON p.environment_id = k.c0 ORDER BY p.environment_id{}",
            dialect.lock("p", true)
        );
        self.tx.execute_raw(statement::with(dialect, &sql, values)).await?;
        Ok(())
    }
}

fn row(id: StreamId, head: &Head) -> table::stream::ActiveModel {
    table::stream::ActiveModel {
        id: Set(id.to_string()),
        environment_id: Set(head.environment_id.to_string()),
        sequence: Set(head.sequence),
        event_sequence: Set(head.event_sequence),
    }
}

pub(super) fn commit_rows(commits: &BTreeMap<EnvironmentId, Commit>) -> Rows {
    let mut rows = Rows::new(&[Cell::Text, Cell::Int, Cell::Text]);
    for (environment_id, commit) in commits {
        rows.push([environment_id.to_string().into(), commit.count.into(), commit.id.to_string().into()]);
    }
    rows
}

pub(super) fn position(row: &QueryResult) -> Result<(EnvironmentId, (i64, usize)), Error> {
    let count = usize::try_from(row.try_get::<i64>("", "count")?).map_err(|_| Error::Corrupt { what: "commit" })?;
    Ok((read::id(&row.try_get::<String>("", "environment_id")?)?, (row.try_get("", "first_position")?, count)))
}

/// `flushed`: there are more events than these.
fn raise(store: &Store, events: Vec<Event>, flushed: bool, committed: &Committed) {
    let bytes: usize = events.iter().map(|event| event.body.len()).sum();
    if flushed || events.len() > MAX_CARRIED || bytes > MAX_CARRIED_BYTES {
        return store.0.wake.raise(News::Look);
    }
    let mut by_environment: BTreeMap<EnvironmentId, Vec<Event>> = BTreeMap::new();
    for event in events {
        by_environment.entry(event.environment_id).or_default().push(event);
    }
    for (environment_id, events) in by_environment {
        if let Some((first_position, _)) = committed.positions.get(&environment_id) {
            store.0.wake.raise(News::Events { first_position: *first_position, events: events.into() });
        }
    }
}

//! Committing: the events get their positions in the last statement, and then the transaction ends at once.

use std::collections::BTreeMap;
use std::mem;

use model::event::{Event, StreamId};
use model::id::{CommitId, EnvironmentId};
use sea_orm::ActiveValue::Set;
use sea_orm::{ConnectionTrait, QueryResult};

use super::{Head, Tx};
use crate::dialect::{Cell, Dialect, Rows};
use crate::error::Error;
use crate::script::Script;
use crate::wake::{MAX_CARRIED, News};
use crate::{Store, read, statement, table};

/// What a transaction put into the log.
#[derive(Debug, Default)]
pub struct Committed {
    /// Per environment: the position of its first event, and how many there are.
    pub positions: BTreeMap<EnvironmentId, (i64, usize)>,
}

struct Commit {
    id: CommitId,
    count: i64,
}

impl Tx {
    /// Writes what is staged, draws positions, commits, wakes.
    ///
    /// # Errors
    /// When the answer to COMMIT is lost, the commit is looked up under the streams' locks: an error means that nothing
    /// was applied, unless the database stays away ([`Error::Unavailable`]: unknown; do it again).
    pub async fn commit(mut self) -> Result<Committed, Error> {
        let dialect = self.store.0.dialect;
        self.stage_heads();
        let commits = self.place_events();
        let script = mem::replace(&mut self.script, Script::new(dialect));
        let positions = self.draw(script, &commits).await?;
        let Self { store, tx, heads, events, endpoints, .. } = self;
        if let Err(error) = tx.commit().await {
            store.applied(&heads, &commits).await?.then_some(()).ok_or(error)?;
        }
        let committed = Committed { positions };
        endpoints.into_iter().for_each(|id| store.0.wake.raise(News::Endpoint(id)));
        raise(&store, events, &committed);
        Ok(committed)
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

    /// One commit per environment with events; an event's place is its commit and its ordinal there.
    fn place_events(&mut self) -> BTreeMap<EnvironmentId, Commit> {
        let mut commits: BTreeMap<EnvironmentId, Commit> = BTreeMap::new();
        let mut places = Vec::with_capacity(self.events.len());
        for event in &self.events {
            let fresh = || Commit { id: self.store.new_id(self.now_ms), count: 0 };
            let commit = commits.entry(event.environment_id).or_insert_with(fresh);
            places.push((commit.id, commit.count));
            commit.count += 1;
        }
        self.stage_events(&places);
        commits
    }

    /// Locks the counters in order, writes what is staged, and last moves the counters and writes the commits.
    async fn draw(
        &self,
        script: Script,
        commits: &BTreeMap<EnvironmentId, Commit>,
    ) -> Result<BTreeMap<EnvironmentId, (i64, usize)>, Error> {
        let dialect = self.store.0.dialect;
        if commits.is_empty() {
            script.run(&self.tx).await?;
            return Ok(BTreeMap::new());
        }
        if commits.len() > 1 && dialect == Dialect::Postgres {
            let ids: Vec<_> = commits.keys().collect();
            let (keys, values) = dialect.rows("k", read::keys([&ids]), 1);
            let sql = format!(
                "SELECT p.last FROM {keys} JOIN positions p ON p.environment_id = k.c0 \
                 ORDER BY p.environment_id FOR NO KEY UPDATE OF p"
            );
            self.tx.execute_raw(statement::with(dialect, &sql, values)).await?;
        }
        let drawn = script.run_and_draw(&self.tx, rows(commits)).await?;
        if drawn.len() != commits.len() {
            return Err(Error::Corrupt { what: "position counter" });
        }
        drawn.iter().map(position).collect()
    }
}

impl Store {
    /// After a COMMIT without an answer: waits until that transaction is over, then looks for one of its commits.
    async fn applied(
        &self,
        heads: &BTreeMap<StreamId, Head>,
        commits: &BTreeMap<EnvironmentId, Commit>,
    ) -> Result<bool, Error> {
        let Some(commit) = commits.values().next() else { return Ok(false) };
        let streams: Vec<_> = heads.keys().copied().collect();
        let tx = self.begin(&streams).await?;
        let sql = "SELECT count AS found FROM commits WHERE id = $1";
        let values = vec![commit.id.to_string().into()];
        Ok(!tx.tx.query_all_raw(statement::with(self.0.dialect, sql, values)).await?.is_empty())
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

fn rows(commits: &BTreeMap<EnvironmentId, Commit>) -> Rows {
    let mut rows = Rows::new(&[Cell::Text, Cell::Int, Cell::Text]);
    for (environment_id, commit) in commits {
        rows.push([environment_id.to_string().into(), commit.count.into(), commit.id.to_string().into()]);
    }
    rows
}

fn position(row: &QueryResult) -> Result<(EnvironmentId, (i64, usize)), Error> {
    let count = usize::try_from(row.try_get::<i64>("", "count")?).map_err(|_| Error::Corrupt { what: "commit" })?;
    Ok((read::id(&row.try_get::<String>("", "environment_id")?)?, (row.try_get("", "first_position")?, count)))
}

fn raise(store: &Store, events: Vec<Event>, committed: &Committed) {
    if events.is_empty() || events.len() > MAX_CARRIED {
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

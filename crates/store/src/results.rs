//! What came of attempts, written together: states, attempts, what was superseded, endpoints that fail, begin to, or are
//! well again.
//!
//! Fenced: a row is written only while its owner still holds the lease it names, with the epoch it names. What has been
//! delivered is never overwritten.

use std::collections::{BTreeMap, BTreeSet};

use model::Timestamp;
use model::delivery::{Attempt, DeliveryState, Reach};
use model::event::{StreamId, Subject};
use model::id::{DeliveryId, EndpointId, EnvironmentId};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};

use crate::connections::Transaction;
use crate::dialect::{Cell, Dialect, Rows};
use crate::error::Error;
use crate::leases::Holder;
use crate::system::System;
use crate::{read, statement};

/// All that an owner has to write.
#[derive(Debug, Default)]
pub struct Results {
    pub deliveries: Vec<DeliveryResult>,
    /// Revocations that ended while rows before them had not been read.
    pub covering: Vec<Covering>,
    pub stopped: Vec<Stop>,
    /// Of each endpoint at which that changed: since when every attempt has failed.
    pub failing: BTreeMap<EndpointId, Option<Timestamp>>,
}

/// What becomes of one delivery.
#[derive(Debug, Clone)]
pub struct DeliveryResult {
    pub id: DeliveryId,
    pub environment_id: EnvironmentId,
    /// The owner's lease, and its epoch.
    pub lease: String,
    pub epoch: i64,
    pub state: DeliveryState,
    pub attempts: i64,
    pub tried_at: Option<Timestamp>,
    pub due_at: Timestamp,
    /// None: superseded without one.
    pub attempt: Option<Attempt>,
}

/// A revocation: what is pending before it, and it takes away, is superseded.
#[derive(Debug, Clone)]
pub struct Covering {
    pub endpoint_id: EndpointId,
    pub lease: String,
    pub epoch: i64,
    pub position: i64,
    pub stream: StreamId,
    pub subject: Subject,
    pub reach: Reach,
}

/// An endpoint that answered that it is gone, or has failed for too long. It is stopped unless it was changed since `updated_at`.
#[derive(Debug, Clone, Copy)]
pub struct Stop {
    pub endpoint_id: EndpointId,
    pub updated_at: Timestamp,
}

#[derive(FromQueryResult)]
struct Written {
    id: String,
}

impl System {
    /// Writes all of it in one transaction; answers the deliveries that stand as told now. The others are somebody else's
    /// or gone. Writing the same again changes nothing.
    pub async fn write_results(
        &self,
        holder: &Holder,
        results: &Results,
        now_ms: i64,
    ) -> Result<BTreeSet<DeliveryId>, Error> {
        let (tx, dialect) = (self.0.begin_write().await?, self.0.0.dialect);
        let written = write_deliveries(&tx, dialect, holder, &results.deliveries, now_ms).await?;
        for by in [By::User, By::Group, By::Stream] {
            let covering: Vec<_> = results.covering.iter().filter(|covering| By::of(covering) == by).collect();
            if !covering.is_empty() {
                supersede(&tx, dialect, (by, &covering), holder, now_ms).await?;
            }
        }
        if !results.stopped.is_empty() {
            stop(&tx, dialect, &results.stopped, now_ms).await?;
        }
        if !results.failing.is_empty() {
            write_failing(&tx, dialect, &results.failing).await?;
        }
        tx.commit().await?;
        Ok(written)
    }
}

async fn write_deliveries(
    tx: &Transaction,
    dialect: Dialect,
    holder: &Holder,
    results: &[DeliveryResult],
    now_ms: i64,
) -> Result<BTreeSet<DeliveryId>, Error> {
    let mut values: Vec<Value> = vec![now_ms.into(), holder.name.as_str().into()];
    let (rows, row_values) = dialect.rows("r", result_rows(results), values.len() + 1);
    values.extend(row_values);
    let (attempts, attempt_values) = dialect.rows("a", attempt_rows(results), values.len() + 1);
    values.extend(attempt_values);
    let sql = dialect.write_results(&rows, &attempts);
    let written: Vec<Written> = read::all(tx, dialect, &sql, values).await?;
    written.iter().map(|row| read::id(&row.id)).collect()
}

/// `c0` id, `c1` lease, `c2` epoch, `c3` state, `c4` attempts, `c5` `tried_at`, `c6` `due_at`. No time is 0: sets of rows
/// hold no null numbers.
fn result_rows(results: &[DeliveryResult]) -> Rows {
    use Cell::{Int, Text};
    let mut rows = Rows::new(&[Text, Text, Int, Text, Int, Int, Int]);
    for result in results {
        rows.push([
            result.id.to_string().into(),
            result.lease.as_str().into(),
            result.epoch.into(),
            result.state.as_str().into(),
            result.attempts.into(),
            result.tried_at.map_or(0, |at| at.0).into(),
            result.due_at.0.into(),
        ]);
    }
    rows
}

/// `c0` delivery, `c1` epoch, then the columns of `attempts` but those. No status is 0.
fn attempt_rows(results: &[DeliveryResult]) -> Rows {
    use Cell::{Int, Text};
    let mut rows = Rows::new(&[Text, Int, Text, Text, Int, Int, Int, Int, Text, Text]);
    for (result, attempt) in results.iter().filter_map(|result| Some((result, result.attempt.as_ref()?))) {
        rows.push([
            result.id.to_string().into(),
            result.epoch.into(),
            attempt.id.to_string().into(),
            result.environment_id.to_string().into(),
            attempt.number.into(),
            attempt.started_at.0.into(),
            attempt.duration_ms.into(),
            attempt.status.map_or(0, i64::from).into(),
            attempt.error.clone().into(),
            attempt.response.clone().into(),
        ]);
    }
    rows
}

/// By which columns what a revocation covers is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    User,
    Group,
    /// A directory or an organization: most of what is pending, so all of it is looked at.
    Stream,
}

impl By {
    const fn of(covering: &Covering) -> Self {
        match covering.subject {
            Subject::User(..) | Subject::Membership(..) => Self::User,
            Subject::Group(..) => Self::Group,
            Subject::Directory(_) | Subject::Organization => Self::Stream,
        }
    }

    /// Of rows `r` with `c4` stream, `c5` directory, `c6` user, `c7` group, `c8` reach.
    const fn condition(self) -> &'static str {
        match self {
            // Below a user lie its memberships; else the pair, or the user alone.
            Self::User => "d.user_id = r.c6 AND (r.c8 = 'below' OR COALESCE(d.group_id, '') = COALESCE(r.c7, ''))",
            Self::Group => "d.group_id = r.c7 AND (r.c8 = 'below' OR d.user_id IS NULL)",
            Self::Stream => {
                "d.stream_id = r.c4 AND (COALESCE(r.c5, '') = '' OR d.directory_id = r.c5) \
                 AND (r.c8 = 'below' OR COALESCE(d.user_id, d.group_id) IS NULL)"
            }
        }
    }
}

async fn supersede(
    tx: &Transaction,
    dialect: Dialect,
    (by, covering): (By, &[&Covering]),
    holder: &Holder,
    now_ms: i64,
) -> Result<(), Error> {
    let mut values: Vec<Value> = vec![now_ms.into(), holder.name.as_str().into()];
    let (rows, row_values) = dialect.rows("r", covering_rows(covering), values.len() + 1);
    values.extend(row_values);
    let sql = format!(
        "UPDATE deliveries AS d SET state = 'superseded', updated_at = $1 FROM {rows} \
         JOIN leases l ON l.name = r.c1 AND l.epoch = r.c2 AND l.holder = $2 \
         WHERE d.endpoint_id = r.c0 AND d.state = 'pending' AND d.position < r.c3 AND {}",
        by.condition()
    );
    tx.execute_raw(statement::with(dialect, &sql, values)).await?;
    Ok(())
}

fn covering_rows(covering: &[&Covering]) -> Rows {
    use Cell::{Int, Text};
    let mut rows = Rows::new(&[Text, Text, Int, Int, Text, Text, Text, Text, Text]);
    for covering in covering {
        rows.push([
            covering.endpoint_id.to_string().into(),
            covering.lease.as_str().into(),
            covering.epoch.into(),
            covering.position.into(),
            covering.stream.to_string().into(),
            covering.subject.directory().map(|id| id.to_string()).into(),
            covering.subject.user().map(|id| id.to_string()).into(),
            covering.subject.group().map(|id| id.to_string()).into(),
            covering.reach.as_str().into(),
        ]);
    }
    rows
}

async fn stop(tx: &Transaction, dialect: Dialect, stopped: &[Stop], now_ms: i64) -> Result<(), Error> {
    let mut rows = Rows::new(&[Cell::Text, Cell::Int]);
    stopped.iter().for_each(|stop| rows.push([stop.endpoint_id.to_string().into(), stop.updated_at.0.into()]));
    let (rows, row_values) = dialect.rows("r", rows, 2);
    let sql = format!(
        "UPDATE endpoints AS e SET status = 'stopped', updated_at = $1 FROM {rows} \
         WHERE e.id = r.c0 AND e.status = 'enabled' AND e.updated_at = r.c1"
    );
    let mut values: Vec<Value> = vec![now_ms.into()];
    values.extend(row_values);
    tx.execute_raw(statement::with(dialect, &sql, values)).await?;
    Ok(())
}

/// An endpoint that does not fail carries 0.
async fn write_failing(
    tx: &Transaction,
    dialect: Dialect,
    failing: &BTreeMap<EndpointId, Option<Timestamp>>,
) -> Result<(), Error> {
    let mut rows = Rows::new(&[Cell::Text, Cell::Int]);
    failing.iter().for_each(|(id, since)| rows.push([id.to_string().into(), since.map_or(0, |at| at.0).into()]));
    let (rows, values) = dialect.rows("r", rows, 1);
    let sql = format!("UPDATE endpoints AS e SET failing_since = NULLIF(r.c1, 0) FROM {rows} WHERE e.id = r.c0");
    tx.execute_raw(statement::with(dialect, &sql, values)).await?;
    Ok(())
}

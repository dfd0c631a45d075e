//! Deliveries and their attempts, as they are shown, counted and cleared away.

use model::Timestamp;
use model::delivery::{Attempt, Delivery, DeliveryState};
use model::id::{DeliveryId, EndpointId, EnvironmentId};
use model::query::{Page, PageQuery};
use sea_orm::{ColumnTrait, ConnectionTrait, FromQueryResult, QueryFilter, QueryOrder, Value};

use crate::endpoints::DELETING;
use crate::error::Error;
use crate::reader::Reader;
use crate::system::System;
use crate::table::{attempt, delivery};
use crate::{page, read, statement};

/// How far [`System::backlog`] counts.
const COUNTED: i64 = 100_000;
/// How long the row of a deleted endpoint stays after its last delivery, in milliseconds: a fan-out that saw it alive may
/// still insert.
const GRACE_MS: i64 = 60_000;

/// What is pending, over all environments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromQueryResult)]
pub struct Backlog {
    /// Counted up to 100,000.
    pub pending: i64,
    /// When the oldest of those counted was made, in Unix milliseconds.
    pub oldest_ms: Option<i64>,
}

fn noun(row: &delivery::Model) -> Result<Delivery, Error> {
    Ok(Delivery {
        id: read::id(&row.id)?,
        environment_id: read::id(&row.environment_id)?,
        endpoint_id: read::id(&row.endpoint_id)?,
        event_id: read::id(&row.event_id)?,
        state: DeliveryState::parse(&row.state).ok_or(Error::Corrupt { what: "delivery" })?,
        attempts: row.attempts,
        due_at: Timestamp(row.due_at),
        created_at: Timestamp(row.created_at),
        updated_at: Timestamp(row.updated_at),
    })
}

fn attempt_noun(row: attempt::Model) -> Result<Attempt, Error> {
    let status = row.status.map(u16::try_from).transpose().map_err(|_| Error::Corrupt { what: "attempt" })?;
    Ok(Attempt {
        id: read::id(&row.id)?,
        number: row.number,
        started_at: Timestamp(row.started_at),
        duration_ms: row.duration_ms,
        status,
        error: row.error,
        response: row.response,
    })
}

impl Reader {
    /// In the order of their events, which an index answers.
    pub async fn list_deliveries(
        &self,
        endpoint_id: EndpointId,
        query: PageQuery<DeliveryId>,
    ) -> Result<Page<Delivery, DeliveryId>, Error> {
        let found = self.of_environment::<delivery::Entity>();
        let found = found.filter(delivery::Column::EndpointId.eq(endpoint_id.to_string()));
        let nouns = (|row| noun(&row), |found: &Delivery| found.id);
        page::run(query, found, delivery::Column::Id, &self.store.0.read, nouns).await
    }

    /// The attempts of a delivery, first to last.
    pub async fn list_attempts(&self, delivery_id: DeliveryId) -> Result<Vec<Attempt>, Error> {
        let found = self.of_environment::<attempt::Entity>();
        let found = found.filter(attempt::Column::DeliveryId.eq(delivery_id.to_string()));
        let rows = found.order_by_asc(attempt::Column::Number).all(&self.store.0.read).await?;
        rows.into_iter().map(attempt_noun).collect()
    }
}

impl System {
    pub async fn backlog(&self) -> Result<Backlog, Error> {
        let sql = format!(
            "SELECT count(*) AS pending, min(d.created_at) AS oldest_ms FROM (SELECT created_at FROM deliveries \
             WHERE state = 'pending' LIMIT {COUNTED}) d"
        );
        let rows: Vec<Backlog> = read::all(&self.0.0.read, self.0.0.dialect, &sql, Vec::new()).await?;
        rows.into_iter().next().ok_or(Error::Corrupt { what: "backlog" })
    }

    /// Whether all that this environment recorded has been fanned out, and nothing is pending for an enabled endpoint.
    pub async fn is_settled(&self, environment_id: EnvironmentId) -> Result<bool, Error> {
        #[derive(FromQueryResult)]
        struct Row {
            settled: bool,
        }
        let sql = "SELECT NOT EXISTS (SELECT 1 FROM streams s LEFT JOIN fanout f ON f.stream_id = s.id \
                   WHERE s.environment_id = $1 AND s.event_sequence > COALESCE(f.sequence, 0)) \
                   AND NOT EXISTS (SELECT 1 FROM endpoints e JOIN deliveries d ON d.endpoint_id = e.id \
                   WHERE e.environment_id = $1 AND e.status = 'enabled' AND d.state = 'pending') AS settled";
        let values = vec![environment_id.to_string().into()];
        let rows: Vec<Row> = read::all(&self.0.0.read, self.0.0.dialect, sql, values).await?;
        Ok(rows.first().is_some_and(|row| row.settled))
    }

    /// Deletes up to `limit` deliveries, with their attempts, of an endpoint that is being deleted; then its row. Answers
    /// whether there may be more to do.
    pub async fn sweep_endpoints(&self, limit: u32) -> Result<bool, Error> {
        let Some(id) = self.deleting_endpoint().await? else { return Ok(false) };
        let (tx, dialect) = (self.0.begin_write().await?, self.0.0.dialect);
        let values = || -> Vec<Value> { vec![id.as_str().into(), i64::from(limit).into()] };
        let some = "(SELECT d.id FROM deliveries d WHERE d.endpoint_id = $1 ORDER BY d.event_id, d.cause LIMIT $2)";
        let attempts = format!("DELETE FROM attempts WHERE delivery_id IN {some}");
        tx.execute_raw(statement::with(dialect, &attempts, values())).await?;
        let deliveries = format!("DELETE FROM deliveries WHERE id IN {some}");
        let deleted = tx.execute_raw(statement::with(dialect, &deliveries, values())).await?.rows_affected();
        if deleted == 0 {
            let row = format!("DELETE FROM endpoints WHERE id = $1 AND status = '{DELETING}'");
            tx.execute_raw(statement::with(dialect, &row, vec![id.into()])).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// One with deliveries, or one that has been without for long enough.
    async fn deleting_endpoint(&self) -> Result<Option<String>, Error> {
        #[derive(FromQueryResult)]
        struct Row {
            id: String,
        }
        let sql = format!(
            "SELECT e.id FROM endpoints e WHERE e.status = '{DELETING}' AND (e.updated_at <= $1 \
             OR (SELECT d.id FROM deliveries d WHERE d.endpoint_id = e.id LIMIT 1) IS NOT NULL) ORDER BY e.id LIMIT 1"
        );
        let values = vec![(self.0.now_ms() - GRACE_MS).into()];
        let rows: Vec<Row> = read::all(&self.0.0.read, self.0.0.dialect, &sql, values).await?;
        Ok(rows.into_iter().next().map(|row| row.id))
    }
}

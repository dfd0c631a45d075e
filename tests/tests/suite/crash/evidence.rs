//! What the database itself says.

use anyhow::Result;
use sea_orm::{ConnectionTrait, DatabaseConnection, FromQueryResult, Statement};
use tests::until;

use super::PATIENCE;

pub(crate) struct Evidence(DatabaseConnection);

#[derive(FromQueryResult)]
struct Count {
    count: i64,
}

impl Evidence {
    pub(crate) async fn of(url: &str) -> Result<Self> {
        Ok(Self(sea_orm::Database::connect(url).await?))
    }

    pub(crate) async fn close(self) -> Result<()> {
        Ok(self.0.close().await?)
    }

    pub(crate) async fn rows<R: FromQueryResult>(&self, sql: &str) -> Result<Vec<R>> {
        let rows = self.0.query_all_raw(Statement::from_string(self.0.get_database_backend(), sql)).await?;
        Ok(rows.iter().map(|row| R::from_query_result(row, "")).collect::<Result<_, _>>()?)
    }

    /// What time does for the leases of those who are dead; nobody lives when this is called.
    pub(crate) async fn let_leases_run_out(&self) -> Result<()> {
        self.0.execute_unprepared("UPDATE leases SET expires_at = 0").await?;
        Ok(())
    }

    /// Every event is fanned out, and no delivery waits.
    pub(crate) async fn drained(&self) -> Result<()> {
        let sql = "SELECT (SELECT count(*) FROM deliveries WHERE state = 'pending') + \
                   (SELECT count(*) FROM streams s LEFT JOIN fanout f ON f.stream_id = s.id \
                    WHERE s.event_sequence > COALESCE(f.sequence, 0)) AS count";
        until("all deliveries to end", PATIENCE, async || {
            let waiting: Vec<Count> = self.rows(sql).await.ok()?;
            (waiting[0].count == 0).then_some(())
        })
        .await
    }
}

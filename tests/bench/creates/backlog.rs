//! Relay and fan-out run during the load; at its end nothing may be left for them.

use std::time::Duration;

use anyhow::Result;
use sea_orm::{ConnectionTrait, Database, Statement};
use tests::until;

use crate::house::House;

const LIMIT: Duration = Duration::from_secs(30);

/// Waits until every event is fanned out; an error when that takes longer than the limit.
pub(crate) async fn drain(house: &House) -> Result<()> {
    let connection = Database::connect(house.database.url()).await?;
    let sql = "SELECT s.id FROM streams s LEFT JOIN fanout f ON f.stream_id = s.id \
               WHERE s.event_sequence > COALESCE(f.sequence, 0) LIMIT 1";
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    until("an empty backlog", LIMIT, async || {
        connection.query_one_raw(statement.clone()).await.ok()?.is_none().then_some(())
    })
    .await?;
    Ok(connection.close().await?)
}

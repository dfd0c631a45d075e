//! Relay and fan-out run during the load; at its end next to nothing may be left for them.

use std::time::{Duration, Instant};

use anyhow::Result;
use sea_orm::{ConnectionTrait, Database, Statement};
use tests::until;

use crate::house::House;

/// How long what is left when the clock stops may take: more would mean that the load outran them.
const LIMIT: Duration = Duration::from_secs(5);

/// Waits until every event is published and fanned out; how many seconds that took. An error when it takes longer than the
/// limit.
pub(crate) async fn drain(house: &House) -> Result<f64> {
    let connection = Database::connect(house.database.url()).await?;
    let sql = "SELECT s.id FROM streams s LEFT JOIN fanout f ON f.stream_id = s.id \
               WHERE s.event_sequence > COALESCE(f.sequence, 0) \
               UNION ALL \
               SELECT p.environment_id FROM positions p LEFT JOIN cursors c \
               ON c.environment_id = p.environment_id AND c.reader = 'relay' \
               WHERE p.last > COALESCE(c.position, 0) LIMIT 1";
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let stopped = Instant::now();
    until("an empty backlog", LIMIT, async || {
        connection.query_one_raw(statement.clone()).await.ok()?.is_none().then_some(())
    })
    .await?;
    let seconds = stopped.elapsed().as_secs_f64();
    connection.close().await?;
    Ok(seconds)
}

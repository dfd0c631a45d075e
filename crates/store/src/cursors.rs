//! How far a reader of the log has come, per environment.

use std::collections::BTreeMap;

use model::id::EnvironmentId;
use sea_orm::{ConnectionTrait, FromQueryResult, Value};

use crate::dialect::{Cell, Dialect, Rows};
use crate::error::Error;
use crate::system::System;
use crate::{read, statement};

/// A reader of the log that keeps a durable cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogReader {
    /// Published to the bus.
    Relay,
    /// Fanned out to deliveries.
    Fanout,
}

impl LogReader {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Relay => "relay",
            Self::Fanout => "fanout",
        }
    }
}

/// An environment with events past a reader's cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Behind {
    pub environment_id: EnvironmentId,
    /// Everything up to here has been read.
    pub cursor: i64,
    /// The position of the newest event.
    pub last: i64,
}

#[derive(FromQueryResult)]
struct Row {
    environment_id: String,
    position: i64,
    last: i64,
}

impl System {
    /// The environments that hold events past this reader's durable cursor. One row per environment is looked at.
    pub async fn environments_behind(&self, reader: LogReader) -> Result<Vec<Behind>, Error> {
        let sql = "SELECT p.environment_id, COALESCE(c.position, 0) AS position, p.last FROM positions p \
                   LEFT JOIN cursors c ON c.reader = $1 AND c.environment_id = p.environment_id \
                   WHERE p.last > COALESCE(c.position, 0) ORDER BY p.environment_id";
        let rows: Vec<Row> = read::all(&self.0.0.read, self.0.0.dialect, sql, vec![reader.as_str().into()]).await?;
        let behind = |row: Row| {
            Ok(Behind { environment_id: read::id(&row.environment_id)?, cursor: row.position, last: row.last })
        };
        rows.into_iter().map(behind).collect()
    }

    /// This reader's durable cursors.
    pub async fn load_cursors(&self, reader: LogReader) -> Result<BTreeMap<EnvironmentId, i64>, Error> {
        let sql = "SELECT environment_id, position, position AS last FROM cursors WHERE reader = $1";
        let rows: Vec<Row> = read::all(&self.0.0.read, self.0.0.dialect, sql, vec![reader.as_str().into()]).await?;
        rows.into_iter().map(|row| Ok((read::id(&row.environment_id)?, row.position))).collect()
    }

    /// Moves fan-out's cursors forward; one that is further already stays. One statement. The relay's are
    /// [`System::save_relay`]'s.
    pub async fn save_fanout(&self, cursors: &BTreeMap<EnvironmentId, i64>) -> Result<(), Error> {
        move_forward(&self.0.0.write, self.0.0.dialect, LogReader::Fanout, cursors).await
    }
}

pub(crate) async fn move_forward(
    connection: &impl ConnectionTrait,
    dialect: Dialect,
    reader: LogReader,
    cursors: &BTreeMap<EnvironmentId, i64>,
) -> Result<(), Error> {
    if cursors.is_empty() {
        return Ok(());
    }
    let mut rows = Rows::new(&[Cell::Text, Cell::Int]);
    cursors.iter().for_each(|(id, position)| rows.push([id.to_string().into(), (*position).into()]));
    let (rows, row_values) = dialect.rows("r", rows, 2);
    let sql = format!(
        "INSERT INTO cursors AS t (reader, environment_id, position) \
         SELECT $1, r.c0, r.c1 FROM {rows} WHERE true ORDER BY r.c0 \
         ON CONFLICT (reader, environment_id) DO UPDATE SET position = excluded.position \
         WHERE excluded.position > t.position"
    );
    let mut values: Vec<Value> = vec![reader.as_str().into()];
    values.extend(row_values);
    connection.execute_raw(statement::with(dialect, &sql, values)).await?;
    Ok(())
}

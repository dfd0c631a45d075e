//! How far the relay has written each partition of a bus that has some.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, FromQueryResult, Value};

use crate::cursors::LogReader;
use crate::dialect::{Cell, Rows};
use crate::error::Error;
use crate::system::System;
use crate::{read, statement};

#[derive(FromQueryResult)]
struct Mark {
    part: i64,
    last: i64,
}

impl System {
    /// The marks of this bus: the offset last written, per partition. Those of every other bus are forgotten: what is
    /// published from now on they do not hold.
    pub async fn take_marks(&self, bus: &str) -> Result<BTreeMap<i32, i64>, Error> {
        let dialect = self.0.0.dialect;
        let others = statement::with(dialect, "DELETE FROM bus_marks WHERE bus <> $1", vec![bus.into()]);
        self.0.0.write.execute_raw(others).await?;
        let sql = "SELECT part, last FROM bus_marks WHERE bus = $1";
        let marks: Vec<Mark> = read::all(&self.0.0.write, dialect, sql, vec![bus.into()]).await?;
        let mark = |mark: Mark| Ok((i32::try_from(mark.part).map_err(|_| Error::Corrupt { what: "mark" })?, mark.last));
        marks.into_iter().map(mark).collect()
    }

    /// One statement.
    pub async fn save_marks(&self, bus: &str, marks: &BTreeMap<i32, i64>) -> Result<(), Error> {
        if marks.is_empty() {
            return Ok(());
        }
        let dialect = self.0.0.dialect;
        let mut rows = Rows::new(&[Cell::Int, Cell::Int]);
        marks.iter().for_each(|(part, last)| rows.push([i64::from(*part).into(), (*last).into()]));
        let (rows, row_values) = dialect.rows("r", rows, 2);
        let sql = format!(
            "INSERT INTO bus_marks (bus, part, last) SELECT $1, r.c0, r.c1 FROM {rows} WHERE true ORDER BY r.c0 \
             ON CONFLICT (bus, part) DO UPDATE SET last = excluded.last"
        );
        let mut values: Vec<Value> = vec![bus.into()];
        values.extend(row_values);
        self.0.0.write.execute_raw(statement::with(dialect, &sql, values)).await?;
        Ok(())
    }

    /// The bus is a new one: its relay begins at the oldest event that is kept.
    pub async fn restart_relay(&self, bus: &str) -> Result<(), Error> {
        let tx = self.0.begin_write().await?;
        let dialect = self.0.0.dialect;
        let cursors = ("DELETE FROM cursors WHERE reader = $1", LogReader::Relay.as_str());
        for (sql, value) in [cursors, ("DELETE FROM bus_marks WHERE bus = $1", bus)] {
            tx.execute_raw(statement::with(dialect, sql, vec![value.into()])).await?;
        }
        Ok(tx.commit().await?)
    }
}

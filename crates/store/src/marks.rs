//! What a relay leaves for the next one: its cursors, and how far it has written each partition of a bus that has some.
//!
//! Fenced: nothing is written but by who holds the lease, with its epoch. A relay that was paused must not move back what its
//! successor has begun anew.

use std::collections::BTreeMap;

use model::id::EnvironmentId;
use sea_orm::{ConnectionTrait, FromQueryResult, Value};

use crate::connections::Transaction;
use crate::cursors::{LogReader, move_forward};
use crate::dialect::{Cell, Dialect, Rows};
use crate::error::Error;
use crate::leases::{Holder, Lease};
use crate::system::System;
use crate::{read, statement};

/// A relay that leads, as far as it knows.
#[derive(Debug, Clone, Copy)]
pub struct Leader<'a> {
    pub holder: &'a Holder,
    pub lease: &'a Lease,
}

#[derive(FromQueryResult)]
struct Mark {
    part: i64,
    last: i64,
}

/// Each answers whether the lease is held still; if not, nothing was done.
impl System {
    /// The marks of this bus: the offset last written, per partition. Those of every other bus are forgotten: what is
    /// published from now on they do not hold.
    pub async fn take_marks(&self, leader: Leader<'_>, bus: &str) -> Result<Option<BTreeMap<i32, i64>>, Error> {
        let Some(tx) = self.begin_led(leader).await? else { return Ok(None) };
        let dialect = self.0.0.dialect;
        let others = statement::with(dialect, "DELETE FROM bus_marks WHERE bus <> $1", vec![bus.into()]);
        tx.execute_raw(others).await?;
        let sql = "SELECT part, last FROM bus_marks WHERE bus = $1";
        let marks: Vec<Mark> = read::all(&tx, dialect, sql, vec![bus.into()]).await?;
        tx.commit().await?;
        let mark = |mark: Mark| Ok((i32::try_from(mark.part).map_err(|_| Error::Corrupt { what: "mark" })?, mark.last));
        Ok(Some(marks.into_iter().map(mark).collect::<Result<_, Error>>()?))
    }

    /// Moves the relay's cursors forward, and the marks to where they are now.
    pub async fn save_relay(
        &self,
        leader: Leader<'_>,
        cursors: &BTreeMap<EnvironmentId, i64>,
        (bus, marks): (&str, &BTreeMap<i32, i64>),
    ) -> Result<bool, Error> {
        let Some(tx) = self.begin_led(leader).await? else { return Ok(false) };
        let dialect = self.0.0.dialect;
        move_forward(&tx, dialect, LogReader::Relay, cursors).await?;
        write_marks(&tx, dialect, bus, marks).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The bus is a new one: its relay begins at the oldest event that is kept.
    pub async fn restart_relay(&self, leader: Leader<'_>, bus: &str) -> Result<bool, Error> {
        let Some(tx) = self.begin_led(leader).await? else { return Ok(false) };
        let dialect = self.0.0.dialect;
        let cursors = ("DELETE FROM cursors WHERE reader = $1", LogReader::Relay.as_str());
        for (sql, value) in [cursors, ("DELETE FROM bus_marks WHERE bus = $1", bus)] {
            tx.execute_raw(statement::with(dialect, sql, vec![value.into()])).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Nobody takes the lease before this has ended.
    async fn begin_led(&self, Leader { holder, lease }: Leader<'_>) -> Result<Option<Transaction>, Error> {
        let (tx, dialect) = (self.0.begin_write().await?, self.0.0.dialect);
        let lock = dialect.lock("l", true);
        let sql = format!("SELECT l.name FROM leases l WHERE l.name = $1 AND l.holder = $2 AND l.epoch = $3{lock}");
        let values = vec![lease.name.as_str().into(), holder.name.as_str().into(), lease.epoch.into()];
        let held = tx.query_one_raw(statement::with(dialect, &sql, values)).await?;
        Ok(held.map(|_| tx))
    }
}

async fn write_marks(tx: &Transaction, dialect: Dialect, bus: &str, marks: &BTreeMap<i32, i64>) -> Result<(), Error> {
    if marks.is_empty() {
        return Ok(());
    }
    let mut rows = Rows::new(&[Cell::Int, Cell::Int]);
    marks.iter().for_each(|(part, last)| rows.push([i64::from(*part).into(), (*last).into()]));
    let (rows, row_values) = dialect.rows("r", rows, 2);
    let sql = format!(
        "INSERT INTO bus_marks (bus, part, last) SELECT $1, r.c0, r.c1 FROM {rows} WHERE true ORDER BY r.c0 \
         ON CONFLICT (bus, part) DO UPDATE SET last = excluded.last"
    );
    let mut values: Vec<Value> = vec![bus.into()];
    values.extend(row_values);
    tx.execute_raw(statement::with(dialect, &sql, values)).await?;
    Ok(())
}

//! Leases: who may do what only one node may do, until when. Time is the database's, on SQLite the node's.

use std::time::Instant;

use rand::Rng;
use sea_orm::{ConnectionTrait, FromQueryResult, Value};

use crate::dialect::{Cell, Rows};
use crate::error::Error;
use crate::system::System;
use crate::{Store, read, statement};

/// A process that holds leases, told from every other by a random name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    pub name: String,
    /// No other process can use this database (the data folder is locked): what a killed one held is taken at once.
    pub alone: bool,
}

/// A lease that is held now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    pub name: String,
    /// Rises with each change of holder: what a former holder still writes is recognised by it.
    pub epoch: i64,
    /// By [`Store::now_ms`].
    pub expires_at_ms: i64,
}

/// A lease as anybody sees it.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct LeaseRow {
    pub name: String,
    pub holder: String,
    /// It has not expired.
    pub live: bool,
}

#[derive(FromQueryResult)]
struct Held {
    name: String,
    epoch: i64,
    expires_at: i64,
    now: i64,
}

impl Store {
    pub fn new_holder(&self, alone: bool) -> Holder {
        Holder { name: self.draw(|rng| format!("{:016x}{:016x}", rng.next_u64(), rng.next_u64())), alone }
    }
}

impl System {
    /// Takes or renews these leases for `ttl_ms` from now, as far as they are free, expired or held by `holder`; answers
    /// those that it holds now. One statement.
    pub async fn hold_leases(&self, holder: &Holder, names: &[String], ttl_ms: i64) -> Result<Vec<Lease>, Error> {
        let store = &self.0;
        let dialect = store.0.dialect;
        let now = dialect.now(3);
        let (rows, row_values) = dialect.rows("r", read::keys([names]), 4);
        let free = if holder.alone { "true" } else { &format!("t.holder = excluded.holder OR t.expires_at <= {now}") };
        let sql = format!(
            "INSERT INTO leases AS t (name, holder, epoch, expires_at) \
             SELECT r.c0, $1, 1, {now} + $2 FROM {rows} WHERE true ORDER BY r.c0 \
             ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at, \
             epoch = t.epoch + CASE WHEN t.holder = excluded.holder THEN 0 ELSE 1 END WHERE {free} \
             RETURNING name, epoch, expires_at, {now} AS now"
        );
        let mut values: Vec<Value> = vec![holder.name.as_str().into(), ttl_ms.into(), store.clock_ms().into()];
        values.extend(row_values);
        let asked = Instant::now();
        let held: Vec<Held> = read::all(&store.0.write, dialect, &sql, values).await?;
        if let Some(held) = held.first() {
            store.0.anchor.drop_at(held.now, asked);
        }
        let lease = |held: Held| Lease { name: held.name, epoch: held.epoch, expires_at_ms: held.expires_at };
        Ok(held.into_iter().map(lease).collect())
    }

    /// Ends these leases as far as `holder` has them; anybody may take them at once.
    pub async fn release_leases(&self, holder: &Holder, names: &[String]) -> Result<(), Error> {
        let dialect = self.0.0.dialect;
        let (rows, row_values) = dialect.rows("r", read::keys([names]), 2);
        let sql = format!("UPDATE leases SET expires_at = 0 WHERE holder = $1 AND name IN (SELECT r.c0 FROM {rows})");
        let mut values: Vec<Value> = vec![holder.name.as_str().into()];
        values.extend(row_values);
        self.0.0.write.execute_raw(statement::with(dialect, &sql, values)).await?;
        Ok(())
    }

    /// Every lease there is, expired ones too.
    pub async fn list_leases(&self) -> Result<Vec<LeaseRow>, Error> {
        let dialect = self.0.0.dialect;
        let sql = format!("SELECT name, holder, expires_at > {} AS live FROM leases ORDER BY name", dialect.now(1));
        read::all(&self.0.0.read, dialect, &sql, vec![self.0.clock_ms().into()]).await
    }

    /// Deletes leases that expired: for names that nobody takes again.
    pub async fn forget_leases(&self, names: &[String]) -> Result<(), Error> {
        let dialect = self.0.0.dialect;
        let mut keys = Rows::new(&[Cell::Text]);
        names.iter().for_each(|name| keys.push([name.as_str().into()]));
        let (rows, row_values) = dialect.rows("r", keys, 2);
        let now = dialect.now(1);
        let sql = format!("DELETE FROM leases WHERE expires_at <= {now} AND name IN (SELECT r.c0 FROM {rows})");
        let mut values: Vec<Value> = vec![self.0.clock_ms().into()];
        values.extend(row_values);
        self.0.0.write.execute_raw(statement::with(dialect, &sql, values)).await?;
        Ok(())
    }
}

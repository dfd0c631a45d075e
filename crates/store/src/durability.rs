//! Whether a commit that was answered survives a crash of the machine, and whether there can be one now.

use sea_orm::ConnectionTrait;

use crate::Store;
use crate::dialect::Dialect;
use crate::error::Error;
use crate::statement;

/// The setting of the writing connection that decides it, and whether it is strong enough.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Durability {
    /// `synchronous=FULL` or `synchronous_commit=on`, say.
    pub setting: String,
    pub strong: bool,
}

impl Store {
    /// Whether the database takes writes now: no standby, no read-only primary.
    pub async fn is_writable(&self) -> Result<bool, Error> {
        let sql = match self.0.dialect {
            Dialect::Sqlite => "SELECT CAST(query_only AS TEXT) AS setting FROM pragma_query_only",
            Dialect::Postgres => "SELECT current_setting('transaction_read_only') AS setting",
        };
        let row = self.0.write.query_one_raw(statement::with(self.0.dialect, sql, Vec::new())).await?;
        let value: String = row.ok_or(Error::Corrupt { what: "setting" })?.try_get("", "setting")?;
        Ok(matches!(value.as_str(), "off" | "0"))
    }

    /// Asks the connection that ingest writes with.
    pub async fn durability(&self) -> Result<Durability, Error> {
        let (sql, name, strong): (_, _, &[(&str, &str)]) = match self.0.dialect {
            Dialect::Sqlite => {
                let sql = "SELECT CAST(synchronous AS TEXT) AS setting FROM pragma_synchronous";
                (sql, "synchronous", &[("2", "FULL"), ("3", "EXTRA")])
            }
            Dialect::Postgres => {
                let sql = "SELECT current_setting('synchronous_commit') AS setting";
                (
                    sql,
                    "synchronous_commit",
                    &[("on", "on"), ("remote_write", "remote_write"), ("remote_apply", "remote_apply")],
                )
            }
        };
        let row = self.0.write.query_one_raw(statement::with(self.0.dialect, sql, Vec::new())).await?;
        let value: String = row.ok_or(Error::Corrupt { what: "setting" })?.try_get("", "setting")?;
        let known = strong.iter().find(|(stored, _)| *stored == value);
        let shown = known.map_or(value.as_str(), |(_, shown)| shown);
        Ok(Durability { setting: format!("{name}={shown}"), strong: known.is_some() })
    }
}

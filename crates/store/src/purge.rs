//! What was deleted goes in batches: the rows of directories and organizations that nobody sees any more; and answers that
//! nobody asks for again.

use model::tenant::DirectoryState;
use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::error::Error;
use crate::system::System;
use crate::{read, statement};

/// How many rows one batch deletes of a table.
pub const PURGE_ROWS: i64 = 1000;

/// Tables with rows of a directory, and their keys, in the order they go. Tokens last: then the directory is empty.
const TABLES: [(&str, &str); 5] = [
    ("memberships", "group_id, user_id"),
    ("parked", "id"),
    ("users", "id"),
    ("groups", "id"),
    ("directory_tokens", "id"),
];

#[derive(FromQueryResult)]
struct Found {
    id: String,
}

impl System {
    /// Deletes one batch; `true` when there may be more to do. The streams' rows stay as long as the log.
    pub async fn purge(&self) -> Result<bool, Error> {
        // Written out, so that the partial indexes serve.
        let state = DirectoryState::Deleting.as_str();
        let sql = format!("SELECT d.id FROM directories d WHERE d.state = '{state}' LIMIT 1");
        if let Some(directory) = self.one(&sql).await? {
            return self.purge_directory(&directory).await;
        }
        let sql = "SELECT o.id FROM organizations o WHERE o.deleting LIMIT 1";
        let Some(organization) = self.one(sql).await? else { return self.purge_answers().await };
        self.delete("DELETE FROM organizations WHERE id = $1", vec![organization.into()]).await?;
        Ok(true)
    }

    async fn purge_directory(&self, id: &str) -> Result<bool, Error> {
        for (table, key) in TABLES {
            let sql = format!(
                "DELETE FROM {table} WHERE ({key}) IN (SELECT {key} FROM {table} WHERE directory_id = $1 LIMIT $2)"
            );
            if self.delete(&sql, vec![id.into(), PURGE_ROWS.into()]).await? > 0 {
                return Ok(true);
            }
        }
        self.delete("DELETE FROM directories WHERE id = $1", vec![id.into()]).await?;
        Ok(true)
    }

    async fn one(&self, sql: &str) -> Result<Option<String>, Error> {
        let found: Vec<Found> = read::all(&self.0.0.read, self.0.0.dialect, sql, Vec::new()).await?;
        Ok(found.into_iter().next().map(|found| found.id))
    }

    async fn delete(&self, sql: &str, values: Vec<sea_orm::Value>) -> Result<u64, Error> {
        let done = self.0.0.write.execute_raw(statement::with(self.0.0.dialect, sql, values)).await?;
        Ok(done.rows_affected())
    }
}

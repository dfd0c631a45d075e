//! Answers that were given, for requests that come again. Bodies are sealed: some show a secret.

use model::answer::{ANSWER_LIFETIME_MS, Answer};
use model::id::EnvironmentId;
use model::secret::Secret;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::error::Error;
use crate::purge::PURGE_ROWS;
use crate::reader::Reader;
use crate::system::System;
use crate::table::answer::{ActiveModel, Column, Entity};
use crate::{Tx, statement};

impl Reader {
    /// The answer to the request with this key, as long as it is kept.
    pub async fn find_answer(&self, key: &str) -> Result<Option<Answer>, Error> {
        let found = self.of_environment::<Entity>().filter(Column::Key.eq(key));
        let Some(row) = found.one(&self.store.0.read).await? else { return Ok(None) };
        let corrupt = || Error::Corrupt { what: "answer" };
        let body = self.store.0.master_key.open(&row.body, &owner(self.environment_id, key))?;
        Ok(Some(Answer {
            key: row.key,
            fingerprint: row.fingerprint.try_into().map_err(|_| corrupt())?,
            status: row.status.try_into().map_err(|_| corrupt())?,
            body: body.reveal().to_owned(),
        }))
    }
}

impl Tx {
    /// Keeps an answer with what else this transaction does.
    ///
    /// # Errors
    /// [`Error::Conflict`]: the environment has an answer with this key.
    pub async fn insert_answer(&self, of: EnvironmentId, answer: &Answer) -> Result<(), Error> {
        let row = ActiveModel {
            environment_id: Set(of.to_string()),
            key: Set(answer.key.clone()),
            fingerprint: Set(answer.fingerprint.to_vec()),
            status: Set(answer.status.into()),
            body: Set(self.store.seal(&Secret::from_text(answer.body.as_str()), &owner(of, &answer.key))?),
            created_at: Set(self.now_ms),
        };
        Entity::insert(row).exec_without_returning(&self.tx).await?;
        Ok(())
    }
}

impl System {
    /// Forgets one batch of answers that were kept for their lifetime; `true` when there may be more.
    pub(crate) async fn purge_answers(&self) -> Result<bool, Error> {
        let (store, dialect) = (&self.0.0, self.0.0.dialect);
        let old =
            format!("FROM answers WHERE created_at < {} - {ANSWER_LIFETIME_MS} LIMIT {PURGE_ROWS}", dialect.now(1));
        let values = || vec![self.0.clock_ms().into()];
        let any = format!("SELECT 1 AS one {old}");
        if store.read.query_one_raw(statement::with(dialect, &any, values())).await?.is_none() {
            return Ok(false);
        }
        let sql = format!("DELETE FROM answers WHERE (environment_id, key) IN (SELECT environment_id, key {old})");
        store.write.execute_raw(statement::with(dialect, &sql, values())).await?;
        Ok(true)
    }
}

fn owner(of: EnvironmentId, key: &str) -> String {
    format!("{of}/{key}")
}

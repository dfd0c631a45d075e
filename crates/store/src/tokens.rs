//! Directory tokens, and the one statement that authenticates a request with one.

use std::time::Instant;

use model::Timestamp;
use model::id::{DirectoryId, DirectoryTokenId};
use model::secret::SecretHash;
use model::tenant::{Directory, DirectoryState, DirectoryToken};
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter,
    QueryOrder, QueryResult,
};

use crate::error::Error;
use crate::reader::DirectoryReader;
use crate::system::System;
use crate::table::directory_token::{ActiveModel, Column, Entity, Model};
use crate::{Tx, directories, read, statement, table};

fn noun(row: Model) -> Result<DirectoryToken, Error> {
    Ok(DirectoryToken {
        id: read::id(&row.id)?,
        directory_id: read::id(&row.directory_id)?,
        name: row.name,
        suffix: row.suffix,
        created_at: Timestamp(row.created_at),
        last_used_at: row.last_used_at.map(Timestamp),
        expires_at: row.expires_at.map(Timestamp),
    })
}

/// A directory whose token was presented.
#[derive(Debug, Clone)]
pub struct Authenticated {
    pub directory: Directory,
    pub token_id: DirectoryTokenId,
    pub expires_at: Option<Timestamp>,
    pub last_used_at: Option<Timestamp>,
}

impl System {
    /// The directory at this key, if this token is one of its. One statement, whatever is wrong. [`crate::Store::now_ms`] is the
    /// database's time from then on: what the token's expiry is judged by.
    pub async fn authenticate(&self, external_key: &str, hash: &SecretHash) -> Result<Option<Authenticated>, Error> {
        let (store, dialect) = (&self.0.0, self.0.0.dialect);
        let sql = format!(
            "SELECT d.*, t.id AS token_id, t.expires_at AS token_expires_at, \
             t.last_used_at AS token_last_used_at{} \
             FROM directory_tokens t JOIN directories d ON d.id = t.directory_id \
             WHERE t.hash = $1 AND d.external_key = $2 AND d.state <> $3",
            dialect.now_column()
        );
        let state = DirectoryState::Deleting.as_str();
        let values = vec![hash.to_vec().into(), external_key.into(), state.into()];
        let asked = Instant::now();
        let Some(row) = store.read.query_one_raw(statement::with(dialect, &sql, values)).await? else {
            return Ok(None);
        };
        if dialect.has_clock() {
            store.anchor.drop_at(row.try_get("", "now")?, asked);
        }
        Ok(Some(Authenticated::from_query_result(&row, "")?))
    }

    /// Notes that a token was used. Lazily: the caller does this at most once in a while.
    pub async fn touch_token(&self, id: DirectoryTokenId, used_at: Timestamp) -> Result<(), Error> {
        let used = Entity::update_many().col_expr(Column::LastUsedAt, used_at.0.into());
        used.filter(Column::Id.eq(id.to_string())).exec(&self.0.0.write).await?;
        Ok(())
    }
}

impl FromQueryResult for Authenticated {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        let corrupt = |error: Error| DbErr::Custom(error.to_string());
        let directory = table::directory::Model::from_query_result(row, prefix)?;
        let token_id: String = row.try_get(prefix, "token_id")?;
        let time = |column| row.try_get::<Option<i64>>(prefix, column).map(|at| at.map(Timestamp));
        Ok(Self {
            directory: directories::noun(directory).map_err(corrupt)?,
            token_id: read::id(&token_id).map_err(corrupt)?,
            expires_at: time("token_expires_at")?,
            last_used_at: time("token_last_used_at")?,
        })
    }
}

impl DirectoryReader {
    /// The directory's tokens, oldest first.
    pub async fn list_tokens(&self) -> Result<Vec<DirectoryToken>, Error> {
        let rows = self.of_directory::<Entity>().order_by_asc(Column::Id).all(&self.store.0.read).await?;
        rows.into_iter().map(noun).collect()
    }
}

impl Tx {
    pub async fn insert_token(
        &self,
        directory: &Directory,
        token: &DirectoryToken,
        hash: &SecretHash,
    ) -> Result<(), Error> {
        let row = ActiveModel {
            id: Set(token.id.to_string()),
            environment_id: Set(directory.environment_id.to_string()),
            directory_id: Set(directory.id.to_string()),
            name: Set(token.name.clone()),
            hash: Set(hash.to_vec()),
            suffix: Set(token.suffix.clone()),
            created_at: Set(token.created_at.0),
            last_used_at: Set(None),
            expires_at: Set(token.expires_at.map(|at| at.0)),
        };
        Entity::insert(row).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Deletes a token of this directory and answers what it was.
    pub async fn delete_token(
        &self,
        directory: DirectoryId,
        id: DirectoryTokenId,
    ) -> Result<Option<DirectoryToken>, Error> {
        let this = || {
            let directory = Column::DirectoryId.eq(directory.to_string());
            Condition::all().add(Column::Id.eq(id.to_string())).add(directory)
        };
        let Some(row) = Entity::find().filter(this()).one(&self.tx).await? else { return Ok(None) };
        Entity::delete_many().filter(this()).exec(&self.tx).await?;
        noun(row).map(Some)
    }

    /// How many tokens of this directory have not expired.
    pub async fn count_living_tokens(&self, directory: DirectoryId) -> Result<u64, Error> {
        let living = Condition::any().add(Column::ExpiresAt.is_null()).add(Column::ExpiresAt.gt(self.now_ms));
        let here = Entity::find().filter(Column::DirectoryId.eq(directory.to_string()));
        Ok(here.filter(living).count(&self.tx).await?)
    }

    /// Forgets the expired tokens of this directory, but for so many that expired last.
    pub async fn forget_expired_tokens(&self, directory: DirectoryId, keep: u64) -> Result<(), Error> {
        let here = Entity::find().filter(Column::DirectoryId.eq(directory.to_string()));
        let expired = here.filter(Column::ExpiresAt.lte(self.now_ms)).order_by_desc(Column::ExpiresAt);
        let old = expired.order_by_desc(Column::Id).all(&self.tx).await?.into_iter().map(|row| row.id);
        let old: Vec<_> = old.skip(usize::try_from(keep).unwrap_or(usize::MAX)).collect();
        if !old.is_empty() {
            Entity::delete_many().filter(Column::Id.is_in(old)).exec(&self.tx).await?;
        }
        Ok(())
    }
}

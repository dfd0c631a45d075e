//! Environments and their API keys.

use model::Timestamp;
use model::event::StreamId;
use model::id::EnvironmentId;
use model::secret::SecretHash;
use model::tenant::{ApiKey, Environment};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::error::Error;
use crate::reader::Reader;
use crate::system::System;
use crate::table::{api_key, environment, position};
use crate::{Head, Tx, read};

impl Tx {
    /// Inserts an environment with its stream and its position counter.
    pub fn insert_environment(&mut self, environment: &Environment) {
        let id = environment.id.to_string();
        self.script.insert(vec![environment::ActiveModel {
            id: Set(id.clone()),
            name: Set(environment.name.clone()),
            created_at: Set(environment.created_at.0),
            updated_at: Set(environment.updated_at.0),
        }]);
        self.script.insert(vec![position::ActiveModel { environment_id: Set(id), last: Set(0) }]);
        self.insert_stream(StreamId::Environment(environment.id), environment.id);
    }

    /// Begins a stream; the row is inserted at commit and outlives what it is named for.
    pub fn insert_stream(&mut self, id: StreamId, environment_id: EnvironmentId) {
        self.heads.insert(id, Head { environment_id, sequence: 0, event_sequence: 0 });
    }

    pub async fn insert_api_key(&self, key: &ApiKey, hash: &SecretHash) -> Result<(), Error> {
        let row = api_key::ActiveModel {
            id: Set(key.id.to_string()),
            environment_id: Set(key.environment_id.to_string()),
            name: Set(key.name.clone()),
            hash: Set(hash.to_vec()),
            suffix: Set(key.suffix.clone()),
            created_at: Set(key.created_at.0),
            last_used_at: Set(None),
        };
        api_key::Entity::insert(row).exec_without_returning(&self.tx).await?;
        Ok(())
    }
}

impl Reader {
    /// The environment itself.
    pub async fn environment(&self) -> Result<Option<Environment>, Error> {
        let found = environment::Entity::find_by_id(self.environment_id.to_string());
        found.one(&self.store.0.read).await?.map(noun).transpose()
    }
}

impl System {
    pub async fn list_environments(&self) -> Result<Vec<Environment>, Error> {
        environment::Entity::find().all(&self.0.0.read).await?.into_iter().map(noun).collect()
    }

    /// The environment that this API key opens. One statement.
    pub async fn environment_of_key(&self, hash: &SecretHash) -> Result<Option<EnvironmentId>, Error> {
        let found = api_key::Entity::find().filter(api_key::Column::Hash.eq(hash.to_vec()));
        found.one(&self.0.0.read).await?.map(|row| read::id(&row.environment_id)).transpose()
    }
}

fn noun(row: environment::Model) -> Result<Environment, Error> {
    Ok(Environment {
        id: read::id(&row.id)?,
        name: row.name,
        created_at: Timestamp(row.created_at),
        updated_at: Timestamp(row.updated_at),
    })
}

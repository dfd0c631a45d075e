//! Environments and API keys.

use model::Timestamp;
use model::id::EnvironmentId;
use model::secret::{Secret, SecretKind};
use model::tenant::{ApiKey, Environment};

use crate::{Broker, Error, name};

impl Broker {
    /// Makes an environment with its stream and counter.
    pub async fn create_environment(&self, name: &str) -> Result<Environment, Error> {
        let name = name::check(name)?;
        let mut tx = self.store.begin(&[]).await?;
        let now = Timestamp(tx.now_ms);
        let environment = Environment { id: self.new_id(&tx), name, created_at: now, updated_at: now };
        tx.insert_environment(&environment);
        tx.commit().await?;
        Ok(environment)
    }

    /// Makes an API key; the secret is shown this once.
    pub async fn create_api_key(&self, environment_id: EnvironmentId, name: &str) -> Result<(ApiKey, Secret), Error> {
        let name = name::check(name)?;
        let environment = self.reader(environment_id).environment().await?;
        environment.ok_or_else(|| Error::not_found("an environment", environment_id))?;
        let tx = self.store.begin(&[]).await?;
        let secret = self.store.draw(|rng| Secret::generate(SecretKind::ApiKey, rng));
        let key = ApiKey {
            id: self.new_id(&tx),
            environment_id,
            name,
            suffix: secret.suffix(),
            created_at: Timestamp(tx.now_ms),
            last_used_at: None,
        };
        tx.insert_api_key(&key, &secret.hash()).await?;
        tx.commit().await?;
        Ok((key, secret))
    }
}

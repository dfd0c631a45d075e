use std::fmt;

use broker::Broker;
use clap::{Args, Subcommand};
use model::id::{ApiKeyId, EnvironmentId};
use serde::Serialize;

use crate::config::Storage;
use crate::output::Output;
use crate::state;

#[derive(Subcommand)]
pub(crate) enum ApiKey {
    /// Make an API key. It is shown this once.
    Create(Create),
}

#[derive(Args)]
pub(crate) struct Create {
    /// Id of the environment that it opens.
    #[arg(long, env = "ROLLCALL_API_KEY_CREATE_ENVIRONMENT", value_name = "ID")]
    environment: EnvironmentId,
    /// What it is called.
    #[arg(long, env = "ROLLCALL_API_KEY_CREATE_NAME", value_name = "NAME")]
    name: String,
    #[command(flatten)]
    storage: Storage,
}

#[derive(Serialize)]
struct Created {
    id: ApiKeyId,
    /// The secret itself.
    value: String,
}

impl ApiKey {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<()> {
        match self {
            Self::Create(command) => output.say(&command.run().await?),
        }
    }
}

impl Create {
    async fn run(self) -> anyhow::Result<Created> {
        let made = async |store| Broker::new(store).create_api_key(self.environment, &self.name).await;
        let (key, secret) = state::with(&self.storage, made).await?;
        Ok(Created { id: key.id, value: secret.reveal().to_owned() })
    }
}

impl fmt::Display for Created {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "key    {}", self.value)?;
        writeln!(out, "id     {}", self.id)?;
        writeln!(out)?;
        write!(out, "Keep the key: it is not shown again.")
    }
}

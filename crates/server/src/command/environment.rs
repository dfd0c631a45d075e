use std::fmt;

use broker::Broker;
use clap::{Args, Subcommand};
use model::id::EnvironmentId;
use serde::Serialize;

use crate::config::Storage;
use crate::output::Output;
use crate::state;

#[derive(Subcommand)]
pub(crate) enum Environment {
    /// Make an environment.
    Create(Create),
}

#[derive(Args)]
pub(crate) struct Create {
    /// What it is called, such as staging.
    #[arg(long, env = "ROLLCALL_ENVIRONMENT_CREATE_NAME", value_name = "NAME")]
    name: String,
    #[command(flatten)]
    storage: Storage,
}

#[derive(Serialize)]
struct Created {
    id: EnvironmentId,
    name: String,
    /// What a command that follows must be told of the state.
    #[serde(skip)]
    state: String,
}

impl Environment {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<()> {
        match self {
            Self::Create(command) => output.say(&command.run().await?),
        }
    }
}

impl Create {
    async fn run(self) -> anyhow::Result<Created> {
        let made = async |store| Broker::new(store).create_environment(&self.name).await;
        let environment = state::with(&self.storage, made).await?;
        Ok(Created { id: environment.id, name: environment.name, state: self.storage.as_flags() })
    }
}

impl fmt::Display for Created {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, name, state } = self;
        writeln!(out, "environment  {id}")?;
        writeln!(out, "name         {name}")?;
        writeln!(out)?;
        writeln!(out, "Next, a key to its API and a customer:")?;
        writeln!(out, "  rollcall api-key create --environment {id} --name first{state}")?;
        write!(out, "  rollcall organization create --environment {id} --name Acme{state}")
    }
}

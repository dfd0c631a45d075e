use std::fmt;

use broker::{Broker, OrganizationChange};
use clap::{Args, Subcommand};
use model::id::EnvironmentId;
use model::tenant;
use model::view::OrganizationView;
use serde::Serialize;
use store::Store;

use crate::config::Storage;
use crate::output::Output;
use crate::state;

#[derive(Subcommand)]
pub(crate) enum Organization {
    /// Make an organization.
    Create(Create),
}

#[derive(Args)]
pub(crate) struct Create {
    /// Id of its environment.
    #[arg(long, env = "ROLLCALL_ORGANIZATION_CREATE_ENVIRONMENT", value_name = "ID")]
    environment: EnvironmentId,
    /// What it is called.
    #[arg(long, env = "ROLLCALL_ORGANIZATION_CREATE_NAME", value_name = "NAME")]
    name: String,
    #[command(flatten)]
    storage: Storage,
}

/// As the API answers it.
#[derive(Serialize)]
struct Created {
    #[serde(flatten)]
    organization: OrganizationView,
    /// What a command that follows must be told of the state.
    #[serde(skip)]
    state: String,
}

impl Organization {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<()> {
        match self {
            Self::Create(command) => output.say(&command.run().await?),
        }
    }
}

impl Create {
    async fn run(self) -> anyhow::Result<Created> {
        let organization = state::with(&self.storage, async |store| self.make(store).await).await?;
        Ok(Created { organization: (&organization).into(), state: self.storage.as_flags() })
    }

    async fn make(&self, store: Store) -> anyhow::Result<tenant::Organization> {
        let change = OrganizationChange { name: Some(self.name.clone()), ..OrganizationChange::default() };
        Ok(Broker::new(store).create_organization(self.environment, change).await?)
    }
}

impl fmt::Display for Created {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { organization: OrganizationView { id, name, .. }, state } = self;
        writeln!(out, "organization  {id}")?;
        writeln!(out, "name          {name}")?;
        writeln!(out)?;
        writeln!(out, "Next, a directory for its identity provider:")?;
        write!(out, "  rollcall directory create --organization {id} --type okta --name Okta{state}")
    }
}

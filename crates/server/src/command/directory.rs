use std::fmt;

use anyhow::{Context, bail};
use broker::Broker;
use clap::{Args, Subcommand};
use model::id::{EnvironmentId, OrganizationId};
use model::secret::Secret;
use model::tenant::{self, DirectoryType};
use serde::Serialize;
use simulator::Idp;
use store::Store;
use web::api::CreatedDirectory;

use crate::config::{DEFAULT_ADDRESS, PublicUrl, Storage};
use crate::output::Output;
use crate::state;

#[derive(Subcommand)]
pub(crate) enum Directory {
    /// Make a directory with its first bearer token, which is shown this once.
    Create(Create),
}

#[derive(Args)]
pub(crate) struct Create {
    /// Id of its organization.
    #[arg(long, env = "ROLLCALL_DIRECTORY_CREATE_ORGANIZATION", value_name = "ID")]
    organization: OrganizationId,
    /// What feeds it: okta, entra, onelogin, generic, … or a name as the API has it.
    #[arg(long = "type", env = "ROLLCALL_DIRECTORY_CREATE_TYPE", value_name = "TYPE", value_parser = kind)]
    kind: DirectoryType,
    /// What it is called.
    #[arg(long, env = "ROLLCALL_DIRECTORY_CREATE_NAME", value_name = "NAME")]
    name: String,
    #[command(flatten)]
    public: PublicUrl,
    #[command(flatten)]
    storage: Storage,
}

/// As the API answers it; and what a person types next.
#[derive(Serialize)]
struct Created {
    #[serde(flatten)]
    directory: CreatedDirectory,
    #[serde(skip)]
    id: String,
    #[serde(skip)]
    kind: DirectoryType,
    #[serde(skip)]
    scim_endpoint: String,
    #[serde(skip)]
    token: Secret,
}

impl Directory {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<()> {
        match self {
            Self::Create(command) => output.say(&command.run().await?),
        }
    }
}

impl Create {
    async fn run(self) -> anyhow::Result<Created> {
        let (directory, token, public_url) = state::with(&self.storage, async |store| self.make(store).await).await?;
        let settings = web::Settings { public_url, allow_private_endpoints: false };
        Ok(Created {
            id: directory.id.to_string(),
            kind: directory.kind,
            scim_endpoint: settings.scim_endpoint(&directory.external_key),
            directory: CreatedDirectory::new(&directory, &token, &settings),
            token,
        })
    }

    /// The directory, its token, and the URL under which its endpoint lies.
    async fn make(&self, store: Store) -> anyhow::Result<(tenant::Directory, Secret, String)> {
        let environment = environment_of(&store, self.organization).await?;
        let (organization, public_url) = (self.organization.to_string(), self.public_url(&store).await?);
        let broker = Broker::new(store);
        let (directory, token) = broker.create_directory(environment, &organization, self.kind, &self.name).await?;
        Ok((directory, token, public_url))
    }

    /// As told; else as the `serve` on the same folder says; else as a node of this database was told; else, where no other
    /// node can be, as `serve` would say by default.
    async fn public_url(&self, store: &Store) -> anyhow::Result<String> {
        let told = self.public.public_url.clone();
        let serving = || state::serving(&self.storage.data_dir).map(|serving| serving.public_url);
        if let Some(url) = told.or_else(serving) {
            return Ok(url);
        }
        match store.system().public_url().await? {
            Some(url) => Ok(url),
            None if self.storage.database_url.is_none() => Ok(format!("http://{DEFAULT_ADDRESS}")),
            None => bail!("no node of this database was told its URL: add --public-url, to this command or to `serve`"),
        }
    }
}

/// An operator names an organization alone.
async fn environment_of(store: &Store, organization: OrganizationId) -> anyhow::Result<EnvironmentId> {
    for environment in store.system().list_environments().await? {
        if store.environment(environment.id).find_organization(organization).await?.is_some() {
            return Ok(environment.id);
        }
    }
    None.with_context(|| format!("there is no organization {organization}"))
}

fn kind(text: &str) -> Result<DirectoryType, String> {
    let names = || DirectoryType::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ");
    DirectoryType::parse_typed(text)
        .ok_or_else(|| format!("known are okta, entra, onelogin, generic, … and {}", names()))
}

impl Created {
    /// The provider that can be played on it: its own kind, if that is known.
    fn idp(&self) -> Idp {
        Idp::ALL.into_iter().find(|idp| idp.directory_type() == self.kind.as_str()).unwrap_or(Idp::Okta)
    }
}

impl fmt::Display for Created {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "directory      {}", self.id)?;
        writeln!(out, "SCIM endpoint  {}", self.scim_endpoint)?;
        writeln!(out, "bearer token   {}", self.token.reveal())?;
        writeln!(out)?;
        writeln!(
            out,
            "Keep the token: it is not shown again. An identity provider that is not there yet can be played:"
        )?;
        write!(out, "  rollcall simulate {} --scim {} --token {}", self.idp(), self.scim_endpoint, self.token.reveal())
    }
}

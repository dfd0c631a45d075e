use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::command::api_key::ApiKey;
use crate::command::config::Config;
use crate::command::directory::Directory;
use crate::command::environment::Environment;
use crate::command::migrate::Migrate;
use crate::command::organization::Organization;
use crate::command::receive::Receive;
use crate::command::serve::Serve;
use crate::command::simulate::Simulate;
use crate::command::{openapi, version};
use crate::config::{General, Log};
use crate::demo::Demo;
use crate::output::Output;

/// A multi-tenant directory-sync broker: SCIM from identity providers in, ordered and signed webhooks out.
///
/// Begin with `rollcall demo`, or with `rollcall serve`.
#[derive(Parser)]
#[command(name = "rollcall", version, max_term_width = 100, disable_help_subcommand = true)]
#[command(after_help = "Exit code: 0 done, 1 failed, 2 not understood.")]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) general: General,
    #[command(flatten)]
    pub(crate) log: Log,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Show everything at once, in one process and a temporary folder.
    Demo(Demo),
    /// Serve SCIM and the API, and deliver webhooks. Makes the database and the master key where there are none.
    Serve(Serve),
    /// Environments: the roots of isolation.
    #[command(subcommand)]
    Environment(Environment),
    /// Keys to the API of one environment.
    #[command(subcommand)]
    ApiKey(ApiKey),
    /// Organizations: the customers whose people are synced.
    #[command(subcommand)]
    Organization(Organization),
    /// Directories: one identity provider's feed of one organization.
    #[command(subcommand)]
    Directory(Directory),
    /// Play an identity provider on a directory.
    Simulate(Simulate),
    /// Receive webhooks: verify each and print it in a line.
    Receive(Receive),
    /// Make the database and the master key where there are none, and bring the schema up to date.
    Migrate(Migrate),
    /// The settings file.
    #[command(subcommand)]
    Config(Config),
    /// Print the OpenAPI document.
    Openapi,
    /// Print the version.
    Version,
}

impl Command {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<ExitCode> {
        match self {
            Self::Demo(command) => return command.run(output).await,
            Self::Simulate(command) => return command.run(output).await,
            Self::Serve(command) => command.run(output).await,
            Self::Environment(command) => command.run(output).await,
            Self::ApiKey(command) => command.run(output).await,
            Self::Organization(command) => command.run(output).await,
            Self::Directory(command) => command.run(output).await,
            Self::Receive(command) => command.run(output).await,
            Self::Migrate(command) => command.run(output).await,
            Self::Config(command) => command.run(output),
            Self::Openapi => openapi::run(),
            Self::Version => version::run(output),
        }?;
        Ok(ExitCode::SUCCESS)
    }
}

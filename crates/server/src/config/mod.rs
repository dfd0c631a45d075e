//! Settings: one struct for each subsystem; each field says its flag, its variable and its default.
//!
//! The three names are one: the flag `--log-level` is the variable `ROLLCALL_LOG_LEVEL` and the key `log_level` of the
//! file that `--config` names. What only one command takes has the command's name before it: `--users` of `simulate`
//! is `ROLLCALL_SIMULATE_USERS` and `simulate_users`. The flag goes before the variable, the variable before the file,
//! the file before the default: a file's values are put in the place of clap's defaults, which then does the rest.

mod delivery;
mod file;
mod general;
mod http;
mod kafka;
mod log;
mod master_key;
mod public_url;
mod roles;
mod sample;
mod secret;
mod shell;
mod storage;
#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{Arg, ArgAction, Command, CommandFactory, FromArgMatches};

use crate::cli::Cli;

pub(crate) use delivery::Delivery;
pub(crate) use general::General;
pub(crate) use http::{DEFAULT_ADDRESS, Http};
pub(crate) use kafka::Kafka;
pub(crate) use log::{Log, LogFormat};
pub(crate) use master_key::MasterKeySource;
pub(crate) use public_url::PublicUrl;
pub(crate) use roles::{Role, Roles, Tasks};
pub(crate) use sample::sample;
pub(crate) use storage::Storage;

/// What every variable begins with.
const PREFIX: &str = "ROLLCALL_";

/// What was asked for, from the command line, the environment and the file.
///
/// # Errors
/// A usage error (or `--help`), ready to be printed; a file's error names the file and the key.
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    let arguments: Vec<_> = arguments.into_iter().collect();
    let mut command = command();
    if let Some(path) = config_file(&command, &arguments) {
        command = file::apply(command, &path)?;
    }
    let matches = command.try_get_matches_from_mut(arguments);
    let cli = matches.and_then(|mut matches| Cli::from_arg_matches_mut(&mut matches));
    cli.map_err(|error| secret::hide(&command, error).format(&mut command))
}

/// The file is needed before the arguments can be judged: it may hold what is missing there.
fn config_file(command: &Command, arguments: &[OsString]) -> Option<PathBuf> {
    let matches = command.clone().ignore_errors(true).try_get_matches_from(arguments).ok()?;
    matches.get_one::<PathBuf>(general::CONFIG).cloned()
}

/// The key of an argument in the file: its variable in lower case, without the prefix.
fn key(argument: &Arg) -> Option<String> {
    let variable = argument.get_env()?.to_str()?.strip_prefix(PREFIX)?;
    (argument.get_id() != general::CONFIG).then(|| variable.to_ascii_lowercase())
}

/// The whole command line. A flag without a value can be taken back: `--json=false`, `ROLLCALL_JSON=no`.
fn command() -> Command {
    with_switches(Cli::command())
}

fn with_switches(command: Command) -> Command {
    command.mut_args(switch).mut_subcommands(with_switches)
}

fn switch(argument: Arg) -> Arg {
    if !matches!(argument.get_action(), ArgAction::SetTrue) {
        return argument;
    }
    let argument = argument.action(ArgAction::Set).num_args(0..=1).require_equals(true).value_name("BOOL");
    let argument = argument.default_value("false").default_missing_value("true").hide_default_value(true);
    argument.value_parser(BoolishValueParser::new()).hide_possible_values(true)
}

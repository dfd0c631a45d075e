//! The file that `--config` names.

use std::collections::BTreeMap;
use std::path::Path;

use clap::error::ErrorKind;
use clap::{Arg, Command};
use toml::{Table, Value};

use super::{key, secret};

/// Puts a file's values in the place of the command's defaults.
pub(super) fn apply(mut command: Command, path: &Path) -> Result<Command, clap::Error> {
    match read(&command, path) {
        Ok(values) => Ok(with_defaults(command, &values)),
        Err(problem) => Err(command.error(ErrorKind::ValueValidation, format!("{}: {problem}", path.display()))),
    }
}

fn read(command: &Command, path: &Path) -> Result<BTreeMap<String, String>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let table: Table = text.parse().map_err(|error| misspelt(&text, &error))?;
    let known = known(command);
    table.into_iter().map(|(key, value)| Ok((key.clone(), check(known.get(&key), &key, value)?))).collect()
}

/// Where the file is no TOML, and why; not the line itself, which may hold a secret.
fn misspelt(text: &str, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    format!("line {}: {}", before.matches('\n').count() + 1, error.message())
}

/// Every argument that has a key, of all commands.
fn known(command: &Command) -> BTreeMap<String, Arg> {
    let own = command.get_arguments().filter_map(|argument| Some((key(argument)?, argument.clone())));
    own.chain(command.get_subcommands().flat_map(known)).collect()
}

fn check(argument: Option<&Arg>, key: &str, value: Value) -> Result<String, String> {
    let argument = argument.ok_or_else(|| format!("unknown key `{key}` (`rollcall config sample` shows all keys)"))?;
    let text = match value {
        Value::String(text) => text,
        Value::Integer(_) | Value::Float(_) | Value::Boolean(_) => value.to_string(),
        _ => return Err(format!("`{key}` must be a text, a number, true or false")),
    };
    judge(argument, &text).map_err(|problem| format!("`{key}`: {problem}"))?;
    Ok(text)
}

/// Whether the argument would take this text, asked of a command that has nothing else.
fn judge(argument: &Arg, text: &str) -> Result<(), String> {
    let flag = format!("--{}={text}", argument.get_long().unwrap_or_default());
    let alone = Command::new("file").no_binary_name(true).arg(argument.clone().env(None));
    let judged = alone.clone().try_get_matches_from([flag]);
    judged.map(drop).map_err(|error| one_line(&secret::hide(&alone, error).render().to_string()))
}

/// What is wrong, without clap's advice about usage.
fn one_line(error: &str) -> String {
    let problem = error.trim_start_matches("error: ").lines().take_while(|line| !line.starts_with("For more"));
    problem.map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

fn with_defaults(command: Command, values: &BTreeMap<String, String>) -> Command {
    let with_default = |argument: Arg| match key(&argument).and_then(|key| values.get(&key)) {
        Some(value) => {
            let secret = secret::is_secret(&argument);
            let argument = argument.default_value(value.clone()).required(false);
            if secret { argument.hide_default_value(true) } else { argument }
        }
        None => argument,
    };
    command.mut_args(with_default).mut_subcommands(|inner| with_defaults(inner, values))
}

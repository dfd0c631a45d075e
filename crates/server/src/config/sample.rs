//! The sample file, made from the arguments themselves: `deploy/rollcall.toml`.

use std::fmt::Write;

use clap::{Arg, Command};

use super::{PREFIX, command, key};

const HEADER: &str = "\
# Settings of Rollcall, each with its default. `rollcall config sample` prints this file, `--config FILE` reads it.
#
# A key is also a variable and a flag: `log_level` here is ROLLCALL_LOG_LEVEL and --log-level. The flag goes before the
# variable, the variable before the file, the file before the default. Unknown keys are refused. Arguments that a
# command requires are not listed, and the master key has no key here: its place is a file of its own.
";

/// Longest line of help.
const WIDTH: usize = 117;

pub(crate) fn sample() -> String {
    let mut sample = HEADER.to_owned();
    let mut seen = Vec::new();
    let mut heading = String::new();
    for argument in arguments(&command()) {
        let Some(key) = key(&argument).filter(|key| !argument.is_required_set() && !seen.contains(key)) else {
            continue;
        };
        let group = argument.get_help_heading().unwrap_or("Commands");
        if group != heading {
            group.clone_into(&mut heading);
            let _ = write!(sample, "\n# == {heading}\n");
        }
        entry(&mut sample, &argument, &key);
        seen.push(key);
    }
    sample
}

/// Those of all commands; what is shared comes before what one command has for itself.
fn arguments(command: &Command) -> Vec<Arg> {
    let inner = command.get_subcommands().flat_map(arguments);
    let all: Vec<Arg> = command.get_arguments().cloned().chain(inner).collect();
    let (shared, own) = all.into_iter().partition(is_shared);
    let (shared, own): (Vec<_>, Vec<_>) = (shared, own);
    shared.into_iter().chain(own).collect()
}

/// Whether its variable is its flag and nothing more.
pub(super) fn is_shared(argument: &Arg) -> bool {
    let flag = argument.get_long().unwrap_or_default().replace('-', "_").to_ascii_uppercase();
    argument.get_env().is_some_and(|variable| *variable == *format!("{PREFIX}{flag}"))
}

fn entry(sample: &mut String, argument: &Arg, key: &str) {
    let help = argument.get_long_help().or(argument.get_help()).map(ToString::to_string).unwrap_or_default();
    sample.push('\n');
    for line in wrapped(&help) {
        let _ = writeln!(sample, "# {line}");
    }
    let _ = writeln!(sample, "#{key} = {}", value(argument));
}

/// The default; where there is none, what stands for a value.
fn value(argument: &Arg) -> String {
    let default = argument.get_default_values().first().map(|text| text.to_string_lossy().into_owned());
    let name = || argument.get_value_names().and_then(|names| names.first()).map(ToString::to_string);
    let text = default.or_else(name).unwrap_or_default();
    let bare = text.parse::<i64>().is_ok() || text.parse::<bool>().is_ok();
    if bare { text } else { toml::Value::from(text).to_string() }
}

fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        if let Some(line) = lines.last_mut().filter(|line| line.len() + word.len() < WIDTH) {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

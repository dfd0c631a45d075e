//! Settings that hold a secret: those whose variable clap is told to hide. Neither help nor an error shows their values.

use clap::error::{ContextKind, ContextValue};
use clap::{Arg, Command, Error};

/// What stands in the value's place.
const HIDDEN: &str = "…";

pub(super) fn is_secret(argument: &Arg) -> bool {
    argument.is_hide_env_values_set()
}

/// Takes the value out of an error about a secret argument of this command, or of those below it.
pub(super) fn hide(command: &Command, mut error: Error) -> Error {
    if let Some(ContextValue::String(named)) = error.get(ContextKind::InvalidArg)
        && has_secret(command, flag(named))
    {
        error.insert(ContextKind::InvalidValue, ContextValue::String(HIDDEN.to_owned()));
    }
    error
}

/// `token` of `--token <TOKEN>`, which is how clap names an argument in an error.
fn flag(named: &str) -> &str {
    let name = named.trim_start_matches("--");
    name.split([' ', '=', '[']).next().unwrap_or_default()
}

fn has_secret(command: &Command, flag: &str) -> bool {
    let own = command.get_arguments().any(|argument| is_secret(argument) && argument.get_long() == Some(flag));
    own || command.get_subcommands().any(|inner| has_secret(inner, flag))
}

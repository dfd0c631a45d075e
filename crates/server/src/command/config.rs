use std::fmt;

use clap::Subcommand;
use serde::Serialize;

use crate::config;
use crate::output::Output;

#[derive(Subcommand)]
pub(crate) enum Config {
    /// Print a settings file with every key and its default.
    Sample,
}

/// The file's text; with `--json` as the member of an object.
#[derive(Serialize)]
struct Sample {
    toml: String,
}

impl Config {
    pub(crate) fn run(self, output: Output) -> anyhow::Result<()> {
        match self {
            Self::Sample => output.say(&Sample { toml: config::sample() }),
        }
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.toml)
    }
}

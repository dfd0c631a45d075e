use std::fmt;

use serde::Serialize;

use crate::output::Output;

#[derive(Serialize)]
struct Version {
    name: &'static str,
    version: &'static str,
}

pub(crate) fn run(output: Output) -> anyhow::Result<()> {
    output.say(&Version { name: "rollcall", version: env!("CARGO_PKG_VERSION") })
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.name, self.version)
    }
}

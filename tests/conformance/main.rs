//! Asks a SCIM server what it should be asked:
//! `cargo run -p tests --bin conformance -- --scim URL --token TOKEN --profile strict|lenient`

#![expect(clippy::print_stdout, reason = "it prints a table")]

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use tests::conformance::{Profile, Target, run};

const USAGE: &str = "conformance --scim URL --token TOKEN [--profile strict|lenient]";

fn arguments() -> Result<(Target, Profile)> {
    let (mut scim, mut token, mut profile) = (None, None, Profile::Lenient);
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().context(USAGE)?;
        match name.as_str() {
            "--scim" => scim = Some(value.trim_end_matches('/').to_owned()),
            "--token" => token = Some(value),
            "--profile" => profile = Profile::parse(&value).context(USAGE)?,
            _ => bail!("{USAGE}"),
        }
    }
    Ok((Target { scim: scim.context(USAGE)?, token: token.context(USAGE)? }, profile))
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let (target, profile) = arguments()?;
    let report = run(&target, profile).await?;
    println!("{report}");
    Ok(if report.failures().next().is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

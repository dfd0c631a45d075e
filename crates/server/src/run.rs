use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;

use crate::cli::Cli;
use crate::config;
use crate::output::Output;
use crate::telemetry;

/// How long threads that block are waited for at the end.
const LAST: Duration = Duration::from_secs(1);

/// Runs the command that the process was started with.
///
/// The exit code: 0 done, 1 failed (the reasons are on standard error), 2 not understood.
pub fn run() -> ExitCode {
    let cli = config::parse(std::env::args_os()).unwrap_or_else(|error| error.exit());
    telemetry::start(&cli.log);
    execute(cli).unwrap_or_else(|error| {
        complain(&error);
        ExitCode::FAILURE
    })
}

fn execute(cli: Cli) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start threads")?;
    let output = Output { json: cli.general.json };
    let done = runtime.block_on(cli.command.run(output));
    // What blocks a thread still, such as the client of a broker that is away, has nothing left to do for anybody.
    runtime.shutdown_timeout(LAST);
    done
}

/// An error and its causes, one line each.
#[expect(clippy::print_stderr, reason = "the command line speaks to a person")]
fn complain(error: &anyhow::Error) {
    eprintln!("error: {error}");
    error.chain().skip(1).for_each(|cause| eprintln!("  because: {cause}"));
}

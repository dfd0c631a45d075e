use std::fmt;
use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use simulator::{Idp, Plan, Progress, Summary, Target};
use url::Url;

use crate::output::Output;

#[derive(Args)]
pub(crate) struct Simulate {
    /// The identity provider: okta or entra.
    #[arg(value_name = "IDP")]
    idp: Idp,
    /// SCIM endpoint of the directory.
    #[arg(long, env = "ROLLCALL_SIMULATE_SCIM", value_name = "URL")]
    pub(crate) scim: Url,
    /// Bearer token of the directory.
    #[arg(long, env = "ROLLCALL_SIMULATE_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    token: String,
    /// People of the invented company.
    #[arg(long, env = "ROLLCALL_SIMULATE_USERS", value_name = "COUNT", default_value_t = Plan::DEFAULT.users)]
    pub(crate) users: usize,
    /// Groups of them.
    #[arg(long, env = "ROLLCALL_SIMULATE_GROUPS", value_name = "COUNT", default_value_t = Plan::DEFAULT.groups)]
    pub(crate) groups: usize,
    /// The same seed gives the same people and the same life.
    #[arg(long, env = "ROLLCALL_SIMULATE_SEED", value_name = "NUMBER", default_value_t = Plan::DEFAULT.seed)]
    seed: u64,
}

#[derive(Serialize)]
struct Simulated {
    clean: bool,
    #[serde(flatten)]
    summary: Summary,
}

impl Simulate {
    /// Exit code 1: the server answered something that the provider could not live with.
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<ExitCode> {
        let plan = Plan { users: self.users, groups: self.groups, seed: self.seed, ..Plan::DEFAULT };
        let target = Target { scim: self.scim, token: self.token };
        let bar = bar(output);
        let summary = simulator::run(self.idp, &target, &plan, &|progress| show(&bar, progress)).await?;
        bar.finish_and_clear();
        let clean = summary.is_clean();
        output.say(&Simulated { clean, summary })?;
        Ok(if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// On standard error, when a person looks at it.
fn bar(output: Output) -> ProgressBar {
    let shown = !output.json && std::io::stderr().is_terminal();
    let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let style = ProgressStyle::with_template("  {msg:<12} {bar:40} {pos}/{len}");
    ProgressBar::with_draw_target(None, target).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn show(bar: &ProgressBar, Progress { phase, done, total }: Progress) {
    bar.set_message(phase.to_string());
    bar.set_length(total as u64);
    bar.set_position(done as u64);
}

impl fmt::Display for Simulated {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.summary.fmt(out)
    }
}

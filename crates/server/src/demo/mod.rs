//! `rollcall demo`: two identity providers, Rollcall, and an application that receives, all in one process.
//!
//! The cast: a [`Scene`] is everything that is set up; a [`Tally`] counts what arrives, a [`Live`] screen shows it; the
//! [`Report`] compares what was recorded with what was delivered. Rollcall is reached as anybody would reach it: over
//! SCIM, REST and webhooks.

mod live;
mod recorded;
mod report;
mod rest;
mod scene;
mod tally;

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::Args;
use simulator::{Plan, Progress, Summary};
use tokio::runtime::Handle;
use tokio::task;

use crate::node::signal::Ending;
use crate::output::Output;
use live::Live;
use report::Report;
use scene::{Feed, Scene};
use tally::Tally;

#[derive(Args)]
pub(crate) struct Demo {
    /// End when all webhooks have arrived; else it serves until Ctrl-C.
    #[arg(long, env = "ROLLCALL_DEMO_EXIT")]
    exit: bool,
    /// People in each of the two invented companies.
    #[arg(long, env = "ROLLCALL_DEMO_USERS", value_name = "COUNT", default_value_t = Plan::DEFAULT.users)]
    users: usize,
    /// Groups in each of them.
    #[arg(long, env = "ROLLCALL_DEMO_GROUPS", value_name = "COUNT", default_value_t = Plan::DEFAULT.groups)]
    groups: usize,
    /// The same seed gives the same people and the same life.
    #[arg(long, env = "ROLLCALL_DEMO_SEED", value_name = "NUMBER", default_value_t = Plan::DEFAULT.seed)]
    seed: u64,
}

impl Demo {
    /// Exit code 0: everything that was recorded was delivered and verified, for each directory.
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<ExitCode> {
        let mut ending = Ending::listen()?;
        let (tally, live) = (Tally::default(), Arc::new(Live::start(output)));
        let scene = Scene::set(&tally, &live).await?;
        live.introduce(&scene)?;
        let report = tokio::select! {
            report = self.play(&scene, &tally, &live) => report?,
            () = ending.told() => bail!("ended before the end"),
        };
        live.end();
        let held = report.holds();
        output.say(&report)?;
        if !self.exit {
            output.tell("\nStill serving; Ctrl-C ends.")?;
            ending.told().await;
        }
        scene.strike().await?;
        Ok(if held { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// Both providers at once, then whatever is still on its way.
    async fn play(&self, scene: &Scene, tally: &Tally, live: &Live) -> anyhow::Result<Report> {
        let [okta, entra] = scene.feeds.each_ref().map(|feed| self.simulate(feed, scene, live));
        let summaries = tokio::try_join!(okta, entra).context("an identity provider could not be played")?;
        scene.settled().await?;
        let recorded = recorded::read(&scene.api, scene.before.as_deref()).await?;
        Ok(Report::new(scene, &summaries.into(), &recorded, tally))
    }

    /// A phase begins when the application has heard of the one before, as between the cycles of a real provider. So
    /// every event is seen: what nobody has heard of yet is never sent once a later revocation makes it moot.
    async fn simulate(&self, feed: &Feed, scene: &Scene, live: &Live) -> Result<Summary, simulator::Error> {
        let plan = Plan { users: self.users, groups: self.groups, seed: self.seed, ..Plan::DEFAULT };
        let observer = |progress: Progress| {
            live.progress(feed.idp, progress);
            if progress.done == progress.total {
                // Observers are called in the provider's own time.
                drop(task::block_in_place(|| Handle::current().block_on(scene.settled())));
            }
        };
        simulator::run(feed.idp, &feed.target, &plan, &observer).await
    }
}

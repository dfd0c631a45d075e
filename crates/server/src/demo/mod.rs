//! `rollcall demo`: two identity providers, Rollcall, and an application that receives, all in one process.
//!
//! The cast: a [`Scene`] is everything that is set up; a [`Tally`] counts what arrives, a [`Live`] screen shows it; the
//! [`Report`] compares what was recorded with what was delivered. Rollcall is reached as anybody would reach it: over
//! SCIM, REST and webhooks.

mod live;
mod pace;
mod recorded;
mod report;
mod rest;
mod scene;
mod tally;

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::Args;
use simulator::{Plan, Summary};
use tokio::task::JoinSet;

use crate::node::signal::Ending;
use crate::output::Output;
use live::Live;
use pace::Pace;
use report::Report;
use scene::{Feed, Scene};
use tally::Tally;

/// Users or groups that a provider handles at the same time: this machine also serves, delivers and receives.
const AT_ONCE: usize = 2;

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
    /// Exit code 0: the providers got what they need, and for each directory something was recorded, and all of it delivered
    /// and verified.
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<ExitCode> {
        let mut ending = Ending::listen()?;
        let (tally, live) = (Tally::default(), Arc::new(Live::start(output)));
        let scene = Scene::set(&tally, &live).await?;
        live.introduce(&scene)?;
        let report = tokio::select! {
            report = self.play(&scene, &tally, &live) => report?,
            error = scene.failure() => return Err(error),
            () = ending.told() => bail!("ended before the end"),
        };
        live.end()?;
        output.say(&report)?;
        if !self.exit {
            output.tell(report.by_hand())?;
            output.tell("\n  Still serving; Ctrl-C ends.")?;
            tokio::select! {
                error = scene.failure() => return Err(error),
                () = ending.told() => {}
            }
        }
        scene.strike().await?;
        Ok(if report.holds() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// Both providers at once, then whatever is still on its way.
    async fn play(&self, scene: &Scene, tally: &Tally, live: &Arc<Live>) -> anyhow::Result<Report> {
        let mut playing = JoinSet::new();
        for feed in scene.feeds.clone() {
            let plan = Plan { users: self.users, groups: self.groups, seed: self.seed, at_once: AT_ONCE };
            playing.spawn(simulate(feed, plan, scene.pace.clone(), Arc::clone(live)));
        }
        let mut summaries = Vec::new();
        while let Some(played) = playing.join_next().await {
            summaries.push(played?.context("an identity provider could not be played")?);
        }
        scene.pace.settled().await?;
        let recorded = recorded::read(&scene.api, scene.before.as_deref()).await?;
        Ok(Report::new(scene, &summaries, &recorded, tally))
    }
}

async fn simulate(feed: Feed, plan: Plan, pace: Pace, live: Arc<Live>) -> Result<Summary, simulator::Error> {
    let observer = |progress| {
        live.progress(feed.idp, progress);
        pace.keep(progress);
    };
    simulator::run(feed.idp, &feed.target, &plan, &observer).await
}

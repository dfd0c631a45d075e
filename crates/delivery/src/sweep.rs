//! Clearing away what deleted endpoints leave behind.

use std::time::Duration;

use store::System;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

/// So many deliveries go in one transaction.
const BATCH: u32 = 1000;
const PERIOD: Duration = Duration::from_secs(5);

pub(crate) async fn run(system: System, mut stopped: watch::Receiver<bool>) {
    let mut ticks = interval(PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = stopped.changed() => return,
            _ = ticks.tick() => {}
        }
        let swept = tokio::select! {
            _ = stopped.changed() => return,
            swept = run_once(&system) => swept,
        };
        if let Err(error) = swept {
            tracing::warn!(error = &error as &dyn std::error::Error, "the sweep of deleted endpoints will try again");
        }
    }
}

/// Until nothing is left to sweep.
async fn run_once(system: &System) -> Result<(), store::Error> {
    while system.sweep_endpoints(BATCH).await? {}
    Ok(())
}

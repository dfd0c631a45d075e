//! Housekeeping: the rows of what was deleted go in batches, behind everything else.

use std::time::Duration;

use store::System;
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinHandle};
use tokio::time::{MissedTickBehavior, interval};

const PERIOD: Duration = Duration::from_secs(5);

pub(super) struct Housekeeping {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

pub(super) fn start(system: System) -> Housekeeping {
    let (stop, stopped) = watch::channel(false);
    Housekeeping { stop, task: tokio::spawn(run(system, stopped)) }
}

impl Housekeeping {
    /// Ends after the batch that is being done.
    pub(super) async fn shutdown(self) -> anyhow::Result<()> {
        self.stop.send_replace(true);
        Ok(self.task.await?)
    }

    pub(super) fn watch(&self) -> AbortHandle {
        self.task.abort_handle()
    }
}

async fn run(system: System, mut stopped: watch::Receiver<bool>) {
    let mut ticks = interval(PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            _ = stopped.wait_for(|stop| *stop) => return,
            _ = ticks.tick() => {}
        }
        if let Err(error) = run_once(&system, &stopped).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "housekeeping will try again");
        }
    }
}

/// Until nothing is left to do. Others write between two batches.
async fn run_once(system: &System, stopped: &watch::Receiver<bool>) -> Result<(), store::Error> {
    while !*stopped.borrow() && system.purge().await? {
        tokio::task::yield_now().await;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use broker::{Broker, OrganizationChange};
    use model::tenant::DirectoryType;
    use tempfile::TempDir;

    use super::*;
    use crate::config::Storage;
    use crate::state;

    #[tokio::test]
    async fn a_deleted_directory_leaves_nothing() {
        let folder = TempDir::new().unwrap();
        let store = state::make(&Storage::embedded(folder.path())).await.unwrap();
        let broker = Broker::new(store.clone());
        let of = broker.create_environment("staging").await.unwrap().id;
        let change = OrganizationChange { name: Some("Acme".to_owned()), ..OrganizationChange::default() };
        let organization = broker.create_organization(of, change).await.unwrap().id.to_string();
        let made = broker.create_directory(of, &organization, DirectoryType::Okta, "Okta").await.unwrap();
        let (directory, _) = made;
        broker.delete_directory(of, &directory.id.to_string()).await.unwrap();
        let row = async || store.begin(&[]).await.unwrap().get_directory(directory.id).await.unwrap();
        assert!(row().await.is_some());

        let stopped = watch::channel(false).1;
        run_once(&store.system(), &stopped).await.unwrap();
        assert!(row().await.is_none());
        store.close().await.unwrap();
    }
}

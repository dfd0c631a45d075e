//! Identity providers that write all the while, and remember what they were promised; applications that read.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Result, ensure};
use reqwest::Client;
use simulator::Target;
use simulator::endure::{self, Accepted, EndurePlan, EndureReport, InFlight, WriteKind};

use crate::record::says;
use crate::run::pass;
use crate::scene::Scene;

/// Two for each directory.
const CLIENTS_EACH: usize = 2;
/// What lies between two writes of a client: the whole machine runs on two cores.
const PACE: Duration = Duration::from_millis(50);
/// No write may be unsettled for longer: no fault lasts so long.
const PATIENCE: Duration = Duration::from_mins(4);

/// Writes for about so long, whatever happens.
pub async fn run(targets: &[Target], lasts: Duration, seed: u64) -> Result<EndureReport> {
    let clients = CLIENTS_EACH * targets.len();
    let plan = EndurePlan {
        clients,
        writes: u64::MAX,
        lasts: Some(lasts),
        seed,
        patience: PATIENCE,
        pace: PACE,
        in_flight: InFlight::default(),
    };
    let report = endure::run(targets, &plan, &|_| {}).await?;
    ensure!(report.refused.is_empty() && report.given_up.is_empty(), "{:?} {:?}", report.refused, report.given_up);
    Ok(report)
}

pub fn targets(scene: &Scene) -> Vec<Target> {
    let directories = scene.tenants.iter().flat_map(|tenant| &tenant.directories);
    directories.map(|(_, target)| target.clone()).collect()
}

/// Applications that ask the REST API for people.
pub struct Readers {
    client: Client,
    /// A question of each, and its key.
    asked: Vec<(String, String)>,
    answered: Arc<AtomicUsize>,
}

impl Readers {
    pub fn of(scene: &Scene) -> Self {
        let url = |of: &str| format!("{}/directory_users?limit=10&directory={of}", scene.api());
        let asked = scene.tenants.iter().flat_map(|tenant| tenant.directories.iter().map(move |of| (tenant, of)));
        let asked = asked.map(|(tenant, (of, _))| (url(of), tenant.key.clone())).collect();
        Self { client: scene.client.clone(), asked, answered: Arc::default() }
    }

    /// How many answers there were.
    pub fn answered(&self) -> Arc<AtomicUsize> {
        Arc::clone(&self.answered)
    }

    /// One question after the other, for ever. No answer is none; a wrong one ends it.
    pub async fn run(self) -> Result<()> {
        for (url, key) in self.asked.iter().cycle() {
            pass(PACE).await;
            let Ok(answer) = self.client.get(url).bearer_auth(key).send().await else { continue };
            ensure!(answer.status() == 200 || answer.status() == 503, "{url}: {}", answer.status());
            self.answered.fetch_add(usize::from(answer.status() == 200), Ordering::SeqCst);
        }
        Ok(())
    }
}

/// See [`crate::record::Logged::says`].
pub fn promised(accepted: &Accepted) -> String {
    let Accepted { write, id, .. } = accepted;
    let value = write.value.as_deref();
    match write.kind {
        WriteKind::CreateUser => says("dsync.user.created", Some(id), None, None),
        WriteKind::CreateGroup => says("dsync.group.created", None, Some(id), None),
        WriteKind::SetTitle => says("dsync.user.updated", Some(id), None, value),
        WriteKind::Deactivate => says("dsync.user.updated", Some(id), None, Some("inactive")),
        WriteKind::DeleteUser => says("dsync.user.deleted", Some(id), None, None),
        WriteKind::AddMember => says("dsync.group.user_added", value, Some(id), None),
        WriteKind::RemoveMember => says("dsync.group.user_removed", value, Some(id), None),
    }
}

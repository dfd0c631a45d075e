//! Identity providers that write all the while, and remember what they were promised.

use std::time::Duration;

use anyhow::{Result, ensure};
use simulator::Target;
use simulator::endure::{self, Accepted, EndurePlan, EndureReport, InFlight, WriteKind};

use crate::record::says;
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

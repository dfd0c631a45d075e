use anyhow::{Context, Result};

use crate::scene::{Member, Role, Scene};

pub(super) async fn kill(scene: &mut Scene, role: Role) -> Result<()> {
    scene.of_mut(role).next().context("a node")?.kill().await
}

pub(super) async fn start(scene: &mut Scene, role: Role) -> Result<()> {
    scene.of_mut(role).next().context("a node")?.start().await
}

pub(super) async fn pause(scene: &Scene, role: Role) -> Result<()> {
    scene.of(role).next().context("a node")?.pause().await
}

/// Whoever was paused; the others hear nothing of it.
pub(super) async fn resume(scene: &Scene) -> Result<()> {
    for member in scene.members.iter().filter(|member| member.is_serving()) {
        member.resume().await?;
    }
    Ok(())
}

pub(super) async fn kill_leader(scene: &mut Scene) -> Result<()> {
    let url = leader(scene).await?;
    scene.of_mut(Role::Relay).find(|member| member.url() == url).context("a leader")?.kill().await
}

pub(super) async fn pause_leader(scene: &Scene) -> Result<()> {
    let url = leader(scene).await?;
    scene.of(Role::Relay).find(|member| member.url() == url).context("a leader")?.pause().await
}

/// Which relay publishes, as it says itself.
async fn leader(scene: &Scene) -> Result<String> {
    for url in scene.of(Role::Relay).map(Member::url) {
        let metrics = scene.client.get(format!("{url}/metrics")).send().await?.text().await?;
        if metrics.lines().any(|line| line == "rollcall_relay_leads 1") {
            return Ok(url);
        }
    }
    anyhow::bail!("no relay leads")
}

use anyhow::{Context, Result, ensure};

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

pub(super) async fn kill_deliverer(scene: &mut Scene) -> Result<()> {
    let url = deliverer(scene).await?;
    scene.of_mut(Role::Delivery).find(|member| member.url() == url).context("a deliverer")?.kill().await
}

pub(super) async fn pause_deliverer(scene: &Scene) -> Result<()> {
    let url = deliverer(scene).await?;
    scene.of(Role::Delivery).find(|member| member.url() == url).context("a deliverer")?.pause().await
}

/// Which relay publishes, as it says itself.
async fn leader(scene: &Scene) -> Result<String> {
    busiest(scene, Role::Relay, "rollcall_relay_leads").await
}

/// Which node has delivered most, so that it has an endpoint.
async fn deliverer(scene: &Scene) -> Result<String> {
    busiest(scene, Role::Delivery, r#"rollcall_deliveries_total{outcome="delivered"}"#).await
}

/// Whose figure is the highest, and not 0.
async fn busiest(scene: &Scene, role: Role, figure: &str) -> Result<String> {
    let mut found = Vec::new();
    for url in scene.of(role).map(Member::url) {
        let metrics = scene.client.get(format!("{url}/metrics")).send().await?.text().await?;
        let value = metrics.lines().find_map(|line| line.strip_prefix(figure)?.trim().parse::<u64>().ok());
        found.push((value.unwrap_or_default(), url));
    }
    let (most, url) = found.into_iter().max().context("a node")?;
    ensure!(most > 0, "{figure} is 0 everywhere");
    Ok(url)
}

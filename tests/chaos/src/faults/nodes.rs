use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tests::until;

use crate::run::pass;
use crate::scene::{Member, Role, Scene};

/// How often a node is paused in the hope that it is inside a transaction.
const TRIES: usize = 200;
/// Nobody who runs thinks for so long inside a transaction.
const LONG: Duration = Duration::from_millis(100);
const HELD: &str = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'rollcall' \
    AND state = 'idle in transaction' AND clock_timestamp() - state_change > interval '100 ms'";
/// How soon others write what a paused node has locked.
const SOON: Duration = Duration::from_secs(5);
const STREAMS: &str = "SELECT id || ' ' || event_sequence FROM streams WHERE id LIKE 'org_%' ORDER BY id";
const SHARDS: u64 = 256;

pub(super) async fn kill(scene: &mut Scene, role: Role) -> Result<()> {
    first(scene, role)?.kill().await
}

pub(super) async fn start(scene: &mut Scene, role: Role) -> Result<()> {
    first(scene, role)?.start().await
}

fn first(scene: &mut Scene, role: Role) -> Result<&mut Member> {
    scene.of_mut(role).next().context("a node")
}

/// An ingress node, while it holds locks; until another has written to each of its streams.
pub(super) async fn pause_in_transaction(scene: &mut Scene) -> Result<()> {
    for _ in 0..TRIES {
        first(scene, Role::Ingress)?.pause().await?;
        pass(LONG + LONG / 10).await;
        if scene.postgres.psql("rollcall", HELD).await? != "0" {
            return others_write(scene).await;
        }
        first(scene, Role::Ingress)?.resume().await?;
        pass(LONG / 10).await;
    }
    anyhow::bail!("it is never inside a transaction")
}

async fn others_write(scene: &Scene) -> Result<()> {
    let sequences = async || scene.postgres.psql("rollcall", STREAMS).await;
    let before = sequences().await?;
    let moved = async || {
        let now = sequences().await.ok()?;
        now.lines().zip(before.lines()).all(|(now, before)| now != before).then_some(())
    };
    until("the other node to write to every stream", SOON, moved).await
}

/// Whoever was paused; the others hear nothing of it.
pub(super) async fn resume(scene: &mut Scene) -> Result<()> {
    for member in scene.members.iter_mut().filter(|member| member.is_paused()) {
        member.resume().await?;
    }
    Ok(())
}

pub(super) async fn kill_leader(scene: &mut Scene) -> Result<()> {
    leader(scene).await?.kill().await
}

pub(super) async fn pause_leader(scene: &mut Scene) -> Result<()> {
    leader(scene).await?.pause().await
}

pub(super) async fn kill_deliverer(scene: &mut Scene) -> Result<()> {
    deliverer(scene).await?.kill().await
}

pub(super) async fn pause_deliverer(scene: &mut Scene) -> Result<()> {
    deliverer(scene).await?.pause().await
}

/// Another relay leads.
pub(super) async fn is_led(scene: &Scene) -> Result<()> {
    busiest(scene, Role::Relay, LEADS).await.map(drop)
}

/// Another node has every shard.
pub(super) async fn is_owned(scene: &Scene) -> Result<()> {
    let (shards, _) = busiest(scene, Role::Delivery, "rollcall_delivery_shards_held").await?;
    ensure!(shards == SHARDS, "it has {shards} shards");
    Ok(())
}

const LEADS: &str = "rollcall_relay_leads";

/// Which relay publishes, as it says itself.
async fn leader(scene: &mut Scene) -> Result<&mut Member> {
    let (_, url) = busiest(scene, Role::Relay, LEADS).await?;
    scene.of_mut(Role::Relay).find(|member| member.url() == url).context("a leader")
}

/// Which node has delivered most, so that it has an endpoint.
async fn deliverer(scene: &mut Scene) -> Result<&mut Member> {
    let (_, url) = busiest(scene, Role::Delivery, r#"rollcall_deliveries_total{outcome="delivered"}"#).await?;
    scene.of_mut(Role::Delivery).find(|member| member.url() == url).context("a deliverer")
}

/// Whose figure is the highest, and not 0, of those who answer.
async fn busiest(scene: &Scene, role: Role, figure: &str) -> Result<(u64, String)> {
    let mut found = Vec::new();
    for url in scene.of(role).filter(|member| member.is_serving() && !member.is_paused()).map(Member::url) {
        let metrics = scene.client.get(format!("{url}/metrics")).send().await?.text().await?;
        let value = metrics.lines().find_map(|line| line.strip_prefix(figure)?.trim().parse::<u64>().ok());
        found.push((value.unwrap_or_default(), url));
    }
    let most = found.into_iter().max().context("a node")?;
    ensure!(most.0 > 0, "{figure} is 0 everywhere");
    Ok(most)
}

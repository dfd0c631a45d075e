use anyhow::Result;

use crate::run::pass;
use crate::scene::Scene;

/// Again and again.
const TIMES: u32 = 5;

pub(super) async fn kill_connections(scene: &Scene) -> Result<()> {
    for _ in 0..TIMES {
        scene.postgres.kill_connections().await?;
        pass(std::time::Duration::from_millis(500)).await;
    }
    Ok(())
}

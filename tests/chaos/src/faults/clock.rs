use std::path::PathBuf;

use anyhow::{Result, ensure};
use tempfile::TempDir;
use tokio::process::Command;

use crate::scene::{Role, Scene};

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/clock.c");
const ROLES: [Role; 3] = [Role::Ingress, Role::Relay, Role::Delivery];

/// The first node of each role starts again, two hours ahead: past what brokers take from a producer.
pub(super) async fn set_ahead(scene: &mut Scene) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let library = built(&folder).await?;
    for role in ROLES {
        if let Some(member) = scene.of_mut(role).next() {
            member.start_with(Some(library.clone())).await?;
        }
    }
    Ok(())
}

pub(super) async fn set_back(scene: &mut Scene) -> Result<()> {
    for role in ROLES {
        if let Some(member) = scene.of_mut(role).next() {
            member.start_with(None).await?;
        }
    }
    Ok(())
}

async fn built(folder: &TempDir) -> Result<PathBuf> {
    let library = folder.path().join("clock.so");
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).args([SOURCE, "-ldl"]);
    ensure!(cc.status().await?.success(), "cc");
    Ok(library)
}

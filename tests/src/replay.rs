//! Plays a recording of an identity provider (`tests/idp/recordings`) against a running broker, with `tests/idp/replay.py`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::process::Command;
use tokio::time::timeout;

/// How long a recording may play before it counts as failed.
const LIMIT: Duration = Duration::from_mins(5);

/// The directory that is played to: fresh, one per recording.
pub struct Target {
    /// Base URL of its SCIM endpoint, and the bearer token.
    pub scim: String,
    pub token: String,
    /// Base URL of the REST API, and a key of the directory's environment.
    pub api: String,
    pub api_key: String,
    pub directory: String,
}

#[derive(Debug)]
pub struct Outcome {
    pub passed: u32,
    pub failed: u32,
    /// What was printed: each failed step with its reasons.
    pub output: String,
}

/// The folder of what was taken over from the collection of recordings.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("idp")
}

/// Plays the recording of that name, such as `okta-import`.
pub async fn replay(target: &Target, recording: &str) -> Result<Outcome> {
    replay_file(target, &folder().join("recordings").join(recording).with_extension("json")).await
}

pub async fn replay_file(target: &Target, recording: &Path) -> Result<Outcome> {
    let play = Command::new("python3")
        .arg(folder().join("replay.py"))
        .args(["--scim", &target.scim, "--token", &target.token, "--api", &target.api])
        .args(["--api-key", &target.api_key, "--directory", &target.directory])
        .arg(recording)
        .kill_on_drop(true)
        .output();
    let ended = timeout(LIMIT, play).await.with_context(|| format!("{}: no end", recording.display()))?;
    let run = ended.context("python3 plays the recordings")?;
    let output = String::from_utf8_lossy(&run.stdout).into_owned();
    let (passed, failed) = counts(&output)
        .with_context(|| format!("replay.py did not finish: {output}{}", String::from_utf8_lossy(&run.stderr)))?;
    Ok(Outcome { passed, failed, output })
}

/// The last line is `N passed, N failed`.
fn counts(output: &str) -> Option<(u32, u32)> {
    let (passed, failed) = output.lines().last()?.split_once(" passed, ")?;
    Some((passed.parse().ok()?, failed.strip_suffix(" failed")?.parse().ok()?))
}

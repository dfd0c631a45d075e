use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use tokio::process::Command;
use tokio::sync::OnceCell;

use crate::setting::setting;

static BUILT: OnceCell<PathBuf> = OnceCell::const_new();

/// The binary `rollcall`: the one that `ROLLCALL_BIN` names, else built once per test process, with the profile and in
/// the target folder of the test itself.
pub(super) async fn path() -> Result<PathBuf> {
    match setting("ROLLCALL_BIN") {
        Some(path) => Ok(path.into()),
        None => BUILT.get_or_try_init(build).await.cloned(),
    }
}

async fn build() -> Result<PathBuf> {
    // A test lies in <target>/<profile's folder>/deps.
    let test = std::env::current_exe()?;
    let folder = test.ancestors().nth(2).context("a test binary lies in a target folder")?;
    let profile = match folder.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    // The whole workspace decides on the features, as in `cargo test --workspace`: nothing is built twice.
    let build = Command::new(env!("CARGO"))
        .args(["build", "--locked", "--workspace", "--bin", "rollcall", "--profile", profile, "--target-dir"])
        .arg(folder.parent().context("a profile's folder lies in a target folder")?)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .stdin(Stdio::null())
        .output()
        .await?;
    ensure!(build.status.success(), "cargo build: {}\n{}", build.status, String::from_utf8_lossy(&build.stderr));
    Ok(folder.join("rollcall"))
}

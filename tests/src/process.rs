//! The real binary as a process: a [`Node`] is the data and the flags, a [`Serving`] is one run of `rollcall serve` on
//! them. Start, kill and start again as often as you like.

mod binary;
mod lines;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use self::lines::Lines;
use crate::servers::signal;
use crate::setting::settings;
use crate::{Database, Topic, until};

/// How long a start, an orderly end or a command may take before it counts as failed.
const LIMIT: Duration = Duration::from_secs(30);

pub struct Node {
    binary: PathBuf,
    folder: TempDir,
    state: Vec<String>,
    /// Which bus `serve` takes.
    bus: Vec<String>,
    flags: Vec<String>,
    preload: Option<PathBuf>,
}

impl Node {
    /// SQLite in a data folder of its own, as `rollcall serve` runs without configuration.
    pub async fn embedded() -> Result<Self> {
        Self::new(binary::path().await?, None)
    }

    /// On a given database, and its topic if it has one; the data folder then holds the master key only.
    pub async fn on(database: &Database) -> Result<Self> {
        let mut node = Self::new(binary::path().await?, Some(database.url()))?;
        if let Some(Topic { brokers, name }) = database.topic() {
            let flags = ["--kafka-brokers", brokers, "--kafka-topic", name, "--kafka-partitions", "4"];
            node.bus = flags.map(str::to_owned).into();
        }
        Ok(node)
    }

    /// Another node of the same installation: its database, bus and master key; a folder of its own, and no flags.
    pub fn beside(&self) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut state = vec!["--data-dir".into(), folder.path().display().to_string()];
        state.extend(self.state[2..].iter().cloned());
        state.extend(["--master-key-file".into(), self.folder.path().join("master.key").display().to_string()]);
        Ok(Self { binary: self.binary.clone(), folder, state, bus: self.bus.clone(), flags: Vec::new(), preload: None })
    }

    fn new(binary: PathBuf, database_url: Option<&str>) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut state = vec!["--data-dir".into(), folder.path().display().to_string()];
        state.extend(database_url.into_iter().flat_map(|url| ["--database-url".into(), url.into()]));
        Ok(Self { binary, folder, state, bus: Vec::new(), flags: Vec::new(), preload: None })
    }

    /// Adds flags to `serve`, such as `--allow-private-endpoints`.
    #[must_use]
    pub fn with(mut self, flags: &[&str]) -> Self {
        self.flags.extend(flags.iter().map(ToString::to_string));
        self
    }

    /// From its next start on, loads this library before all others; `None`: no more.
    pub fn preload(&mut self, library: Option<PathBuf>) {
        self.preload = library;
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Serves on a free port; returns when `/healthz` answers 200.
    pub async fn serve(&self) -> Result<Serving> {
        self.serve_at(([127, 0, 0, 1], 0).into()).await
    }

    /// Serves on a given address: that of an earlier run, when clients are to find it again.
    pub async fn serve_at(&self, address: SocketAddr) -> Result<Serving> {
        let mut command = self.command(&["serve", "--json"]);
        command.args(["--listen", &address.to_string()]).args(&self.bus).args(&self.flags);
        Serving::start(command).await
    }

    /// Runs a command to its end, such as `["environment", "create", "--name", "staging"]`: the JSON object it prints.
    pub async fn run(&self, arguments: &[&str]) -> Result<Value> {
        let ended = timeout(LIMIT, self.command(arguments).arg("--json").output()).await;
        let run = ended.with_context(|| format!("rollcall {arguments:?}: no end after {LIMIT:?}"))??;
        let (out, err) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
        ensure!(run.status.success(), "rollcall {arguments:?}: {}\n{out}{err}", run.status);
        serde_json::from_str(&out).with_context(|| format!("rollcall {arguments:?} printed no JSON: {out}"))
    }

    /// The command with this node's state. No setting of the caller's environment reaches it.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        for name in settings() {
            command.env_remove(name);
        }
        command.envs(self.preload.iter().map(|library| ("LD_PRELOAD", library)));
        command.args(arguments).args(&self.state).stdin(Stdio::null()).kill_on_drop(true);
        command
    }
}

/// Bytes in memory: see `VmRSS` and `VmHWM` in proc(5).
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    pub resident: u64,
    pub peak: u64,
}

pub struct Serving {
    child: Child,
    lines: Lines,
    address: SocketAddr,
}

impl Serving {
    async fn start(mut command: Command) -> Result<Self> {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let lines = Lines::of(&mut child)?;
        let first = until("the first line of `rollcall serve`", LIMIT, async || {
            lines.first().or_else(|| ended(&mut child, &lines))
        })
        .await
        .with_context(|| lines.all())?;
        let address = listening(&first).with_context(|| lines.all())?;
        let serving = Self { child, lines, address };
        serving.healthy().await.with_context(|| serving.output())?;
        Ok(serving)
    }

    async fn healthy(&self) -> Result<()> {
        let client = reqwest::Client::builder().timeout(Duration::from_secs(1)).build()?;
        let url = format!("{}/healthz", self.url());
        let probe = async || client.get(&url).send().await.ok().filter(|answer| answer.status() == 200);
        until("GET /healthz to answer 200", LIMIT, probe).await.map(drop)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Base URL, without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it has printed until now, on both streams.
    pub fn output(&self) -> String {
        self.lines.all()
    }

    /// What it takes of memory now.
    pub fn memory(&self) -> Result<Memory> {
        let status = std::fs::read_to_string(self.proc("status")?)?;
        let of = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).with_context(|| format!("no {name}"))?;
            let kilobytes = line.trim_end_matches("kB").trim();
            Ok::<_, anyhow::Error>(kilobytes.parse::<u64>()? * 1024)
        };
        Ok(Memory { resident: of("VmRSS:")?, peak: of("VmHWM:")? })
    }

    /// From now on the peak is that of what comes.
    pub fn forget_peak(&self) -> Result<()> {
        Ok(std::fs::write(self.proc("clear_refs")?, "5")?)
    }

    fn proc(&self, file: &str) -> Result<PathBuf> {
        let id = self.child.id().context("the process has ended")?;
        Ok(format!("/proc/{id}/{file}").into())
    }

    /// SIGSTOP: it does nothing, and does not know that time passes.
    pub async fn pause(&self) -> Result<()> {
        signal(&self.child, "STOP").await
    }

    /// SIGCONT.
    pub async fn resume(&self) -> Result<()> {
        signal(&self.child, "CONT").await
    }

    /// SIGKILL in place, for a holder that puts another run here; returns when the process is gone.
    pub async fn kill_now(&mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }

    /// SIGKILL; returns when the process is gone.
    pub async fn kill(mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }

    /// SIGTERM; returns how it ended.
    pub async fn terminate(mut self) -> Result<ExitStatus> {
        signal(&self.child, "TERM").await?;
        let ended = timeout(LIMIT, self.child.wait()).await;
        Ok(ended.with_context(|| format!("no end {LIMIT:?} after SIGTERM\n{}", self.output()))??)
    }
}

/// Stands in for the first line when the process ends without one. Why it did is among what it printed, which is read first.
fn ended(child: &mut Child, lines: &Lines) -> Option<String> {
    let status = child.try_wait().ok()??;
    lines.are_complete().then(|| format!("the process ended: {status}"))
}

/// The first line is an object that says where it listens.
fn listening(line: &str) -> Result<SocketAddr> {
    let Ok(Value::Object(first)) = serde_json::from_str(line) else { bail!("not a JSON object: {line}") };
    let address = first.get("listening").and_then(Value::as_str).context("no `listening`")?;
    address.parse().with_context(|| format!("no address: {address}"))
}

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::guard::Guard;
use super::{LIMIT, answers, free_ports, local, signal};
use crate::until;

/// A cluster of nodes, each broker and controller.
pub struct Kafka {
    folder: TempDir,
    libs: PathBuf,
    nodes: Vec<Node>,
    guard: Option<Guard>,
}

struct Node {
    port: u16,
    controller: u16,
    /// Where clients are told to find it: its own port, or that of a proxy before it.
    advertised: u16,
    child: Option<Child>,
}

impl Kafka {
    /// Formats so many nodes and starts none.
    pub async fn new(nodes: usize) -> Result<Self> {
        let ports = free_ports(2 * nodes)?;
        let node = |pair: &[u16]| Node { port: pair[0], controller: pair[1], advertised: pair[0], child: None };
        let nodes = ports.chunks(2).map(node).collect();
        Ok(Self { folder: tempfile::tempdir()?, libs: libs().await?, nodes, guard: None })
    }

    /// A running cluster.
    pub async fn start(nodes: usize) -> Result<Self> {
        let mut cluster = Self::new(nodes).await?;
        cluster.start_all().await?;
        Ok(cluster)
    }

    /// A running node that takes clients by TLS and SASL only, as [`USER`](super::USER) with [`PASSWORD`](super::PASSWORD).
    pub async fn start_guarded() -> Result<Self> {
        let mut node = Self::new(1).await?;
        node.guard = Some(Guard::new(node.folder.path()).await?);
        node.start_all().await?;
        Ok(node)
    }

    /// What clients of a guarded node are to trust: a PEM file.
    pub fn certificate(&self) -> Option<&Path> {
        self.guard.as_ref().map(Guard::certificate)
    }

    /// Tells clients to find a node at another port. Before the first start.
    pub fn advertise(&mut self, node: usize, port: u16) {
        self.nodes[node].advertised = port;
    }

    /// Where a node listens itself.
    pub fn port(&self, node: usize) -> u16 {
        self.nodes[node].port
    }

    /// As clients are told: `host:port,host:port`.
    pub fn brokers(&self) -> String {
        self.nodes.iter().map(|node| local(node.advertised).to_string()).collect::<Vec<_>>().join(",")
    }

    pub async fn start_all(&mut self) -> Result<()> {
        let id = run(&self.libs, &["kafka.tools.StorageTool", "random-uuid"]).await?;
        for node in 0..self.nodes.len() {
            let settings = self.settings(node);
            fs::write(self.file(node), settings)?;
            let file = self.file(node).display().to_string();
            let user = self.guard.as_ref().map(|_| Guard::user());
            let format = ["kafka.tools.StorageTool", "format", "-t", id.trim(), "-c", &file];
            let user = user.iter().flatten().map(String::as_str);
            run(&self.libs, &format.into_iter().chain(user).collect::<Vec<_>>()).await?;
            self.spawn(node)?;
        }
        for node in 0..self.nodes.len() {
            self.up(node).await?;
        }
        Ok(())
    }

    /// Again, after it was killed or stopped.
    pub async fn start_node(&mut self, node: usize) -> Result<()> {
        self.spawn(node)?;
        self.up(node).await
    }

    /// SIGKILL; when it returns, the process is gone.
    pub async fn kill(&mut self, node: usize) -> Result<()> {
        let mut child = self.nodes[node].child.take().context("it does not run")?;
        Ok(child.kill().await?)
    }

    /// SIGTERM, and waits for the orderly end.
    pub async fn stop(&mut self, node: usize) -> Result<()> {
        let mut child = self.nodes[node].child.take().context("it does not run")?;
        signal(&child, "TERM").await?;
        timeout(LIMIT, child.wait()).await.context("no orderly end of Kafka")??;
        Ok(())
    }

    /// The nodes that do not run.
    pub fn stopped(&self) -> Vec<usize> {
        (0..self.nodes.len()).filter(|node| self.nodes[*node].child.is_none()).collect()
    }

    fn file(&self, node: usize) -> PathBuf {
        self.folder.path().join(format!("{node}.properties"))
    }

    fn spawn(&mut self, node: usize) -> Result<()> {
        let log = fs::File::options().create(true).append(true).open(self.folder.path().join(format!("{node}.log")))?;
        let mut command = java(&self.libs);
        command.args(["-Xmx320m", "kafka.Kafka"]).arg(self.file(node));
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).kill_on_drop(true);
        self.nodes[node].child = Some(command.spawn()?);
        Ok(())
    }

    async fn up(&self, node: usize) -> Result<()> {
        let answer = until("Kafka to listen", LIMIT, async || answers(self.nodes[node].port).await).await;
        let log = || fs::read_to_string(self.folder.path().join(format!("{node}.log"))).unwrap_or_default();
        answer.with_context(log)
    }

    fn settings(&self, node: usize) -> String {
        let (count, Node { port, controller, advertised, .. }) = (self.nodes.len(), &self.nodes[node]);
        let voters = self.nodes.iter().enumerate().map(|(at, node)| format!("{at}@127.0.0.1:{}", node.controller));
        let voters = voters.collect::<Vec<_>>().join(",");
        let data = self.folder.path().join(format!("{node}.data"));
        let in_sync = if count < 3 { 1 } else { 2 };
        let (kind, guard) = match &self.guard {
            Some(guard) => ("SASL_SSL", guard.settings()),
            None => ("PLAINTEXT", String::new()),
        };
        format!(
            "process.roles=broker,controller\nnode.id={node}\ncontroller.quorum.voters={voters}\n\
             listeners={kind}://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}\n\
             advertised.listeners={kind}://127.0.0.1:{advertised}\ncontroller.listener.names=CONTROLLER\n\
             log.dirs={}\noffsets.topic.num.partitions=4\noffsets.topic.replication.factor={count}\n\
             transaction.state.log.replication.factor={count}\ntransaction.state.log.min.isr={in_sync}\n\
             min.insync.replicas={in_sync}\ngroup.initial.rebalance.delay.ms=0\nauto.create.topics.enable=false\n{guard}",
            data.display()
        )
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("kafka")
}

fn java(libs: &Path) -> Command {
    let mut command = Command::new("java");
    command.arg("-cp").arg(libs.join("*"));
    command.arg(format!("-Dlog4j2.configurationFile={}", folder().join("log4j2.xml").display()));
    command
}

/// Runs a tool to its end: what it prints.
async fn run(libs: &Path, arguments: &[&str]) -> Result<String> {
    let ran = java(libs).args(arguments).output().await?;
    let (out, err) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    ensure!(ran.status.success(), "{arguments:?}: {}\n{out}{err}", ran.status);
    Ok(out.into_owned())
}

/// Where the server's jars are; fetched if they are not.
async fn libs() -> Result<PathBuf> {
    let found = Command::new(folder().join("libs")).output().await?;
    ensure!(found.status.success(), "tests/kafka/libs: {}", String::from_utf8_lossy(&found.stderr));
    Ok(PathBuf::from(String::from_utf8(found.stdout)?.trim()))
}

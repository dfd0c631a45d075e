use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;
use tokio::process::Command;

use super::{LIMIT, answers, free_ports, local};
use crate::setting::setting;
use crate::until;

/// Who runs the server, which refuses to run as root.
const OWNER: &str = "postgres";

/// A server with an empty database `rollcall`.
pub struct Postgres {
    folder: TempDir,
    bin: PathBuf,
    port: u16,
    disk: Disk,
}

/// What its folder lies on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disk {
    /// That of all temporary files.
    Shared,
    /// One of its own of so many megabytes, in memory: only root can make it.
    Own(u32),
}

impl Postgres {
    /// Made by `initdb`, with these lines in its configuration besides.
    pub async fn start(settings: &str) -> Result<Self> {
        Self::start_on(Disk::Shared, settings).await
    }

    pub async fn start_on(disk: Disk, settings: &str) -> Result<Self> {
        let bin = setting("ROLLCALL_TEST_POSTGRES_BIN")
            .context("ROLLCALL_TEST_POSTGRES_BIN names no PostgreSQL: run the suite with `tests/run`")?;
        let server = Self { folder: tempfile::tempdir()?, bin: bin.into(), port: free_ports(1)?[0], disk };
        if let Disk::Own(megabytes) = disk {
            let size = format!("size={megabytes}m");
            let mut mount = Command::new("mount");
            mount.args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(server.folder.path());
            ensure!(mount.status().await?.success(), "mount");
        }
        if is_root().await? {
            ensure!(Command::new("chown").arg(OWNER).arg(server.folder.path()).status().await?.success(), "chown");
        }
        server.run("initdb", &["-U", OWNER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-D"]).await?;
        let file = server.data().join("postgresql.conf");
        let own = format!(
            "listen_addresses = '127.0.0.1'\nport = {}\nunix_socket_directories = '{}'\nmax_connections = 200\n",
            server.port,
            server.folder.path().display()
        );
        fs::write(&file, [&fs::read_to_string(&file)?, &own, settings, "\n"].concat())?;
        server.up().await?;
        let made = server.psql("postgres", "CREATE DATABASE rollcall").await;
        made.map(|_| server)
    }

    /// As `--database-url` takes it.
    pub fn url(&self) -> String {
        self.url_at(self.port)
    }

    /// The same through a proxy.
    pub fn url_at(&self, port: u16) -> String {
        format!("postgres://{OWNER}@{}/rollcall", local(port))
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its data, where further files may be put before a restart.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Copies a file into its data folder, for it alone to read.
    pub async fn install(&self, file: &Path, name: &str) -> Result<()> {
        let there = self.data().join(name);
        fs::copy(file, &there)?;
        fs::set_permissions(&there, fs::Permissions::from_mode(0o600))?;
        if is_root().await? {
            ensure!(Command::new("chown").arg(OWNER).arg(&there).status().await?.success(), "chown");
        }
        Ok(())
    }

    pub async fn up(&self) -> Result<()> {
        let log = self.log_file().display().to_string();
        let started = self.run("pg_ctl", &["-w", "-t", "60", "-l", &log, "start", "-D"]).await;
        started.with_context(|| self.log().unwrap_or_default())?;
        until("PostgreSQL to listen", LIMIT, async || answers(self.port).await).await
    }

    /// What the server has said.
    pub fn log(&self) -> Result<String> {
        Ok(fs::read_to_string(self.log_file())?)
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("server.log")
    }

    /// As an administrator does: connections end, what was committed stays.
    pub async fn stop(&self) -> Result<()> {
        self.run("pg_ctl", &["-w", "-t", "60", "-m", "fast", "stop", "-D"]).await
    }

    /// As when the machine fails: the next start recovers.
    pub async fn crash(&self) -> Result<()> {
        self.run("pg_ctl", &["-w", "-t", "60", "-m", "immediate", "stop", "-D"]).await
    }

    /// Leaves no room on its disk, which it must have for itself.
    pub async fn fill_disk(&self) -> Result<()> {
        ensure!(self.disk != Disk::Shared, "others need that disk");
        let to = format!("of={}", self.filler().display());
        let filled = Command::new("dd").args(["if=/dev/zero", &to, "bs=64k"]).stderr(Stdio::null()).status().await?;
        ensure!(!filled.success(), "there was no end to the disk");
        Ok(())
    }

    /// Makes room again, and starts what did not survive without.
    pub async fn empty_disk(&self) -> Result<()> {
        fs::remove_file(self.filler())?;
        if self.psql("postgres", "SELECT 1").await.is_ok() {
            return Ok(());
        }
        _ = self.crash().await;
        self.up().await
    }

    fn filler(&self) -> PathBuf {
        self.folder.path().join("filler")
    }

    /// Ends every connection of Rollcall's.
    pub async fn kill_connections(&self) -> Result<()> {
        let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'rollcall'";
        self.psql("postgres", sql).await.map(drop)
    }

    /// What it prints, without decoration.
    pub async fn psql(&self, database: &str, sql: &str) -> Result<String> {
        let url = format!("postgres://{OWNER}@{}/{database}", local(self.port));
        let ran =
            Command::new(self.bin.join("psql")).args([&url, "-AXqt", "-v", "ON_ERROR_STOP=1", "-c", sql]).output();
        let ran = ran.await?;
        ensure!(ran.status.success(), "{sql}: {}", String::from_utf8_lossy(&ran.stderr));
        Ok(String::from_utf8(ran.stdout)?.trim().to_owned())
    }

    /// A program of the server's, with its data folder as the last argument.
    async fn run(&self, program: &str, arguments: &[&str]) -> Result<()> {
        let (program, data) = (self.bin.join(program), self.data());
        let mut command = as_owner(&program, is_root().await?);
        let ran = command.args(arguments).arg(&data).current_dir(self.folder.path()).output().await?;
        let (out, err) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
        ensure!(ran.status.success(), "{}: {}\n{out}{err}", program.display(), ran.status);
        Ok(())
    }
}

impl Drop for Postgres {
    /// By its process id, at once.
    fn drop(&mut self) {
        let run = |program: &str, arguments: &[&str]| std::process::Command::new(program).args(arguments).status();
        let file = fs::read_to_string(self.data().join("postmaster.pid")).unwrap_or_default();
        if let Some(id) = file.lines().next() {
            _ = run("kill", &["-QUIT", id]);
        }
        if self.disk != Disk::Shared {
            _ = run("umount", &["--lazy", &self.folder.path().display().to_string()]);
        }
    }
}

fn as_owner(program: &Path, is_root: bool) -> Command {
    if !is_root {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", OWNER, "--"]).arg(program);
    command
}

async fn is_root() -> Result<bool> {
    Ok(Command::new("id").arg("-u").output().await?.stdout == b"0\n")
}

//! Servers that one test has for itself, so that it may kill, stop and cut them: each on a port that stays the same, with a folder of
//! its own, and gone when dropped.

mod guard;
mod kafka;
mod postgres;
mod proxy;
#[cfg(test)]
mod tests;

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

pub use guard::{PASSWORD, USER};
pub use kafka::Kafka;
pub use postgres::{Disk, Postgres};
pub use proxy::Proxy;

/// How long a server may take to start or to end.
const LIMIT: Duration = Duration::from_mins(1);

/// So many ports that nobody listens on, all different.
fn free_ports(count: usize) -> Result<Vec<u16>> {
    let listeners: Vec<_> = (0..count).map(|_| TcpListener::bind("127.0.0.1:0")).collect::<Result<_, _>>()?;
    listeners.iter().map(|listener| Ok(listener.local_addr()?.port())).collect()
}

fn local(port: u16) -> SocketAddr {
    ([127, 0, 0, 1], port).into()
}

async fn answers(port: u16) -> Option<()> {
    TcpStream::connect(local(port)).await.ok().map(drop)
}

/// A signal by its name, such as `STOP`.
pub(crate) async fn signal(child: &Child, name: &str) -> Result<()> {
    let id = child.id().context("it has ended before")?;
    let sent = Command::new("kill").args([&format!("-{name}"), &id.to_string()]).status().await?;
    ensure!(sent.success(), "kill -{name} {id}: {sent}");
    Ok(())
}

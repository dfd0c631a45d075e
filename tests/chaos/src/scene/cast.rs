use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, Result};
use tests::process::{Node, Serving};

/// What a node is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Ingress,
    Api,
    Relay,
    Delivery,
}

impl Role {
    /// Those who play.
    pub const CAST: [Self; 7] =
        [Self::Ingress, Self::Ingress, Self::Api, Self::Relay, Self::Relay, Self::Delivery, Self::Delivery];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Ingress => "ingress",
            Self::Api => "api",
            Self::Relay => "relay",
            Self::Delivery => "delivery",
        }
    }
}

/// A node at its address, whether it serves now or not.
pub struct Member {
    pub role: Role,
    node: Node,
    address: SocketAddr,
    serving: Option<Serving>,
    paused: bool,
}

impl Member {
    pub async fn serve(desk: &Node, role: Role) -> Result<Self> {
        let flags = ["--roles", role.as_str(), "--allow-private-endpoints", "--public-url", "http://rollcall.test"];
        let node = desk.beside()?.with(&flags);
        let serving = node.serve().await?;
        Ok(Self { role, node, address: serving.address(), serving: Some(serving), paused: false })
    }

    /// SIGKILL.
    pub async fn kill(&mut self) -> Result<()> {
        self.serving.take().context("it does not serve")?.kill().await
    }

    /// Again, where it was.
    pub async fn start(&mut self) -> Result<()> {
        self.serving = Some(self.node.serve_at(self.address).await?);
        Ok(())
    }

    /// Ends and starts again, with this library loaded before all others, or with none.
    pub async fn start_with(&mut self, library: Option<PathBuf>) -> Result<()> {
        if self.is_serving() {
            self.kill().await?;
        }
        self.node.preload(library);
        self.start().await
    }

    /// SIGSTOP.
    pub async fn pause(&mut self) -> Result<()> {
        self.paused = true;
        self.serving.as_ref().context("it does not serve")?.pause().await
    }

    /// SIGCONT.
    pub async fn resume(&mut self) -> Result<()> {
        self.paused = false;
        self.serving.as_ref().context("it does not serve")?.resume().await
    }

    pub fn is_serving(&self) -> bool {
        self.serving.is_some()
    }

    pub fn is_paused(&self) -> bool {
        self.paused
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it has printed.
    pub fn output(&self) -> String {
        self.serving.as_ref().map(Serving::output).unwrap_or_default()
    }
}

use std::net::SocketAddr;
use std::num::NonZeroUsize;

use super::PublicUrl;

/// Where `serve` listens when nothing is said.
pub(crate) const DEFAULT_ADDRESS: &str = "127.0.0.1:8080";

/// Where `serve` listens.
#[derive(clap::Args)]
#[command(next_help_heading = "Listening")]
pub(crate) struct Http {
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, env = "ROLLCALL_LISTEN", value_name = "ADDRESS", default_value = DEFAULT_ADDRESS)]
    pub(crate) listen: SocketAddr,

    #[command(flatten)]
    pub(crate) public: PublicUrl,

    /// Address for /metrics, /healthz and /readyz. When nothing is said, /metrics is at the main address if that is a loopback
    /// one, else nowhere.
    #[arg(long, env = "ROLLCALL_METRICS_LISTEN", value_name = "ADDRESS")]
    pub(crate) metrics_listen: Option<SocketAddr>,

    /// Threads that answer requests. When nothing is said: one for each CPU.
    #[arg(long, env = "ROLLCALL_WORKERS", value_name = "COUNT")]
    pub(crate) workers: Option<NonZeroUsize>,
}

impl Http {
    /// For this machine alone, wherever there is room.
    pub(crate) fn free_port() -> Self {
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        Self { listen, public: PublicUrl { public_url: None }, metrics_listen: None, workers: None }
    }
}

//! The HTTP server under the doors.

use std::net::{SocketAddr, TcpListener};
use std::num::NonZeroUsize;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::web::{Data, ServiceConfig};
use actix_web::{App, HttpServer};
use anyhow::Context;
use tokio::net::TcpSocket;
use web::Doors;

use super::health::{self, Health};
use super::metrics::{self, Exposition};

/// Longer than the minute of common load balancers, so that they are the ones who hang up.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// Connections that may wait to be accepted.
const BACKLOG: u32 = 1024;
/// What requests get to finish when the server stops.
const STOP_SECONDS: u64 = 10;

pub(super) fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let listen = || {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        socket.listen(BACKLOG)?.into_std()
    };
    listen().with_context(|| format!("cannot listen on {address}"))
}

/// What operators ask a node.
#[derive(Clone)]
pub(super) struct Watched {
    pub(super) health: Data<Health>,
    /// Where metrics are shown.
    pub(super) exposition: Option<Data<Exposition>>,
}

impl Watched {
    fn configure(self, config: &mut ServiceConfig) {
        config.app_data(self.health).service(health::healthz).service(health::readyz);
        if let Some(exposition) = self.exposition {
            config.app_data(exposition).service(metrics::metrics);
        }
    }
}

/// `doors`: none where only operators come.
pub(super) fn serve(
    listener: TcpListener,
    workers: Option<NonZeroUsize>,
    doors: Option<Doors>,
    watched: Watched,
) -> anyhow::Result<Server> {
    let doors = doors.map(web::configure);
    let app = move || {
        let app = App::new().configure(|config| watched.clone().configure(config));
        app.configure(|config| doors.clone().into_iter().for_each(|doors| doors(config)))
    };
    let server = HttpServer::new(app).keep_alive(KEEP_ALIVE).shutdown_timeout(STOP_SECONDS).disable_signals();
    let server = workers.into_iter().fold(server, |server, count| server.workers(count.get()));
    Ok(server.listen(listener).context("cannot serve")?.run())
}

/// Until it is stopped, or fails.
pub(super) async fn run(server: Server) {
    if let Err(error) = server.await {
        tracing::error!(error = &error as &dyn std::error::Error, "the server has failed");
    }
}

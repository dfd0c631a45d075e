use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use actix_web::dev::{Server, ServerHandle};
use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::behaviour::{Behaviour, Reply};
use super::endpoint::{Door, Endpoint};
use super::received::Received;
use crate::Error;

/// The time, in milliseconds since 1970.
pub type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;
/// Is given every delivery before it is answered. Must not block.
pub type Sink = Arc<dyn Fn(Received) + Send + Sync>;

/// Largest body that is accepted.
const BODY_LIMIT: usize = 8 << 20;
/// Connections being answered get so many seconds when the receiver stops.
const STOP_S: u64 = 2;

/// A running receiver. It ends by [`Receiver::stop`], or with the runtime.
pub struct Receiver {
    address: SocketAddr,
    doors: Arc<[Door]>,
    handle: ServerHandle,
    stopping: watch::Sender<bool>,
    task: JoinHandle<io::Result<()>>,
}

#[derive(Clone)]
struct Shared {
    doors: Arc<[Door]>,
    clock: Clock,
    sink: Sink,
    stopping: watch::Receiver<bool>,
}

impl Receiver {
    /// Listens on `listen` (port 0 picks one) and serves these endpoints; any other path is 404.
    pub fn start(listen: SocketAddr, endpoints: Vec<Endpoint>, clock: Clock, sink: Sink) -> Result<Self, Error> {
        let doors: Arc<[Door]> = endpoints.into_iter().map(Door::open).collect();
        let (stopping, watching) = watch::channel(false);
        let shared = Shared { doors: doors.clone(), clock, sink, stopping: watching };
        let (server, address) = serve(listen, shared).map_err(|error| Error::Listen(listen, error))?;
        Ok(Self { address, doors, handle: server.handle(), stopping, task: tokio::spawn(server) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of one of its endpoints.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// From now on, the endpoint at this path answers like this. False if there is no such endpoint.
    pub fn behave(&self, path: &str, behaviour: Behaviour) -> bool {
        let door = self.doors.iter().find(|door| door.path == path);
        door.map(|door| door.behave(behaviour)).is_some()
    }

    /// Finishes what is being answered, cuts what hangs, and frees the port.
    pub async fn stop(self) {
        self.stopping.send_replace(true);
        self.handle.stop(true).await;
        let _ = self.task.await;
    }
}

fn serve(listen: SocketAddr, shared: Shared) -> io::Result<(Server, SocketAddr)> {
    let app = move || {
        App::new()
            .app_data(web::Data::new(shared.clone()))
            .app_data(web::PayloadConfig::new(BODY_LIMIT))
            .default_service(web::post().to(receive))
    };
    let http = HttpServer::new(app).workers(1).disable_signals().shutdown_timeout(STOP_S).bind(listen)?;
    let address = http.addrs().first().copied().unwrap_or(listen);
    Ok((http.run(), address))
}

async fn receive(request: HttpRequest, body: web::Bytes, shared: web::Data<Shared>) -> HttpResponse {
    let Some(door) = shared.doors.iter().find(|door| door.path == request.path()) else {
        return HttpResponse::NotFound().finish();
    };
    let (received, reply) = door.receive((shared.clock)(), headers(&request), &body);
    (shared.sink)(received);
    answer(reply, shared.stopping.clone()).await
}

fn headers(request: &HttpRequest) -> BTreeMap<String, String> {
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    request.headers().iter().map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect()
}

async fn answer(reply: Reply, mut stopping: watch::Receiver<bool>) -> HttpResponse {
    if !reply.delay.is_zero() {
        let _ = tokio::time::timeout(reply.delay, stopping.wait_for(|stopping| *stopping)).await;
    }
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    if let Some(seconds) = reply.retry_after_s {
        response.insert_header((RETRY_AFTER, seconds.to_string()));
    }
    response.finish()
}

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What becomes of bytes that pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Whole,
    /// Connections end, and new ones are closed at once.
    Cut,
    /// Of the connections that are open no byte passes any more, and nobody is told: as when a machine is gone, and another
    /// has its address.
    Abandoned,
}

/// Stands before a server, and ends with its test.
pub struct Proxy {
    address: SocketAddr,
    /// Of the connections of the moment.
    line: Arc<Mutex<watch::Sender<Line>>>,
}

impl Proxy {
    /// On a free port, before a server that need not be there yet.
    pub async fn before(server: SocketAddr) -> Result<Self> {
        Self::listening(TcpListener::bind("127.0.0.1:0").await?, server)
    }

    fn listening(listener: TcpListener, server: SocketAddr) -> Result<Self> {
        let (address, line) = (listener.local_addr()?, Arc::new(Mutex::new(watch::Sender::new(Line::Whole))));
        let lines = Arc::clone(&line);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let line = lock(&lines).subscribe();
                tokio::spawn(carry(client, server, line));
            }
        });
        Ok(Self { address, line })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn cut(&self) {
        lock(&self.line).send_replace(Line::Cut);
    }

    /// What was cut may connect again.
    pub fn heal(&self) {
        lock(&self.line).send_replace(Line::Whole);
    }

    /// New connections are as if nothing had been.
    pub fn abandon(&self) {
        let mut line = lock(&self.line);
        line.send_replace(Line::Abandoned);
        *line = watch::Sender::new(Line::Whole);
    }
}

fn lock(line: &Mutex<watch::Sender<Line>>) -> MutexGuard<'_, watch::Sender<Line>> {
    line.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn carry(client: TcpStream, server: SocketAddr, line: watch::Receiver<Line>) {
    if *line.borrow() == Line::Cut {
        return;
    }
    let Ok(server) = TcpStream::connect(server).await else { return };
    // As fast as without it.
    _ = client.set_nodelay(true).and(server.set_nodelay(true));
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let (there, back) = (pass(from_client, to_server, line.clone()), pass(from_server, to_client, line.clone()));
    tokio::select! {
        () = cut(line) => {}
        ((), ()) = async { tokio::join!(there, back) } => {}
    }
}

/// Never, of a line that was abandoned.
async fn cut(mut line: watch::Receiver<Line>) {
    if line.wait_for(|line| *line == Line::Cut).await.is_err() {
        std::future::pending::<()>().await;
    }
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, line: watch::Receiver<Line>) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        if *line.borrow() == Line::Abandoned {
            // Also of their end nothing is told.
            std::future::pending::<()>().await;
        }
        if to.write_all(&bytes[..count]).await.is_err() {
            break;
        }
    }
    _ = to.shutdown().await;
}

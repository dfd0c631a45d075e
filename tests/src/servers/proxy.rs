use std::net::SocketAddr;
use std::sync::Arc;

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
    /// Connections stay, and nothing passes: as when a machine hangs, or a firewall drops packets.
    Stalled,
}

/// Stands before a server, and ends with its test.
pub struct Proxy {
    address: SocketAddr,
    line: Arc<watch::Sender<Line>>,
}

impl Proxy {
    /// On a free port, before a server that need not be there yet.
    pub async fn before(server: SocketAddr) -> Result<Self> {
        Self::listening(TcpListener::bind("127.0.0.1:0").await?, server)
    }

    fn listening(listener: TcpListener, server: SocketAddr) -> Result<Self> {
        let (address, line) = (listener.local_addr()?, Arc::new(watch::Sender::new(Line::Whole)));
        let lines = Arc::clone(&line);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client, server, lines.subscribe()));
            }
        });
        Ok(Self { address, line })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn cut(&self) {
        self.line.send_replace(Line::Cut);
    }

    pub fn stall(&self) {
        self.line.send_replace(Line::Stalled);
    }

    /// What was stalled goes on; what was cut may connect again.
    pub fn heal(&self) {
        self.line.send_replace(Line::Whole);
    }
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
    let mut cut = line;
    tokio::select! {
        _ = cut.wait_for(|line| *line == Line::Cut) => {}
        ((), ()) = async { tokio::join!(there, back) } => {}
    }
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut line: watch::Receiver<Line>) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        if line.wait_for(|line| *line != Line::Stalled).await.is_err() || to.write_all(&bytes[..count]).await.is_err() {
            break;
        }
    }
    _ = to.shutdown().await;
}

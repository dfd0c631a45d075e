//! Stands between a store and PostgreSQL, reads what passes and cuts the line where a test says so.

use std::sync::{Arc, Mutex, PoisonError};

use tests::Database;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};

/// What of the message that is waited for never arrives, and with it the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// The database commits; nobody hears of it.
    Answer,
    /// The database hears nothing of it and rolls back.
    Request,
    /// The database hears of it when [`Proxy::let_late_ones_arrive`] says so, long after its sender has given up.
    Late,
}

#[derive(Default)]
struct Shared {
    cut: Mutex<Option<(Where, Cut)>>,
    notices: Mutex<Vec<String>>,
    /// Late ones may arrive; they were answered.
    arrive: Notify,
    answered: Notify,
}

/// The message that is waited for.
enum Where {
    Commit,
    Bound(String),
}

impl Where {
    fn is(&self, frame: &Frame) -> bool {
        match self {
            Self::Commit => frame.kind == b'Q' && frame.body().starts_with(b"COMMIT"),
            Self::Bound(text) => {
                frame.kind == b'B' && frame.body().windows(text.len()).any(|part| part == text.as_bytes())
            }
        }
    }
}

/// Ends with the runtime of its test.
pub(crate) struct Proxy {
    pub(crate) url: String,
    shared: Arc<Shared>,
}

impl Proxy {
    pub(crate) async fn before(database: &Database) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let (url, server) = (database.by_way_of(listener.local_addr()?)?, database.server()?);
        let shared = Arc::<Shared>::default();
        let accepting = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client, server, Arc::clone(&accepting)));
            }
        });
        Ok(Self { url, shared })
    }

    pub(crate) fn cut_the_next_commit(&self, cut: Cut) {
        *lock(&self.shared.cut) = Some((Where::Commit, cut));
    }

    /// Of the next statement that is bound to this text.
    pub(crate) fn cut_the_next_with(&self, text: &str, cut: Cut) {
        *lock(&self.shared.cut) = Some((Where::Bound(text.to_owned()), cut));
    }

    /// Whether the cut has happened.
    pub(crate) fn has_cut(&self) -> bool {
        lock(&self.shared.cut).is_none()
    }

    /// Of a request that was cut as [`Cut::Late`]: until it has been carried out.
    pub(crate) async fn let_late_ones_arrive(&self) {
        self.shared.arrive.notify_one();
        self.shared.answered.notified().await;
    }

    /// The texts of the notices that PostgreSQL sent since the last call.
    pub(crate) fn take_notices(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.shared.notices))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One connection: when either direction ends, both do.
async fn carry(client: TcpStream, server: std::net::SocketAddr, shared: Arc<Shared>) -> anyhow::Result<()> {
    let (from_client, to_client) = client.into_split();
    let (mut from_server, mut to_server) = TcpStream::connect(server).await?.into_split();
    let (mute, muted) = watch::channel(false);
    let late = tokio::select! {
        ended = requests(from_client, &mut to_server, &shared, &mute) => ended?,
        ended = answers(&mut from_server, to_client, &shared, &muted) => return ended,
    };
    if !late.is_empty() {
        shared.arrive.notified().await;
        to_server.write_all(&late).await?;
        while Frame::read(&mut from_server, 1).await?.kind != b'Z' {}
        shared.answered.notify_one();
    }
    Ok(())
}

/// Answers what is to arrive late.
async fn requests(
    mut client: OwnedReadHalf,
    server: &mut OwnedWriteHalf,
    shared: &Shared,
    mute: &watch::Sender<bool>,
) -> anyhow::Result<Vec<u8>> {
    // The first message has no type.
    let start = Frame::read(&mut client, 0).await?;
    server.write_all(&start.bytes).await?;
    loop {
        let frame = Frame::read(&mut client, 1).await?;
        let cut = lock(&shared.cut).take_if(|(place, _)| place.is(&frame)).map(|(_, cut)| cut);
        match cut {
            Some(Cut::Request) => return Ok(Vec::new()),
            Some(Cut::Late) => return until_sync(frame, &mut client).await,
            Some(Cut::Answer) => _ = mute.send_replace(true),
            None => {}
        }
        server.write_all(&frame.bytes).await?;
    }
}

/// A statement's messages, from this one on.
async fn until_sync(first: Frame, client: &mut OwnedReadHalf) -> anyhow::Result<Vec<u8>> {
    let mut bytes = first.bytes;
    loop {
        let frame = Frame::read(client, 1).await?;
        bytes.extend(&frame.bytes);
        if frame.kind == b'S' {
            return Ok(bytes);
        }
    }
}

async fn answers(
    server: &mut OwnedReadHalf,
    mut client: OwnedWriteHalf,
    shared: &Shared,
    muted: &watch::Receiver<bool>,
) -> anyhow::Result<()> {
    loop {
        let frame = Frame::read(server, 1).await?;
        if *muted.borrow() {
            return Ok(());
        }
        if frame.kind == b'N' {
            lock(&shared.notices).extend(frame.notice());
        }
        client.write_all(&frame.bytes).await?;
    }
}

/// A message of PostgreSQL's protocol (version 3, "Message Formats"): a type, a length that counts itself, a body.
struct Frame {
    kind: u8,
    bytes: Vec<u8>,
}

impl Frame {
    /// `head`: how many bytes its type takes, none or one.
    async fn read(from: &mut (impl AsyncRead + Unpin), head: usize) -> anyhow::Result<Self> {
        let mut bytes = vec![0; head + 4];
        from.read_exact(&mut bytes).await?;
        let length = u32::from_be_bytes(bytes[head..].try_into()?);
        bytes.resize(head + usize::try_from(length)?, 0);
        from.read_exact(&mut bytes[head + 4..]).await?;
        Ok(Self { kind: if head == 0 { 0 } else { bytes[0] }, bytes })
    }

    fn body(&self) -> &[u8] {
        &self.bytes[5..]
    }

    /// The text of a notice: its field `M`.
    fn notice(&self) -> Option<String> {
        let mut fields = self.body().split(|byte| *byte == 0);
        let text = fields.find_map(|field| field.strip_prefix(b"M"))?;
        Some(String::from_utf8_lossy(text).into_owned())
    }
}

//! A webhook receiver on a socket of its own, which does as it is told.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use model::id::EventId;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::house::LIMIT;

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    /// How many requests with this path and body came before.
    pub(crate) before: usize,
    pub(crate) at: Instant,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The id in the body.
    pub(crate) fn event_id(&self) -> EventId {
        let (_, rest) = self.body.split_once(r#""id":""#).unwrap();
        rest.split_once('"').unwrap().0.parse().unwrap()
    }
}

#[derive(Debug, Clone)]
pub(crate) enum Reply {
    Status(u16),
    /// The head after the status line, and the body.
    With(u16, &'static str, String),
    /// A status, and then a body that does not end.
    Stall(u16),
    /// No answer, ever.
    Hang,
    /// The connection is closed without an answer.
    Close,
}

type Behaviour = dyn Fn(&Received) -> Reply + Send + Sync;

pub(crate) struct Receiver {
    pub(crate) url: String,
    inbox: Arc<Inbox>,
    _serving: JoinSet<()>,
}

struct Inbox {
    received: Mutex<Vec<Received>>,
    count: watch::Sender<usize>,
    behaviour: Mutex<Arc<Behaviour>>,
}

impl Receiver {
    pub(crate) async fn new(behaviour: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let behaviour: Arc<Behaviour> = Arc::new(behaviour);
        let (received, count) = (Mutex::default(), watch::Sender::new(0));
        let inbox = Arc::new(Inbox { received, count, behaviour: Mutex::new(behaviour) });
        let mut serving = JoinSet::new();
        serving.spawn(accept(listener, Arc::clone(&inbox)));
        Self { url, inbox, _serving: serving }
    }

    /// Answers 200 to everything.
    pub(crate) async fn kind() -> Self {
        Self::new(|_| Reply::Status(200)).await
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    pub(crate) fn behave(&self, behaviour: impl Fn(&Received) -> Reply + Send + Sync + 'static) {
        *self.inbox.behaviour.lock().unwrap() = Arc::new(behaviour);
    }

    /// All requests so far, in the order of their arrival.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.inbox.received.lock().unwrap().clone()
    }

    pub(crate) fn at(&self, path: &str) -> Vec<Received> {
        self.received().into_iter().filter(|received| received.path == path).collect()
    }

    /// The events that came to a path, each once, in the order of their first arrival.
    pub(crate) fn events_at(&self, path: &str) -> Vec<EventId> {
        let mut events: Vec<EventId> = Vec::new();
        for received in self.at(path) {
            let id = received.event_id();
            if !events.contains(&id) {
                events.push(id);
            }
        }
        events
    }

    /// Waits until what has come is enough.
    pub(crate) async fn until(&self, mut enough: impl FnMut(&[Received]) -> bool) {
        let mut count = self.inbox.count.subscribe();
        let came = async {
            while !enough(&self.received()) {
                count.changed().await.unwrap();
            }
        };
        assert!(tokio::time::timeout(LIMIT, came).await.is_ok(), "only {:?} came", self.received());
    }
}

async fn accept(listener: TcpListener, inbox: Arc<Inbox>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(serve(stream, Arc::clone(&inbox)));
    }
}

async fn serve(stream: TcpStream, inbox: Arc<Inbox>) {
    let mut stream = BufReader::new(stream);
    while let Ok(received) = read(&mut stream).await {
        let reply = inbox.take(received);
        if write(&mut stream, reply).await.is_err() {
            return;
        }
    }
}

impl Inbox {
    fn take(&self, mut received: Received) -> Reply {
        let mut all = self.received.lock().unwrap();
        let same = |other: &&Received| other.path == received.path && other.body == received.body;
        received.before = all.iter().filter(same).count();
        all.push(received.clone());
        self.count.send_replace(all.len());
        drop(all);
        let behaviour = Arc::clone(&self.behaviour.lock().unwrap());
        behaviour(&received)
    }
}

async fn read(stream: &mut BufReader<TcpStream>) -> io::Result<Received> {
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line.trim().is_empty() {
            break;
        }
        head.push(line.trim_end().to_owned());
    }
    let path = head.first().and_then(|line| line.split(' ').nth(1)).unwrap_or_default().to_owned();
    let headers: Vec<(String, String)> = head.iter().skip(1).filter_map(|line| split(line)).collect();
    let length = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let mut body = vec![0; length.and_then(|(_, value)| value.parse().ok()).unwrap_or(0)];
    stream.read_exact(&mut body).await?;
    Ok(Received { path, headers, body: String::from_utf8(body).unwrap(), before: 0, at: Instant::now() })
}

fn split(line: &str) -> Option<(String, String)> {
    let (name, value) = line.split_once(": ")?;
    Some((name.to_owned(), value.to_owned()))
}

async fn write(stream: &mut BufReader<TcpStream>, reply: Reply) -> io::Result<()> {
    let (status, head, body) = match reply {
        Reply::Status(status) => (status, "", String::new()),
        Reply::With(status, head, body) => (status, head, body),
        Reply::Stall(status) => {
            let head = format!("HTTP/1.1 {status} X\r\ncontent-length: 9\r\n\r\nx");
            stream.write_all(head.as_bytes()).await?;
            return std::future::pending().await;
        }
        Reply::Hang => return std::future::pending().await,
        Reply::Close => return Err(io::ErrorKind::ConnectionAborted.into()),
    };
    let text = format!("HTTP/1.1 {status} X\r\n{head}content-length: {}\r\n\r\n{body}", body.len());
    stream.write_all(text.as_bytes()).await
}

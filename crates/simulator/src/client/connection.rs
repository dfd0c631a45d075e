use std::io;
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{Builder, SendRequest};
use hyper::header::{HOST, HeaderValue};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::ANSWER_LIMIT;
use super::answer::Answer;
use crate::{Error, Target};

/// After so long without an answer a connection is given up.
const TIMEOUT: Duration = Duration::from_secs(15);

/// One kept-alive HTTP/1.1 connection, for those who count every microsecond: no pool, no TLS.
pub(crate) struct Connection {
    authority: String,
    host: HeaderValue,
    sender: Option<SendRequest<Full<Bytes>>>,
}

/// The request may have been carried out: its answer never came.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Lost;

impl Connection {
    /// Not yet connected.
    pub(crate) fn to(target: &Target) -> Result<Self, Error> {
        let refused = || Error::Scheme(target.scim.clone());
        let authority = target.authority().filter(|_| target.scim.scheme() == "http").ok_or_else(refused)?;
        let host = HeaderValue::from_str(&authority).map_err(|_| refused())?;
        Ok(Self { authority, host, sender: None })
    }

    /// Connects unless connected; whether it had to.
    pub(crate) async fn open(&mut self) -> io::Result<bool> {
        if self.sender.as_ref().is_some_and(|sender| !sender.is_closed()) {
            return Ok(false);
        }
        let stream = TcpStream::connect(&self.authority).await?;
        stream.set_nodelay(true)?;
        let shaken = Builder::new().title_case_headers(true).handshake(TokioIo::new(stream)).await;
        let (sender, connection) = shaken.map_err(io::Error::other)?;
        tokio::spawn(connection);
        self.sender = Some(sender);
        Ok(true)
    }

    /// Sends on an open connection and reads the whole answer.
    pub(crate) async fn send(&mut self, request: Request<Full<Bytes>>) -> Result<Answer, Lost> {
        let exchange = async {
            let (head, body) = self.response(request).await?.into_parts();
            let body = Limited::new(body, ANSWER_LIMIT).collect().await.map_err(|_| Lost)?;
            Answer::read(&head, &body.to_bytes()).map_err(|_| Lost)
        };
        let answer = in_time(exchange).await;
        self.keep_if(answer)
    }

    /// As [`Self::send`], but looks at nothing more than the status.
    pub(crate) async fn status(&mut self, request: Request<Full<Bytes>>) -> Result<u16, Lost> {
        let exchange = async {
            let (head, mut body) = self.response(request).await?.into_parts();
            while let Some(frame) = body.frame().await {
                frame.map_err(|_| Lost)?;
            }
            Ok(head.status.as_u16())
        };
        let status = in_time(exchange).await;
        self.keep_if(status)
    }

    async fn response(&mut self, mut request: Request<Full<Bytes>>) -> Result<Response<Incoming>, Lost> {
        request.headers_mut().insert(HOST, self.host.clone());
        let sender = self.sender.as_mut().ok_or(Lost)?;
        sender.ready().await.map_err(|_| Lost)?;
        sender.send_request(request).await.map_err(|_| Lost)
    }

    /// A connection that lost an answer is not used again.
    fn keep_if<T>(&mut self, answer: Result<T, Lost>) -> Result<T, Lost> {
        if answer.is_err() {
            self.sender = None;
        }
        answer
    }
}

async fn in_time<T>(exchange: impl Future<Output = Result<T, Lost>>) -> Result<T, Lost> {
    tokio::time::timeout(TIMEOUT, exchange).await.unwrap_or(Err(Lost))
}

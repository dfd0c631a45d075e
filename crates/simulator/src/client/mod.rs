//! The provider's HTTP client. It is hyper rather than reqwest because a provider's headers must leave exactly as they
//! are: reqwest adds `Accept: */*` to every request, and Entra sends no `Accept` at all.

mod answer;
mod connection;
mod pool;

use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE};
use hyper::{Response, http};

pub(crate) use answer::Answer;
pub(crate) use connection::Connection;
use pool::Pool;

use crate::wire::{Request, Wire};
use crate::{Error, Target};

/// Okta gives up after this long.
const TIMEOUT: Duration = Duration::from_mins(1);
/// Largest answer that is read.
const ANSWER_LIMIT: usize = 64 << 20;

pub(crate) struct Client {
    pool: Pool,
    base: String,
    bearer: String,
    wire: &'static dyn Wire,
}

impl Client {
    pub(crate) fn new(target: &Target, wire: &'static dyn Wire) -> Result<Self, Error> {
        let pool = Pool::open(&target.scim)?;
        Ok(Self { pool, base: target.base(), bearer: format!("Bearer {}", target.token), wire })
    }

    /// One request and its answer, or why there was none.
    pub(crate) async fn send(&self, request: &Request) -> Result<Answer, String> {
        let outgoing = self.outgoing(request).map_err(|error| error.to_string())?;
        let exchange = async { Self::read(self.pool.send(outgoing).await?).await };
        tokio::time::timeout(TIMEOUT, exchange).await.unwrap_or_else(|_| Err("no answer within 60 s".to_owned()))
    }

    fn outgoing(&self, request: &Request) -> http::Result<hyper::Request<Full<Bytes>>> {
        let uri = format!("{}{}", self.base, request.path);
        outgoing(self.wire, &self.bearer, &uri, request)
    }

    async fn read(response: Response<Incoming>) -> Result<Answer, String> {
        let (head, body) = response.into_parts();
        let body = Limited::new(body, ANSWER_LIMIT).collect().await.map_err(|error| error.to_string())?;
        Answer::read(&head, &body.to_bytes())
    }
}

/// The request as the provider sends it to this URI (a whole one, or path and query).
pub(crate) fn outgoing(
    wire: &dyn Wire,
    bearer: &str,
    uri: &str,
    request: &Request,
) -> http::Result<hyper::Request<Full<Bytes>>> {
    let authorization = request.authorization.unwrap_or(bearer);
    let mut builder = hyper::Request::builder().method(&request.method).uri(uri).header(AUTHORIZATION, authorization);
    for (name, value) in wire.headers() {
        builder = builder.header(*name, *value);
    }
    match &request.body {
        None => builder.body(Full::default()),
        Some(body) => builder.header(CONTENT_TYPE, wire.content_type()).body(Full::from(body.to_string())),
    }
}

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Builder, Client};
use hyper_util::rt::TokioExecutor;
use rustls::crypto::aws_lc_rs::default_provider;
use url::Url;

use crate::Error;

/// Kept-alive HTTP/1.1 connections to one server. TLS trusts what the machine trusts. Its crypto provider is named,
/// because rustls panics where two are linked and neither was chosen, and sqlx links ring.
pub(super) enum Pool {
    Plain(Client<HttpConnector, Full<Bytes>>),
    Tls(Client<HttpsConnector<HttpConnector>, Full<Bytes>>),
}

impl Pool {
    pub(super) fn open(url: &Url) -> Result<Self, Error> {
        match url.scheme() {
            "http" => Ok(Self::Plain(builder().build(connector()))),
            "https" => {
                let tls = HttpsConnectorBuilder::new().with_provider_and_native_roots(default_provider());
                let tls = tls.map_err(Error::Certificates)?;
                Ok(Self::Tls(builder().build(tls.https_only().enable_http1().wrap_connector(connector()))))
            }
            _ => Err(Error::Scheme(url.clone())),
        }
    }

    pub(super) async fn send(&self, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, String> {
        let sent = match self {
            Self::Plain(client) => client.request(request),
            Self::Tls(client) => client.request(request),
        };
        sent.await.map_err(|error| chain(&error))
    }
}

fn builder() -> Builder {
    let mut builder = Client::builder(TokioExecutor::new());
    builder.http1_title_case_headers(true);
    builder
}

fn connector() -> HttpConnector {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    connector.enforce_http(false);
    connector
}

/// hyper says "client error (Connect)" and keeps the reason in its sources.
fn chain(error: &dyn std::error::Error) -> String {
    let mut told = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        told = format!("{told}: {error}");
        source = error.source();
    }
    told
}

//! Rollcall's API as an application calls it. Just enough HTTP for a server of ours on this machine.

use std::net::SocketAddr;

use anyhow::{Context, bail};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(super) struct Api {
    pub(super) address: SocketAddr,
    pub(super) key: String,
}

impl Api {
    pub(super) async fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.send("GET", path, String::new()).await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.send("POST", path, body.to_string()).await
    }

    pub(super) async fn patch(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.send("PATCH", path, body.to_string()).await
    }

    /// One connection for each request. HTTP/1.0, so that the answer is not chunked and ends with the connection.
    async fn send(&self, method: &str, path: &str, body: String) -> anyhow::Result<Value> {
        let Self { address, key } = self;
        let head = format!(
            "{method} {path} HTTP/1.0\r\nHost: {address}\r\nAuthorization: Bearer {key}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let exchange = async {
            let mut stream = TcpStream::connect(address).await?;
            stream.write_all((head + &body).as_bytes()).await?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await?;
            read(&answer)
        };
        exchange.await.with_context(|| format!("{method} {path}"))
    }
}

/// The body of an answer that is a success.
fn read(answer: &str) -> anyhow::Result<Value> {
    let (head, body) = answer.split_once("\r\n\r\n").context("the answer has no end of its head")?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0_u16);
    if !(200..300).contains(&status) {
        bail!("status {status}: {body}");
    }
    serde_json::from_str(body).context("the answer is not JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_success_is_read_and_the_rest_is_an_error() {
        let check = |answer: &str| read(answer).map_err(|error| error.to_string());
        assert_eq!(check("HTTP/1.0 201 Created\r\nA: b\r\n\r\n{\"id\":1}"), Ok(serde_json::json!({"id": 1})));
        assert_eq!(check("HTTP/1.0 422 No\r\n\r\n{}"), Err("status 422: {}".to_owned()));
        assert_eq!(check("HTTP/1.0 200 OK\r\n\r\n<"), Err("the answer is not JSON".to_owned()));
        assert_eq!(check(""), Err("the answer has no end of its head".to_owned()));
    }
}

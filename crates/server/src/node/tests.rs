use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;
use crate::config::Storage;
use crate::state;

async fn node(folder: &TempDir) -> Node {
    let store = state::make(&Storage::embedded(folder.path())).await.unwrap();
    let (http, delivery) = (Http::free_port(), Delivery::at_home());
    Node::start(store, &Plan::embedded(&http, &delivery)).unwrap()
}

/// The status of `/healthz`, and what it says.
async fn health(node: &Node) -> (String, Value) {
    let mut stream = TcpStream::connect(node.address()).await.unwrap();
    stream.write_all(b"GET /healthz HTTP/1.0\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().to_owned(), serde_json::from_str(body).unwrap())
}

/// What makes a worker end without being told to.
async fn kill(node: &Node, name: &str) {
    let worker = node.workers.of(name);
    worker.abort();
    while !worker.is_finished() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_without_one_of_its_workers_is_not_healthy_and_ends() {
    let all = ["writer", "relay", "fanout", "owner", "ledger", "sweep", "keeper", "housekeeping"];
    for name in all {
        let folder = TempDir::new().unwrap();
        let node = node(&folder).await;
        let mut said = json!({});
        all.iter().for_each(|name| said[*name] = true.into());
        assert_eq!(health(&node).await, ("200".to_owned(), said.clone()));

        kill(&node, name).await;
        let (status, dead) = health(&node).await;
        assert_eq!((status.as_str(), &dead[name]), ("503", &false.into()));
        let failure = timeout(DRAIN, node.failure()).await.unwrap().to_string();
        assert!(failure.starts_with("the ") && failure.contains(" has ended"), "{failure}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_without_its_server_ends() {
    let folder = TempDir::new().unwrap();
    let node = node(&folder).await;
    kill(&node, "server").await;
    assert!(node.failure().await.to_string().starts_with("the server has ended"));
}

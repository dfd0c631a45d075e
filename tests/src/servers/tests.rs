use std::time::Duration;

use anyhow::Result;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use super::*;

/// Longer than anything here takes that happens at all.
const SOON: Duration = Duration::from_secs(10);

#[tokio::test]
async fn a_cluster_goes_on_without_a_node_and_takes_it_back() -> Result<()> {
    let mut kafka = Kafka::start(3).await?;
    assert_eq!(kafka.brokers().split(',').count(), 3);
    kafka.kill(1).await?;
    assert!(answers(kafka.port(1)).await.is_none());
    assert!(answers(kafka.port(0)).await.is_some());
    kafka.start_node(1).await?;
    kafka.stop(2).await?;
    assert!(answers(kafka.port(2)).await.is_none());
    Ok(())
}

#[tokio::test]
async fn postgresql_comes_back_on_its_port_with_what_was_committed() -> Result<()> {
    let server = Postgres::start("").await?;
    server.psql("rollcall", "CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)").await?;
    server.stop().await?;
    assert!(answers(server.port()).await.is_none());
    server.up().await?;
    server.crash().await?;
    server.up().await?;
    assert_eq!(server.psql("rollcall", "SELECT n FROM kept").await?, "7");
    Ok(())
}

async fn says(stream: &mut TcpStream) -> Option<u8> {
    stream.write_all(b"x").await.ok()?;
    timeout(SOON, stream.read_u8()).await.ok()?.ok()
}

#[tokio::test]
async fn a_proxy_passes_abandons_cuts_and_heals() -> Result<()> {
    let echo = TcpListener::bind("127.0.0.1:0").await?;
    let proxy = Proxy::before(echo.local_addr()?).await?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = echo.accept().await {
            let (mut from, mut to) = stream.into_split();
            tokio::spawn(async move { tokio::io::copy(&mut from, &mut to).await });
        }
    });
    let mut stream = TcpStream::connect(proxy.address()).await?;
    assert_eq!(says(&mut stream).await, Some(b'x'));
    proxy.abandon();
    stream.write_all(b"y").await?;
    let mut new = TcpStream::connect(proxy.address()).await?;
    assert_eq!(says(&mut new).await, Some(b'x'));
    assert!(timeout(Duration::from_millis(200), stream.read_u8()).await.is_err());
    let mut stream = new;
    proxy.cut();
    assert!(timeout(SOON, stream.read_u8()).await?.is_err());
    let mut refused = TcpStream::connect(proxy.address()).await?;
    assert_eq!(says(&mut refused).await, None);
    proxy.heal();
    assert_eq!(says(&mut TcpStream::connect(proxy.address()).await?).await, Some(b'x'));
    Ok(())
}

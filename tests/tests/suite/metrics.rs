//! What `/metrics` shows: it moves with what happens, names no tenant, and is what `deploy/operations.md` says.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use reqwest::StatusCode;
use tests::process::Node;
use tests::{Database, EMPTY, on_each_bus, until};

use crate::tenant::House;

on_each_bus!(EMPTY: what_happens_is_counted, strangers_are_shown_nothing);

/// A reader's durable cursor follows within a second.
const SOON: Duration = Duration::from_secs(30);

async fn scrape(house: &House) -> Result<String> {
    let answer = house.client.get(format!("{}/metrics", house.serving.url())).send().await?;
    assert_eq!(answer.status(), StatusCode::OK);
    Ok(answer.text().await?)
}

fn value(text: &str, series: &str) -> Option<f64> {
    text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' ')?.parse().ok())
}

async fn what_happens_is_counted(database: Database) -> Result<()> {
    let house = House::open(&database).await?;
    let tenant = house.tenant().await?;
    let feed = house.feed(&tenant).await?;
    let subscription = house.subscribe(&tenant).await?;
    for n in 0..5 {
        house.user(&feed, &format!("somebody{n}")).await?;
    }
    tokio::time::timeout(SOON, subscription.inbox.wait_for(5)).await?;
    house.client.get(format!("{}/scim/v2.0/nobody/Users", house.serving.url())).send().await?;
    let expected = [
        (r#"rollcall_http_requests_total{door="ingress",method="POST",status="2xx"}"#, 5.0),
        (r#"rollcall_http_requests_total{door="ingress",method="GET",status="4xx"}"#, 1.0),
        (r#"rollcall_http_request_duration_seconds_count{door="ingress"}"#, 6.0),
        (r#"rollcall_http_requests_in_flight{door="ingress"}"#, 0.0),
        ("rollcall_ingest_batch_writes_sum", 5.0),
        ("rollcall_ingest_writes_failed_total", 0.0),
        ("rollcall_relay_leads", 1.0),
        ("rollcall_deliveries_made_total", 5.0),
        (r#"rollcall_deliveries_total{outcome="delivered"}"#, 5.0),
        ("rollcall_delivery_attempt_duration_seconds_count", 5.0),
        ("rollcall_delivery_first_attempt_delay_seconds_count", 5.0),
        ("rollcall_delivery_shards_held", 256.0),
        ("rollcall_deliveries_pending", 0.0),
        (r#"rollcall_log_unread_events{reader="relay"}"#, 0.0),
        (r#"rollcall_log_unread_events{reader="fanout"}"#, 0.0),
        (r#"rollcall_leases_held{kind="shard"}"#, 256.0),
        (r#"rollcall_lease_holders{kind="node"}"#, 1.0),
    ];
    let mut last = String::new();
    let settled = until("every figure to be as it should", SOON, async || {
        last = scrape(&house).await.ok()?;
        expected.iter().all(|(series, expected)| value(&last, series) == Some(*expected)).then_some(())
    });
    if settled.await.is_err() {
        let wrong = expected.iter().filter(|(series, expected)| value(&last, series) != Some(*expected));
        panic!("{:#?}\n{last}", wrong.collect::<Vec<_>>());
    }
    assert!(value(&last, "rollcall_relay_events_published_total").is_some_and(|events| events >= 5.0), "{last}");
    for personal in ["somebody", &tenant.environment, &feed.id, &feed.token] {
        assert!(!last.contains(personal), "{personal}");
    }
    if database.topic().is_some() {
        assert_eq!(names(&last), documented()?);
    }
    subscription.receiver.stop().await;
    Ok(())
}

/// By their families.
fn names(text: &str) -> BTreeSet<String> {
    let families = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next());
    families.map(str::to_owned).collect()
}

fn documented() -> Result<BTreeSet<String>> {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/operations.md"))?;
    let names = page.lines().filter_map(|line| line.strip_prefix("| `rollcall_")?.split('`').next());
    // What is shown only while something is late.
    let always = names.filter(|name| *name != "endpoint_oldest_undelivered_seconds");
    Ok(always.map(|name| format!("rollcall_{name}")).collect())
}

/// With an address of their own, metrics are nowhere else.
async fn strangers_are_shown_nothing(database: Database) -> Result<()> {
    let listen = free_address()?;
    let node = Node::on(&database).await?.with(&["--metrics-listen", &listen]);
    let house = House::of(node).await?;
    let shown = house.client.get(format!("{}/metrics", house.serving.url())).send().await?;
    assert_eq!(shown.status(), StatusCode::NOT_FOUND);
    for path in ["/healthz", "/readyz"] {
        assert_eq!(house.client.get(format!("{}{path}", house.serving.url())).send().await?.status(), StatusCode::OK);
    }
    let shown = house.client.get(format!("http://{listen}/metrics")).send().await?;
    assert_eq!(shown.status(), StatusCode::OK);
    assert!(names(&shown.text().await?).contains("rollcall_http_requests"));
    let door = house.client.get(format!("http://{listen}/scim/v2.0/nobody/Users")).send().await?;
    assert_eq!(door.status(), StatusCode::NOT_FOUND);
    Ok(())
}

fn free_address() -> Result<String> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}

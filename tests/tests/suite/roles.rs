//! Nodes by role: each does its part and no other, and together they do all of it.

use std::time::Duration;

use anyhow::{Result, ensure};
use chaos::checker;
use chaos::gather::Witness;
use reqwest::StatusCode;
use tests::process::{Node, Serving};
use tests::replay::replay;
use tests::servers::Kafka;
use tests::{Database, Topic};
use tokio::time::timeout;

use crate::recordings::RECORDINGS;
use crate::tenant::House;

/// How long an event may take to the receiver, while servers start and partitions are given out.
const LIMIT: Duration = Duration::from_mins(1);

mod postgres {
    #[tokio::test]
    async fn each_role_does_its_part() -> anyhow::Result<()> {
        super::each_role_does_its_part(tests::Database::postgres()?, &["relay,delivery"]).await
    }
}

mod postgres_kafka {
    #[tokio::test]
    async fn each_role_does_its_part() -> anyhow::Result<()> {
        let database = tests::Database::postgres()?.with(tests::Topic::new()?);
        super::each_role_does_its_part(database, &["relay", "delivery"]).await
    }

    tests::cases!(recordings_pass_over_three_brokers);
}

/// A node for the SCIM door, one for the API, and one for each of `outwards`.
async fn each_role_does_its_part(database: Database, outwards: &[&str]) -> Result<()> {
    let (house, others) = nodes(&database, "ingress", &[&["api"], outwards].concat()).await?;
    let tenant = house.tenant().await?;
    let feed = house.feed(&tenant).await?;
    let subscription = house.subscribe(&tenant).await?;
    for n in 0..20 {
        house.user(&feed, &format!("user{n}")).await?;
    }
    let arrived = timeout(LIMIT, subscription.inbox.wait_for(20)).await?;
    assert!(arrived.iter().all(|received| received.verified.is_ok()));

    // No door is where its role is not.
    let scim = feed.scim.replace(&house.serving.url(), &others[0].1.url());
    let elsewhere = [format!("{scim}/Users"), format!("{}/events", house.serving.url())];
    for url in elsewhere {
        assert_eq!(house.client.get(&url).send().await?.status(), StatusCode::NOT_FOUND, "{url}");
    }
    for (_, other) in &others[1..] {
        for path in ["/events", "/scim/v2.0/abc/Users"] {
            let url = format!("{}{path}", other.url());
            assert_eq!(house.client.get(&url).send().await?.status(), StatusCode::NOT_FOUND, "{url}");
        }
    }
    for (_, other) in others {
        ensure!(other.terminate().await?.success(), "no orderly end");
    }
    // Nobody delivers, and nothing is lost by that.
    house.user(&feed, "late").await?;
    assert_eq!(subscription.inbox.count(), 20);
    subscription.receiver.stop().await;
    Ok(())
}

/// One node takes what providers push, the other does all else.
async fn recordings_pass_over_three_brokers() -> Result<()> {
    let kafka = Kafka::start(3).await?;
    let database = Database::postgres()?.with(Topic::on(kafka.brokers()));
    let (house, _others) = nodes(&database, "ingress", &["api,relay,delivery"]).await?;
    let tenant = house.tenant().await?;
    let subscription = house.subscribe(&tenant).await?;
    let (mut passed, mut failed, mut feeds) = (0, String::new(), Vec::new());
    for recording in RECORDINGS {
        let feed = house.feed(&tenant).await?;
        let played = replay(&house.target(&tenant, &feed), recording).await?;
        passed += played.passed;
        feeds.push(feed);
        if played.failed > 0 {
            failed.push_str(&played.output);
        }
    }
    assert!(failed.is_empty() && passed > 0, "{failed}");
    let witness = Witness::of(database.url()).await?;
    witness.rest(LIMIT, |left| left.undelivered + left.unpublished == 0).await?;
    let record = witness.record(&house.seen(&tenant, &feeds, &subscription, database.topic())).await?;
    assert_eq!(checker::check(&record).violations, []);
    witness.close().await?;
    subscription.receiver.stop().await;
    Ok(())
}

/// The house is that of the first node; the second has the API.
async fn nodes(database: &Database, first: &str, others: &[&str]) -> Result<(House, Vec<(Node, Serving)>)> {
    let mut house = House::of(Node::on(database).await?.with(&["--roles", first])).await?;
    let mut serving = Vec::new();
    for roles in others {
        let node = house.node.beside()?.with(&["--roles", roles, "--allow-private-endpoints"]);
        let of_it = node.serve().await?;
        serving.push((node, of_it));
    }
    house.api = serving.first().map(|(_, serving)| serving.url());
    Ok((house, serving))
}

//! From a write to its webhook's arrival at 300 events a second: through memory, through one broker and through three.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use chaos::gather::Witness;
use simulator::Latency;
use simulator::endure::{self, EndurePlan, InFlight};
use tests::servers::Kafka;
use tests::{Kind, Topic};

use crate::house::{House, Setup};

/// Each writes, and pauses: a little below 300 a second together.
const CLIENTS: usize = 16;
const PACE: Duration = Duration::from_millis(48);
const LASTS: Duration = Duration::from_secs(20);
const REST: Duration = Duration::from_secs(30);

pub(crate) async fn run() -> Result<()> {
    let (one, three) = (Kafka::start(1).await?, Kafka::start(3).await?);
    for round in 1..=2 {
        for (bus, brokers) in
            [("memory", None), ("one broker", Some(one.brokers())), ("three brokers", Some(three.brokers()))]
        {
            let line = through(brokers.map(Topic::on)).await?;
            println!("latency, round {round}, {bus}: {line}");
        }
    }
    Ok(())
}

async fn through(topic: Option<Topic>) -> Result<String> {
    let house = House::open(Setup { kind: Kind::Postgres, topic, nodes: 1, webhook: true }).await?;
    let plan = EndurePlan {
        clients: CLIENTS,
        writes: u64::MAX,
        lasts: Some(LASTS),
        seed: 5,
        patience: REST,
        pace: PACE,
        in_flight: InFlight::default(),
    };
    let report = endure::run(house.targets(), &plan, &|_| {}).await?;
    ensure!(report.refused.is_empty() && report.given_up.is_empty(), "{report:?}");
    // What a deletion overtakes never arrives.
    let witness = Witness::of(house.database.url()).await?;
    witness.rest(REST, |left| left.undelivered == 0).await?;
    witness.close().await?;
    let arrived = house.subscription.as_ref().context("a subscription")?.inbox.all();
    let samples = arrived.iter().filter(|received| !received.duplicate);
    let latency = Latency::of(samples.filter_map(|received| Some(received.latency_ms()? * 1_000)).collect());
    let races = house.figure("rollcall_ingest_lost_races_total").await?;
    let rate = f64::from(u32::try_from(report.accepted.len())?) / LASTS.as_secs_f64();
    house.close().await?;
    Ok(format!("{rate:.0} events/s, from just before the commit to the arrival: {latency}; lost races {races}"))
}

//! From a write to its webhook's arrival at 300 events a second: through memory, through one broker and through three.

use std::time::Duration;

use anyhow::{Context, Result};
use chaos::gather::Witness;
use simulator::Latency;
use tests::servers::Kafka;
use tests::{Kind, Topic};

use crate::house::{House, Setup};
use crate::mixed;

/// 300 writes a second, by sixteen clients.
const PACE: Duration = Duration::from_micros(53_333);
/// Not measured: a broker that has just started compiles what it runs.
const WARM_UP: Duration = Duration::from_mins(1);
const LASTS: Duration = Duration::from_secs(30);

/// The second counts deadlocks too.
const TROUBLES: [&str; 2] = ["rollcall_ingest_lost_races_total", "rollcall_ingest_batches_begun_again_total"];

/// Only what is measured runs: the brokers share the machine's processors with the node and the database.
pub(crate) async fn run() -> Result<()> {
    for round in 1..=2 {
        for (bus, brokers) in [("memory", 0), ("one broker", 1), ("three brokers", 3)] {
            let kafka = if brokers > 0 { Some(Kafka::start(brokers).await?) } else { None };
            let line = through(kafka.as_ref().map(|kafka| Topic::on(kafka.brokers()))).await?;
            println!("latency, round {round}, {bus}: {line}");
        }
    }
    Ok(())
}

async fn through(topic: Option<Topic>) -> Result<String> {
    let house = House::open(Setup { kind: Kind::Postgres, topic, nodes: 1, webhook: true }).await?;
    let witness = Witness::of(house.database.url()).await?;
    mixed::write(&house, &witness, (WARM_UP, PACE), 4).await?;
    let inbox = &house.subscription.as_ref().context("a subscription")?.inbox;
    let (before, [lost, again]) = (inbox.all().len(), house.figures(TROUBLES).await?);
    let written = mixed::write(&house, &witness, (LASTS, PACE), 5).await?.accepted.len();
    let arrived = inbox.all();
    let samples = arrived[before..].iter().filter(|received| !received.duplicate);
    let latency = Latency::of(samples.filter_map(|received| Some(received.latency_ms()? * 1_000)).collect());
    let [lost_at_last, again_at_last] = house.figures(TROUBLES).await?;
    let rate = f64::from(u32::try_from(written)?) / LASTS.as_secs_f64();
    witness.close().await?;
    house.close().await?;
    Ok(format!(
        "{rate:.0} events/s, from just before the commit to the arrival: {latency}; \
         {:.0} races lost, {:.0} batches begun again",
        lost_at_last - lost,
        again_at_last - again
    ))
}

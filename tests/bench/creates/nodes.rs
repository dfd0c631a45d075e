//! The same load on one node and on two that write to the same directories, through Kafka; what an event costs in round trips.

use std::time::Duration;

use anyhow::{Result, ensure};
use chaos::gather::Witness;
use chaos::run::pass;
use chaos::{checker, load};
use tests::servers::Kafka;
use tests::{Kind, Topic};

use crate::figures::spread;
use crate::house::{House, Setup};
use crate::mixed;

const ROUNDS: usize = 3;
const SECONDS: u64 = 8;
const CLIENTS: usize = 32;
/// Of the mixed writes that are checked: a node has those of every other client.
const CHECKED: (Duration, Duration) = (Duration::from_secs(10), Duration::from_millis(10));
/// Requests to brokers are reported every five seconds.
const REPORTED: Duration = Duration::from_secs(6);
/// How long the webhooks of a load may take.
const REST: Duration = Duration::from_mins(1);
const COUNTED: [&str; 5] = [
    "rollcall_sql_statements_total",
    "rollcall_kafka_requests",
    "rollcall_ingest_lost_races_total",
    "rollcall_ingest_batch_writes_count",
    "rollcall_ingest_batch_writes_sum",
];

pub(crate) async fn run() -> Result<()> {
    let kafka = Kafka::start(1).await?;
    let mut rates = [Vec::new(), Vec::new()];
    for round in 0..ROUNDS {
        for nodes in [1, 2] {
            let house = open(&kafka, nodes).await?;
            let witness = Witness::of(house.database.url()).await?;
            let seed = round as u64;
            house.load(CLIENTS, 2, seed + 1000).await?;
            let before = counted(&house, &witness).await?;
            let rate = house.load(CLIENTS, SECONDS, seed).await?;
            let after = counted(&house, &witness).await?;
            let [statements, requests, lost, batches, events] = std::array::from_fn(|at| after[at] - before[at]);
            println!(
                "{nodes} node(s), round {}: {rate:.0} users/s, {:.2} statements and {:.2} requests to brokers an event, \
                 {lost:.0} races lost of {batches:.0} batches",
                round + 1,
                statements / events,
                requests / events
            );
            rates[nodes - 1].push(rate);
            witness.close().await?;
            house.close().await?;
        }
    }
    let ratios: Vec<f64> = rates[1].iter().zip(&rates[0]).map(|(two, one)| two / one).collect();
    println!(
        "one node {} users/s, two nodes {} users/s, ratio {}",
        spread(&rates[0], 0),
        spread(&rates[1], 0),
        spread(&ratios, 2)
    );
    check(&kafka).await
}

/// When all is delivered.
async fn counted(house: &House, witness: &Witness) -> Result<[f64; 5]> {
    witness.rest(REST, |left| left.undelivered == 0 && left.unpublished == 0).await?;
    pass(REPORTED).await;
    house.figures(COUNTED).await
}

async fn open(kafka: &Kafka, nodes: usize) -> Result<House> {
    House::open(Setup { kind: Kind::Postgres, topic: Some(Topic::on(kafka.brokers())), nodes, webhook: true }).await
}

/// Two nodes write to the same directories, and nothing is wrong with it.
async fn check(kafka: &Kafka) -> Result<()> {
    let house = open(kafka, 2).await?;
    let witness = Witness::of(house.database.url()).await?;
    let report = mixed::write(&house, &witness, CHECKED, 9).await?;
    let mut record = witness.record(&house.seen()?).await?;
    record.promised = Some(report.accepted.iter().map(load::promised).collect());
    let finding = checker::check(&record);
    let [lost] = house.figures(["rollcall_ingest_lost_races_total"]).await?;
    ensure!(finding.violations.is_empty(), "{finding:?}");
    println!(
        "two nodes, {} mixed writes to the same directories: I1 to I6 hold, {lost:.0} races lost",
        report.accepted.len()
    );
    witness.close().await?;
    house.close().await
}

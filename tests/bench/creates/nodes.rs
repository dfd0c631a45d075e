//! The same load on one node and on two that write to the same directories, through Kafka; what an event costs in round trips.

use anyhow::Result;
use tests::servers::Kafka;
use tests::{Kind, Topic};

use crate::backlog;
use crate::figures::spread;
use crate::house::{House, Setup};

const ROUNDS: usize = 3;
const SECONDS: u64 = 8;
const CLIENTS: usize = 32;

pub(crate) async fn run() -> Result<()> {
    let kafka = Kafka::start(1).await?;
    let mut rates = [Vec::new(), Vec::new()];
    for round in 0..ROUNDS {
        for nodes in [1, 2] {
            let setup = Setup { kind: Kind::Postgres, topic: Some(Topic::on(kafka.brokers())), nodes, webhook: true };
            let house = House::open(setup).await?;
            let seed = round as u64;
            house.load(CLIENTS, 2, seed + 1000).await?;
            let before = counts(&house).await?;
            let rate = house.load(CLIENTS, SECONDS, seed).await?;
            backlog::drain(&house).await?;
            let [statements, requests, lost, batches, events] = {
                let after = counts(&house).await?;
                std::array::from_fn(|at| after[at] - before[at])
            };
            println!(
                "{nodes} node(s), round {}: {rate:.0} users/s, {:.2} statements and {:.2} requests to brokers an event, \
                 {lost:.0} races lost of {batches:.0} batches",
                round + 1,
                statements / events,
                requests / events
            );
            rates[nodes - 1].push(rate);
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
    Ok(())
}

async fn counts(house: &House) -> Result<[f64; 5]> {
    Ok([
        house.figure("rollcall_sql_statements_total").await?,
        house.figure("rollcall_kafka_requests").await?,
        house.figure("rollcall_ingest_lost_races_total").await?,
        house.figure("rollcall_ingest_batch_writes_count").await?,
        house.figure("rollcall_ingest_batch_writes_sum").await?,
    ])
}

//! User creates with one webhook endpoint that hears of each, through memory and through Kafka, beside `pgbench`.

use anyhow::Result;
use tests::servers::Kafka;
use tests::{Kind, Topic};

use crate::figures::spread;
use crate::house::{House, Setup};
use crate::{baseline, sample};

const ROUNDS: usize = 3;
const SECONDS: u64 = 8;

pub(crate) async fn run(clients: usize) -> Result<()> {
    let kafka = Kafka::start(1).await?;
    let [mut memory, mut bus, mut base] = [const { Vec::new() }; 3];
    let mut last = Vec::new();
    for round in 0..ROUNDS {
        let seed = round as u64;
        for topic in [None, Some(Topic::on(kafka.brokers()))] {
            let through_kafka = topic.is_some();
            let house = House::open(Setup { kind: Kind::Postgres, topic, nodes: 1, webhook: true }).await?;
            let sample = sample::take(&house, seed).await?;
            let rate = house.load(clients, SECONDS, seed + 1).await?;
            if through_kafka {
                bus.push(rate);
                last = house.batches().await?;
            } else {
                memory.push(rate);
                base.push(baseline::run(Kind::Postgres, &sample, clients, SECONDS).await?);
            }
            house.close().await?;
        }
        println!(
            "{clients} clients, round {}: memory {:.0}/s, Kafka {:.0}/s, pgbench {:.0}/s",
            round + 1,
            memory[round],
            bus[round],
            base[round]
        );
    }
    let ratios = |ours: &[f64]| ours.iter().zip(&base).map(|(ours, base)| ours / base).collect::<Vec<_>>();
    println!(
        "{clients} clients, an endpoint that hears all: memory {} users/s, {} of pgbench; Kafka {} users/s, {} of pgbench",
        spread(&memory, 0),
        spread(&ratios(&memory), 2),
        spread(&bus, 0),
        spread(&ratios(&bus), 2)
    );
    println!("  batches of the last round, by writes: {}", histogram(&last));
    Ok(())
}

/// `bound: batches` above the bound before it.
fn histogram(cumulative: &[(String, f64)]) -> String {
    let mut before = 0.0;
    let each = cumulative.iter().map(|(bound, count)| {
        let here = count - before;
        before = *count;
        format!("≤{bound}: {here:.0}")
    });
    each.collect::<Vec<_>>().join(", ")
}

//! Leases: taken, kept, lost, and measured by one clock.

use std::sync::Arc;

use model::FixedClock;
use store::{Holder, Lease, Store, System};
use tests::{Database, on_each_database, until};

use crate::house::{self, LIMIT, MIGRATED, NOW_MS, Outcome};

const LONG_MS: i64 = 600_000;
const SHORT_MS: i64 = 30;

on_each_database!(
    MIGRATED: is_kept_and_refused_to_others,
    is_lost_once_it_expired_and_the_epoch_tells,
    is_free_at_once_when_released,
    a_holder_that_is_alone_takes_what_a_killed_one_left,
    is_forgotten_once_it_expired,
);

struct Two {
    system: System,
    first: Holder,
    second: Holder,
    names: Vec<String>,
}

impl Two {
    async fn on(database: &Database) -> anyhow::Result<Self> {
        let store = house::open(database.url()).await?;
        let (first, second) = (store.new_holder(false), store.new_holder(false));
        Ok(Self { system: store.system(), first, second, names: names(&["b", "a"]) })
    }

    async fn hold(&self, holder: &Holder, ttl_ms: i64) -> Result<Vec<Lease>, store::Error> {
        self.system.hold_leases(holder, &self.names, ttl_ms).await
    }
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn epochs(leases: &[Lease]) -> Vec<i64> {
    leases.iter().map(|lease| lease.epoch).collect()
}

async fn is_kept_and_refused_to_others(database: Database) -> Outcome {
    let two = Two::on(&database).await?;
    assert_eq!(epochs(&two.hold(&two.first, LONG_MS).await?), [1, 1]);
    assert_eq!(epochs(&two.hold(&two.first, LONG_MS).await?), [1, 1], "to renew is no change of holder");
    assert_eq!(two.hold(&two.second, LONG_MS).await?, []);
    let rows = two.system.list_leases().await?;
    assert!(rows.iter().all(|row| row.live && row.holder == two.first.name), "{rows:?}");
    Ok(())
}

async fn is_lost_once_it_expired_and_the_epoch_tells(database: Database) -> Outcome {
    let two = Two::on(&database).await?;
    two.hold(&two.first, SHORT_MS).await?;
    let taken = until("the lease to expire", LIMIT, async || {
        let taken = two.hold(&two.second, LONG_MS).await.unwrap();
        (!taken.is_empty()).then_some(taken)
    });
    assert_eq!(epochs(&taken.await?), [2, 2]);
    assert_eq!(two.hold(&two.first, LONG_MS).await?, [], "a former holder has lost it");
    Ok(())
}

async fn is_free_at_once_when_released(database: Database) -> Outcome {
    let two = Two::on(&database).await?;
    two.hold(&two.first, LONG_MS).await?;
    two.system.release_leases(&two.second, &two.names).await?;
    assert_eq!(two.hold(&two.second, LONG_MS).await?, [], "nobody releases what another holds");
    two.system.release_leases(&two.first, &two.names).await?;
    assert_eq!(epochs(&two.hold(&two.second, LONG_MS).await?), [2, 2]);
    Ok(())
}

async fn a_holder_that_is_alone_takes_what_a_killed_one_left(database: Database) -> Outcome {
    let two = Two::on(&database).await?;
    two.hold(&two.first, LONG_MS).await?;
    let alone = Holder { alone: true, ..two.second.clone() };
    assert_eq!(epochs(&two.hold(&alone, LONG_MS).await?), [2, 2]);
    Ok(())
}

async fn is_forgotten_once_it_expired(database: Database) -> Outcome {
    let two = Two::on(&database).await?;
    two.hold(&two.first, LONG_MS).await?;
    two.system.forget_leases(&two.names).await?;
    assert_eq!(two.system.list_leases().await?.len(), 2, "live ones stay");
    two.system.release_leases(&two.first, &names(&["a"])).await?;
    two.system.forget_leases(&two.names).await?;
    let rows = two.system.list_leases().await?;
    assert_eq!(rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["b"]);
    Ok(())
}

/// Nodes of one database may disagree about the time; on SQLite there is one node.
mod wrong_clock {
    use super::{Arc, Database, FixedClock, LIMIT, LONG_MS, NOW_MS, Outcome, SHORT_MS, Store, house, names, until};

    const HOUR_MS: i64 = 3_600_000;

    /// A node whose clock stands an hour before and one whose clock stands an hour after a third one's.
    async fn nodes(database: &Database) -> anyhow::Result<[Store; 3]> {
        let open = async |now_ms| {
            let clock = Arc::new(FixedClock::at(now_ms));
            Store::open(store::Options { clock, ..house::options(database.url()) }).await
        };
        Ok([open(NOW_MS).await?, open(NOW_MS - HOUR_MS).await?, open(NOW_MS + HOUR_MS).await?])
    }

    mod postgres {
        use super::{Database, LIMIT, LONG_MS, Outcome, SHORT_MS, names, nodes, until};
        use crate::house::MIGRATED;

        async fn database() -> anyhow::Result<Database> {
            MIGRATED.copy(tests::Kind::Postgres).await
        }

        #[tokio::test]
        async fn steals_nothing() -> Outcome {
            let database = database().await?;
            let lease = names(&["relay"]);
            let [right, slow, fast] = nodes(&database).await?;
            let held = right.system().hold_leases(&right.new_holder(false), &lease, LONG_MS).await?;
            assert_eq!(held.len(), 1);
            for other in [&slow, &fast] {
                assert_eq!(other.system().hold_leases(&other.new_holder(false), &lease, LONG_MS).await?, []);
                assert!(other.system().list_leases().await?[0].live);
            }
            Ok(())
        }

        #[tokio::test]
        async fn strands_nothing() -> Outcome {
            let database = database().await?;
            let [right, slow, fast] = nodes(&database).await?;
            for (at, other) in [slow, fast].iter().enumerate() {
                let (lease, holder) = ([format!("relay {at}")], right.new_holder(false));
                let held = other.system().hold_leases(&other.new_holder(false), &lease, SHORT_MS).await?;
                let left_ms = held[0].expires_at_ms - other.now_ms();
                assert!(left_ms <= SHORT_MS, "it counts by the database's clock: {left_ms}");
                until("the lease to expire", LIMIT, async || {
                    right.system().hold_leases(&holder, &lease, LONG_MS).await.unwrap().pop()
                })
                .await?;
            }
            Ok(())
        }
    }
}

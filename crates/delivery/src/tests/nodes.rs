//! Several nodes on one database.

use std::collections::BTreeMap;
use std::time::Duration;

use model::event::EventType;
use store::Store;
use tests::{Database, on_each_bus, until};

use super::house::LIMIT;
use super::receiver::Receiver;
use super::{House, MIGRATED, Outcome, Say, quick};
use crate::Settings;

on_each_bus!(MIGRATED: nodes_share_the_shards_and_one_takes_over_from_the_other);

const ENDPOINTS: usize = 6;

/// How many shards each live holder has.
async fn shares(store: &Store) -> Vec<usize> {
    let mut shares: BTreeMap<String, usize> = BTreeMap::new();
    for row in store.system().list_leases().await.unwrap_or_default() {
        if row.live && row.name.starts_with("shard:") {
            *shares.entry(row.holder).or_default() += 1;
        }
    }
    shares.into_values().collect()
}

async fn until_shared(store: &Store, expected: &[usize]) -> Outcome {
    let shared = async || (shares(store).await == expected).then_some(());
    until("the shards to be shared", LIMIT, shared).await
}

async fn nodes_share_the_shards_and_one_takes_over_from_the_other(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let settings = || Settings { alone: false, lease: Duration::from_secs(6), ..quick() };
    let receiver = Receiver::kind().await;
    let mut paths = Vec::new();
    for n in 0..ENDPOINTS {
        paths.push(format!("/{n}"));
        house.endpoint(&receiver.url(&paths[n])).await?;
    }
    let users: Vec<_> = (0..3).map(|_| house.user()).collect();
    let says = |kind| -> Vec<Say> { users.iter().map(|user| house.user_says(kind, *user)).collect() };
    let one = house.node(settings());
    until_shared(&house.store, &[256]).await?;
    let mut ids = house.record(&says(EventType::UserCreated)).await?;

    let other_store = house.another_process(2).await?;
    let other = house.node_on(&other_store, settings());
    until_shared(&house.store, &[128, 128]).await?;
    ids.extend(house.record(&says(EventType::UserUpdated)).await?);
    until("all to be sent", LIMIT, async || settled(&house).await).await?;

    one.shutdown().await;
    until_shared(&house.store, &[256]).await?;
    ids.extend(house.record(&says(EventType::UserUpdated)).await?);
    until("all to be sent", LIMIT, async || settled(&house).await).await?;
    for path in paths {
        let mut came = receiver.events_at(&path);
        for (at, _) in users.iter().enumerate() {
            let of_user: Vec<_> = came
                .iter()
                .filter(|id| ids.iter().position(|other| other == *id).is_some_and(|n| n % 3 == at))
                .collect();
            assert!(of_user.is_sorted(), "{path} {of_user:?}");
        }
        came.sort_unstable();
        assert_eq!(came, ids, "{path}");
    }
    other.shutdown().await;
    Ok(())
}

async fn settled(house: &House) -> Option<()> {
    house.store.system().is_settled(house.environment).await.is_ok_and(|settled| settled).then_some(())
}

/// With ticks that never come: on PostgreSQL processes tell each other.
mod told {
    use std::time::Duration;

    use super::{ENDPOINTS, House, LIMIT, MIGRATED, Outcome, Receiver, Settings, quick, until, until_shared};

    /// Far longer than the test.
    const NEVER: Duration = Duration::from_hours(1);

    mod postgres {
        use super::{
            ENDPOINTS, House, LIMIT, MIGRATED, NEVER, Outcome, Receiver, Settings, quick, until, until_shared,
        };

        /// One process records, one leads the relay and fans out, and each of two owns some of the endpoints.
        #[tokio::test]
        async fn a_commit_of_one_process_is_sent_at_once_by_the_others() -> Outcome {
            let house = House::new(MIGRATED.copy(tests::Kind::Postgres).await?).await?;
            let settings = || Settings { alone: false, tick: NEVER, ..quick() };
            let receiver = Receiver::kind().await;
            let paths: Vec<_> = (0..ENDPOINTS).map(|n| format!("/{n}")).collect();
            for path in &paths {
                house.endpoint(&receiver.url(path)).await?;
            }
            let (one, other) = (house.another_process(2).await?, house.another_process(3).await?);
            let nodes = [house.node_on(&one, settings()), house.node_on(&other, settings())];
            until_shared(&house.store, &[128, 128]).await?;
            let event = house.record_users(1).await?[0];
            let came = async || paths.iter().all(|path| receiver.events_at(path) == [event]).then_some(());
            until("the event to come everywhere", LIMIT, came).await?;
            for node in nodes {
                node.shutdown().await;
            }
            Ok(())
        }
    }
}

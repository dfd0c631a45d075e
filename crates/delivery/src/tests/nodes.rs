//! Several nodes on one database.

use std::collections::BTreeMap;
use std::time::Duration;

use model::event::EventType;
use store::Store;
use tests::{Database, on_each_database, until};

use super::house::LIMIT;
use super::receiver::Receiver;
use super::{House, MIGRATED, Outcome, Say, quick};
use crate::Settings;

on_each_database!(MIGRATED: nodes_share_the_shards_and_one_takes_over_from_the_other);

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
    let other = House::node_on(&other_store, settings());
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

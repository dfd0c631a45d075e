//! Leases, and what a former holder may no longer write.

use model::Timestamp;
use model::delivery::{Attempt, DeliveryState};
use model::id::EventId;
use store::{DeliveryResult, Holder, Lease, Results, Store};
use tests::{Database, on_each_bus};

use super::receiver::Receiver;
use super::{House, MIGRATED, Outcome, quick};
use crate::fanout::Fanout;
use crate::owner::lease_name;

on_each_bus!(
    MIGRATED: a_lease_is_held_by_one_and_its_epoch_rises_with_each_change,
    one_that_is_alone_takes_what_a_killed_process_held,
    results_are_written_under_the_lease_only,
    a_node_without_leases_sends_nothing,
);

const TERM_MS: i64 = 60_000;

async fn hold(store: &Store, holder: &Holder, names: &[&str], term_ms: i64) -> Result<Vec<Lease>, store::Error> {
    let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
    store.system().hold_leases(holder, &names, term_ms).await
}

fn epochs(leases: &[Lease]) -> Vec<(&str, i64)> {
    leases.iter().map(|lease| (lease.name.as_str(), lease.epoch)).collect()
}

async fn a_lease_is_held_by_one_and_its_epoch_rises_with_each_change(database: Database) -> Outcome {
    let House { store, database: _kept, .. } = House::new(database).await?;
    let (one, other) = (store.new_holder(false), store.new_holder(false));
    assert_eq!(epochs(&hold(&store, &one, &["a", "b"], TERM_MS).await?), [("a", 1), ("b", 1)]);
    assert_eq!(epochs(&hold(&store, &other, &["a", "c"], TERM_MS).await?), [("c", 1)]);
    let renewed = hold(&store, &one, &["a", "b"], TERM_MS).await?;
    assert_eq!(epochs(&renewed), [("a", 1), ("b", 1)], "renewing changes nothing");
    assert!(renewed.iter().all(|lease| (lease.expires_at_ms - store.now_ms() - TERM_MS).abs() < 5_000));
    store.system().release_leases(&other, &["a".to_owned()]).await?;
    assert_eq!(hold(&store, &other, &["a"], TERM_MS).await?, [], "only the holder releases");
    store.system().release_leases(&one, &["a".to_owned()]).await?;
    assert_eq!(epochs(&hold(&store, &other, &["a", "b"], TERM_MS).await?), [("a", 2)]);
    // Expired at once: free for the other, and held on by the same holder if nobody took it.
    assert_eq!(epochs(&hold(&store, &one, &["b"], 0).await?), [("b", 1)]);
    assert_eq!(epochs(&hold(&store, &one, &["b"], 0).await?), [("b", 1)]);
    assert_eq!(epochs(&hold(&store, &other, &["b"], TERM_MS).await?), [("b", 2)]);
    let live: Vec<_> = store.system().list_leases().await?.into_iter().filter(|row| row.live).collect();
    assert!(live.len() == 3 && live.iter().all(|row| row.holder == other.name), "{live:?}");
    Ok(())
}

async fn one_that_is_alone_takes_what_a_killed_process_held(database: Database) -> Outcome {
    let House { store, database: _kept, .. } = House::new(database).await?;
    hold(&store, &store.new_holder(false), &["a"], TERM_MS).await?;
    assert_eq!(epochs(&hold(&store, &store.new_holder(true), &["a"], TERM_MS).await?), [("a", 2)]);
    Ok(())
}

/// A pending delivery, its event, and who holds its shard.
struct Scene {
    house: House,
    endpoint: model::endpoint::Endpoint,
    event: EventId,
    holder: Holder,
    lease: Lease,
}

impl Scene {
    async fn new(database: Database) -> anyhow::Result<Self> {
        let house = House::new(database).await?;
        let endpoint = house.endpoint("https://example.com/a").await?;
        let event = house.record_users(1).await?[0];
        let (owner, _owner) = tokio::sync::mpsc::channel(10);
        Fanout::new((&house.store, false), owner, std::sync::Arc::default(), std::sync::Arc::default())
            .run_once()
            .await?;
        let holder = house.store.new_holder(false);
        let name = lease_name(store::shard_of(endpoint.id));
        let lease = hold(&house.store, &holder, &[&name], TERM_MS).await?.remove(0);
        Ok(Self { house, endpoint, event, holder, lease })
    }

    /// The result of an attempt; answers whether it stands.
    async fn write(&self, epoch: i64, number: i64, state: DeliveryState) -> anyhow::Result<bool> {
        let delivery = self.house.delivery_of(self.endpoint.id, self.event).await?;
        let attempt = Attempt {
            id: self.house.store.new_id(number),
            number,
            started_at: Timestamp(number),
            duration_ms: 1,
            status: None,
            error: Some("no".to_owned()),
            response: None,
        };
        let result = DeliveryResult {
            id: delivery.id,
            environment_id: delivery.environment_id,
            lease: self.lease.name.clone(),
            epoch,
            state,
            attempts: number,
            tried_at: Some(Timestamp(1)),
            due_at: Timestamp(2),
            attempt: Some(attempt),
        };
        let results = Results { deliveries: vec![result], ..Results::default() };
        let system = self.house.store.system();
        let written = system.write_results(&self.holder, &results, 5).await?;
        // Written twice is written once.
        assert_eq!(system.write_results(&self.holder, &results, 5).await?, written);
        Ok(written.contains(&delivery.id))
    }

    async fn state(&self) -> anyhow::Result<(DeliveryState, i64, usize)> {
        let delivery = self.house.delivery_of(self.endpoint.id, self.event).await?;
        let attempts = self.house.attempts(&delivery).await?;
        Ok((delivery.state, delivery.attempts, attempts.len()))
    }
}

async fn results_are_written_under_the_lease_only(database: Database) -> Outcome {
    let scene = Scene::new(database).await?;
    let epoch = scene.lease.epoch;
    assert!(!scene.write(epoch + 1, 1, DeliveryState::Delivered).await?, "not this epoch");
    assert_eq!(scene.state().await?, (DeliveryState::Pending, 0, 0));
    assert!(scene.write(epoch, 1, DeliveryState::Pending).await?);
    assert_eq!(scene.state().await?, (DeliveryState::Pending, 1, 1));
    assert!(scene.write(epoch, 2, DeliveryState::Delivered).await?);
    assert!(!scene.write(epoch, 3, DeliveryState::GaveUp).await?, "delivered stays delivered");
    assert_eq!(scene.state().await?, (DeliveryState::Delivered, 2, 2));
    Ok(())
}

async fn a_node_without_leases_sends_nothing(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let names: Vec<_> = (0..=u8::MAX).map(lease_name).collect();
    let dead = house.store.new_holder(false);
    house.store.system().hold_leases(&dead, &names, TERM_MS).await?;
    let receiver = Receiver::kind().await;
    let endpoint = house.endpoint(&receiver.url("/a")).await?;
    let node = house.node(crate::Settings { alone: false, ..quick() });
    let ids = house.record_users(1).await?;
    let mut moves = node.delivery.status().progress.watch();
    while house.deliveries(endpoint.id).await?.is_empty() {
        moves.changed().await?;
    }
    // Its leases end; what waited goes.
    assert_eq!(receiver.received().len(), 0);
    house.store.system().release_leases(&dead, &names).await?;
    house.settled(&node).await?;
    assert_eq!(receiver.events_at("/a"), ids);
    node.shutdown().await;
    Ok(())
}

//! What a new process must not do after one that was killed.

use std::time::{Duration, Instant};

use model::delivery::DeliveryState;
use model::event::EventType;
use tests::{Database, on_each_bus, until};

use super::house::LIMIT;
use super::receiver::{Receiver, Reply};
use super::{House, MIGRATED, Outcome, quick};
use crate::Settings;
use crate::owner::lease_name;

on_each_bus!(
    MIGRATED: it_outwaits_what_a_killed_process_may_have_sent,
    what_was_taken_away_never_comes_again_after_a_restart,
);

/// As one that was killed leaves it: it held all shards, and did not give them up.
async fn killed(house: &House) -> anyhow::Result<String> {
    let names: Vec<_> = (0..=u8::MAX).map(lease_name).collect();
    let dead = house.store.new_holder(false);
    house.store.system().hold_leases(&dead, &names, 60_000).await?;
    Ok(dead.name)
}

async fn until_taken_over(house: &House, from: &str) -> Outcome {
    let taken = async || {
        let leases = house.store.system().list_leases().await.ok()?;
        leases.iter().all(|lease| lease.holder != from).then_some(())
    };
    until("the shards to be taken", LIMIT, taken).await
}

/// Only where something was pending.
async fn it_outwaits_what_a_killed_process_may_have_sent(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let receiver = Receiver::new(|_| Reply::Status(500)).await;
    house.endpoint_for(&receiver.url("/busy"), &[EventType::UserCreated]).await?;
    house.endpoint_for(&receiver.url("/idle"), &[EventType::UserUpdated]).await?;
    let timeout = Duration::from_secs(3);
    let settings = || Settings { request_timeout: timeout, lease: Duration::from_secs(20), ..quick() };
    let node = house.node(settings());
    let pending = house.record_users(1).await?[0];
    receiver.until(|received| !received.is_empty()).await;
    node.shutdown().await;
    let dead = killed(&house).await?;
    receiver.behave(|_| Reply::Status(200));
    let (before, began) = (receiver.received().len(), Instant::now());
    let node = house.node(settings());
    until_taken_over(&house, &dead).await?;
    let news = house.record(&[house.user_says(EventType::UserUpdated, house.user())]).await?[0];
    house.settled(&node).await?;
    let after = |id| receiver.received()[before..].iter().find(|one| one.event_id() == id).map(|one| one.at - began);
    assert!(after(pending).is_some_and(|after| after >= timeout), "{:?}", after(pending));
    assert!(after(news) < after(pending), "{:?}", after(news));
    node.shutdown().await;
    Ok(())
}

async fn what_was_taken_away_never_comes_again_after_a_restart(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let receiver = Receiver::new(|_| Reply::Status(500)).await;
    let endpoint = house.endpoint(&receiver.url("/a")).await?;
    let node = house.node(quick());
    let (user, group) = (house.user(), house.group());
    let added = house.record(&[house.member_says(EventType::MemberAdded, group, user)]).await?[0];
    receiver.until(|received| !received.is_empty()).await;
    node.shutdown().await;
    // Recorded while nobody sends; the next process reads both.
    let deleted = house.record(&[house.user_says(EventType::UserDeleted, user)]).await?[0];
    assert_eq!(house.fan_out().await?, 1);
    let before = receiver.received().len();
    receiver.behave(|received| Reply::Status(if received.before == 0 { 500 } else { 200 }));
    let node = house.node(quick());
    house.settled(&node).await?;
    assert_eq!(house.delivery_of(endpoint.id, added).await?.state, DeliveryState::Superseded);
    assert_eq!(house.delivery_of(endpoint.id, deleted).await?.state, DeliveryState::Delivered);
    let came: Vec<_> = receiver.received()[before..].iter().map(super::receiver::Received::event_id).collect();
    assert_eq!(came, [deleted, deleted]);
    node.shutdown().await;
    Ok(())
}

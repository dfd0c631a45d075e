//! Revocations go first, and what they take away is not sent any more.

use std::time::{Duration, Instant};

use model::delivery::DeliveryState;
use model::event::EventType;
use model::id::EventId;
use tests::{Database, on_each_bus};

use super::receiver::{Receiver, Reply};
use super::{House, MIGRATED, Outcome, quick};
use crate::Settings;

on_each_bus!(MIGRATED: it_passes_a_predecessor_that_fails, it_waits_for_one_in_flight_and_no_longer, it_is_tried_at_an_endpoint_left_alone);

const TIMEOUT: Duration = Duration::from_secs(5);
/// How much longer than that a revocation may take on a busy machine: less than another time-out.
const SLACK: Duration = Duration::from_secs(4);

fn patient() -> Settings {
    Settings { request_timeout: TIMEOUT, lease: Duration::from_secs(20), ..quick() }
}

/// It came so soon after it was recorded, whatever was in flight then.
fn within_a_timeout(receiver: &Receiver, revocation: EventId, recorded: Instant) {
    let came = receiver.received().into_iter().find(|received| received.event_id() == revocation);
    let took = came.map(|came| came.at - recorded);
    assert!(took.is_some_and(|took| took <= TIMEOUT + SLACK), "{took:?}");
}

/// Fails these events and takes the others.
fn failing(ids: &[EventId]) -> impl Fn(&super::receiver::Received) -> Reply + use<> {
    let ids = ids.to_vec();
    move |received| Reply::Status(if ids.contains(&received.event_id()) { 500 } else { 200 })
}

async fn it_passes_a_predecessor_that_fails(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let receiver = Receiver::new(|_| Reply::Status(500)).await;
    let endpoint = house.endpoint(&receiver.url("/a")).await?;
    let node = house.node(patient());
    let (user, group) = (house.user(), house.group());
    let added = house.record(&[house.member_says(EventType::MemberAdded, group, user)]).await?;
    receiver.until(|received| !received.is_empty()).await;
    receiver.behave(failing(&added));
    let recorded = Instant::now();
    let removed = house.record(&[house.member_says(EventType::MemberRemoved, group, user)]).await?;
    house.settled(&node).await?;
    within_a_timeout(&receiver, removed[0], recorded);
    assert_eq!(house.delivery_of(endpoint.id, added[0]).await?.state, DeliveryState::Superseded);
    assert_eq!(house.delivery_of(endpoint.id, removed[0]).await?.state, DeliveryState::Delivered);
    let last = receiver.received().pop().map(|received| received.event_id());
    assert_eq!(last, Some(removed[0]), "no late grant");
    node.shutdown().await;
    Ok(())
}

async fn it_waits_for_one_in_flight_and_no_longer(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let receiver = Receiver::new(|_| Reply::Hang).await;
    let endpoint = house.endpoint(&receiver.url("/a")).await?;
    let node = house.node(patient());
    let (user, group) = (house.user(), house.group());
    let mut grants = house.record(&[house.user_says(EventType::UserCreated, user)]).await?;
    receiver.until(|received| !received.is_empty()).await;
    grants.extend(house.record(&[house.member_says(EventType::MemberAdded, group, user)]).await?);
    let recorded = Instant::now();
    let deleted = house.record(&[house.user_says(EventType::UserDeleted, user)]).await?;
    let revoked = deleted[0];
    receiver.behave(move |received| if received.event_id() == revoked { Reply::Status(200) } else { Reply::Hang });
    house.settled(&node).await?;
    within_a_timeout(&receiver, revoked, recorded);
    assert_eq!(receiver.events_at("/a"), [grants[0], revoked], "what lay below never went");
    assert_eq!(receiver.received().len(), 2, "the one in flight was not sent again");
    for grant in grants {
        assert_eq!(house.delivery_of(endpoint.id, grant).await?.state, DeliveryState::Superseded);
    }
    node.shutdown().await;
    Ok(())
}

/// The breaker is open for a minute: a revocation does not wait for that.
async fn it_is_tried_at_an_endpoint_left_alone(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let receiver = Receiver::new(|_| Reply::Status(500)).await;
    let endpoint = house.endpoint(&receiver.url("/a")).await?;
    let minute = Duration::from_mins(1);
    let breaker = crate::Breaker { failures: 1, first: minute, longest: minute };
    let node = house.node(Settings { breaker, ..quick() });
    let user = house.user();
    let created = house.record(&[house.user_says(EventType::UserCreated, user)]).await?;
    let other = house.record_users(1).await?;
    let attempted =
        async || house.delivery_of(endpoint.id, created[0]).await.is_ok_and(|delivery| delivery.attempts > 0);
    let mut moves = node.delivery.status().progress.watch();
    while !attempted().await {
        moves.changed().await?;
    }
    receiver.behave(|_| Reply::Status(200));
    let deleted = house.record(&[house.user_says(EventType::UserDeleted, user)]).await?;
    house.settled(&node).await?;
    let state = async |id| Ok::<_, anyhow::Error>(house.delivery_of(endpoint.id, id).await?.state);
    assert_eq!(state(created[0]).await?, DeliveryState::Superseded);
    assert_eq!(state(deleted[0]).await?, DeliveryState::Delivered);
    // Its success says that the endpoint is back: all that waited goes.
    assert_eq!(state(other[0]).await?, DeliveryState::Delivered);
    node.shutdown().await;
    Ok(())
}

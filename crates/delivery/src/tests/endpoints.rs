//! Which endpoints hear of what.

use model::delivery::DeliveryState;
use model::endpoint::EndpointStatus;
use model::event::EventType;
use model::query::{Order, PageQuery};
use tests::{Database, on_each_bus};

use super::receiver::{Receiver, Reply};
use super::{House, MIGRATED, Outcome, quick};

on_each_bus!(
    MIGRATED: an_endpoint_hears_from_its_creation_on,
    an_endpoint_hears_what_it_subscribed_to,
    disabled_by_its_owner_it_misses_news_and_the_rest_waits,
    what_is_taken_away_while_it_is_disabled_is_not_granted_when_it_is_enabled,
    gone_it_is_stopped_and_everything_waits,
    a_url_is_unique_until_its_endpoint_is_deleted,
    a_deleted_endpoint_is_swept,
);

async fn an_endpoint_hears_from_its_creation_on(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let receiver = Receiver::kind().await;
    let mut ids = vec![house.record_users(2).await?];
    house.endpoint(&receiver.url("/first")).await?;
    ids.push(house.record_users(2).await?);
    house.endpoint(&receiver.url("/second")).await?;
    // Nothing was fanned out before: positions decide, not the moment.
    let node = house.node(quick());
    house.settled(&node).await?;
    house.endpoint(&receiver.url("/third")).await?;
    ids.push(house.record_users(1).await?);
    house.settled(&node).await?;
    let check = |path: &str, expected: &[_]| {
        let mut came = receiver.events_at(path);
        came.sort_unstable();
        assert_eq!(came, expected.concat(), "{path}");
    };
    check("/first", &ids[1..]);
    check("/second", &ids[2..]);
    check("/third", &ids[2..]);
    node.shutdown().await;
    Ok(())
}

async fn an_endpoint_hears_what_it_subscribed_to(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let receiver = Receiver::kind().await;
    house.endpoint_for(&receiver.url("/a"), &[EventType::UserDeleted]).await?;
    let node = house.node(quick());
    let user = house.user();
    let kinds = [EventType::UserCreated, EventType::UserUpdated, EventType::UserDeleted];
    let ids = house.record(&kinds.map(|kind| house.user_says(kind, user))).await?;
    house.settled(&node).await?;
    assert_eq!(receiver.events_at("/a"), ids[2..]);
    node.shutdown().await;
    Ok(())
}

async fn disabled_by_its_owner_it_misses_news_and_the_rest_waits(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let receiver = Receiver::new(|_| Reply::Status(500)).await;
    let endpoint = house.endpoint(&receiver.url("/a")).await?;
    let node = house.node(quick());
    let waits = house.record_users(1).await?;
    receiver.until(|received| received.len() > 1).await;
    house.set_status(endpoint.id, EndpointStatus::Disabled).await?;
    house.settled(&node).await?;
    house.record_users(2).await?;
    house.settled(&node).await?;
    assert_eq!(house.deliveries(endpoint.id).await?.len(), 1, "news is skipped");
    receiver.behave(|_| Reply::Status(200));
    house.set_status(endpoint.id, EndpointStatus::Enabled).await?;
    let later = house.record_users(1).await?;
    house.settled(&node).await?;
    let mut came = receiver.events_at("/a");
    came.sort_unstable();
    assert_eq!(came, [waits, later].concat());
    node.shutdown().await;
    Ok(())
}

/// Whether fan-out saw the endpoint disabled or, since it lagged, enabled again.
async fn what_is_taken_away_while_it_is_disabled_is_not_granted_when_it_is_enabled(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let receiver = Receiver::new(|_| Reply::Status(500)).await;
    let endpoint = house.endpoint(&receiver.url("/a")).await?.id;
    let bystander = house.endpoint(&receiver.url("/b")).await?.id;
    house.set_status(bystander, EndpointStatus::Disabled).await?;
    let node = house.node(quick());
    let (group, users) = (house.group(), [house.user(), house.user()]);
    let says = |kind, user: usize| [house.member_says(kind, group, users[user])];
    let mut grants = house.record(&says(EventType::MemberAdded, 0)).await?;
    grants.extend(house.record(&says(EventType::MemberAdded, 1)).await?);
    receiver.until(|all| grants.iter().all(|id| all.iter().any(|one| one.event_id() == *id))).await;
    house.set_status(endpoint, EndpointStatus::Disabled).await?;
    let mut removals = house.record(&says(EventType::MemberRemoved, 0)).await?;
    house.record_users(1).await?;
    house.settled(&node).await?;
    assert_eq!(house.deliveries(endpoint).await?.len(), 3, "other news is skipped");
    node.shutdown().await;
    removals.extend(house.record(&says(EventType::MemberRemoved, 1)).await?);
    house.set_status(endpoint, EndpointStatus::Enabled).await?;
    house.set_status(bystander, EndpointStatus::Enabled).await?;
    assert_eq!(house.fan_out().await?, 1, "what lagged is of before it was enabled");
    let before = receiver.received().len();
    receiver.behave(|_| Reply::Status(200));
    let node = house.node(quick());
    house.settled(&node).await?;
    let mut came: Vec<_> = receiver.received()[before..].iter().map(super::receiver::Received::event_id).collect();
    came.sort_unstable();
    assert_eq!(came, removals, "no grant");
    for grant in grants {
        assert_eq!(house.delivery_of(endpoint, grant).await?.state, DeliveryState::Superseded);
    }
    assert_eq!(house.deliveries(bystander).await?, [], "where nothing is pending nothing can be granted");
    node.shutdown().await;
    Ok(())
}

async fn gone_it_is_stopped_and_everything_waits(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let receiver = Receiver::new(|_| Reply::Status(410)).await;
    let endpoint = house.endpoint(&receiver.url("/a")).await?;
    let node = house.node(quick());
    let mut ids = house.record_users(1).await?;
    house.settled(&node).await?;
    assert_eq!(house.status(endpoint.id).await?, EndpointStatus::Stopped);
    ids.extend(house.record_users(2).await?);
    house.settled(&node).await?;
    let deliveries = house.deliveries(endpoint.id).await?;
    assert!(deliveries.iter().all(|delivery| delivery.state == DeliveryState::Pending), "{deliveries:?}");
    assert_eq!((deliveries.len(), receiver.received().len()), (3, 1));
    receiver.behave(|_| Reply::Status(200));
    house.set_status(endpoint.id, EndpointStatus::Enabled).await?;
    house.settled(&node).await?;
    let mut came = receiver.events_at("/a");
    came.sort_unstable();
    assert_eq!(came, ids, "news was kept");
    node.shutdown().await;
    Ok(())
}

async fn a_url_is_unique_until_its_endpoint_is_deleted(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let first = house.endpoint("https://example.com/a").await?;
    let error = house.endpoint("https://example.com/a").await.unwrap_err();
    assert!(matches!(error.downcast_ref(), Some(store::Error::Conflict(_))), "{error:?}");
    assert!(house.delete_endpoint(first.id).await?);
    assert!(!house.delete_endpoint(first.id).await?);
    let second = house.endpoint("https://example.com/a").await?;
    let reader = house.store.environment(house.environment);
    assert_eq!(reader.find_endpoint(first.id).await?, None);
    assert_eq!(reader.find_endpoint(second.id).await?.as_ref(), Some(&second));
    let query = PageQuery { limit: 10, order: Order::Newest, before: None, after: None };
    assert_eq!(reader.list_endpoints(query).await?.items, [second]);
    assert_eq!(house.store.environment(house.store.new_id(0)).list_endpoints(query).await?.items, []);
    Ok(())
}

async fn a_deleted_endpoint_is_swept(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let receiver = Receiver::new(|_| Reply::Status(500)).await;
    let endpoint = house.endpoint(&receiver.url("/a")).await?;
    let node = house.node(quick());
    house.record_users(5).await?;
    receiver.until(|received| received.len() > 5).await;
    node.shutdown().await;
    let delivery = house.deliveries(endpoint.id).await?.remove(0);
    assert!(!house.attempts(&delivery).await?.is_empty());
    assert!(house.delete_endpoint(endpoint.id).await?);
    let system = house.store.system();
    while system.sweep_endpoints(2).await? {}
    assert_eq!(house.deliveries(endpoint.id).await?, []);
    assert_eq!(house.attempts(&delivery).await?, []);
    assert_eq!(system.backlog().await?.pending, 0);
    Ok(())
}

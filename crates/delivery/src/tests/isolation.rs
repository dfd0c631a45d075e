//! An endpoint that is in trouble troubles no other.

use model::delivery::DeliveryState;
use model::event::EventType;
use tests::{Database, on_each_bus};

use super::receiver::{Receiver, Reply};
use super::{House, MIGRATED, Outcome, Say, quick};

on_each_bus!(MIGRATED: one_whose_secret_does_not_open_stops_no_other, a_healthy_endpoint_gets_everything_in_order_while_others_hang_and_fail);

const USERS: usize = 20;
const CHANGES: usize = 5;

async fn a_healthy_endpoint_gets_everything_in_order_while_others_hang_and_fail(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let receiver = Receiver::new(|received| match received.path.as_str() {
        "/hangs" => Reply::Hang,
        "/fails" => Reply::Status(500),
        _ => Reply::Status(200),
    })
    .await;
    let mut endpoints = Vec::new();
    for path in ["/hangs", "/healthy", "/fails"] {
        endpoints.push(house.endpoint(&receiver.url(path)).await?);
    }
    let node = house.node(quick());
    let users: Vec<_> = (0..USERS).map(|_| house.user()).collect();
    let mut by_user = vec![Vec::new(); USERS];
    for change in 0..CHANGES {
        let kind = if change == 0 { EventType::UserCreated } else { EventType::UserUpdated };
        let says: Vec<Say> = users.iter().map(|user| house.user_says(kind, *user)).collect();
        let ids = house.record(&says).await?;
        by_user.iter_mut().zip(ids).for_each(|(events, id)| events.push(id));
    }
    receiver.until(|all| all.iter().filter(|one| one.path == "/healthy").count() >= USERS * CHANGES).await;
    let came = receiver.events_at("/healthy");
    assert_eq!(came.len(), USERS * CHANGES);
    for events in by_user {
        let in_order: Vec<_> = came.iter().filter(|id| events.contains(id)).copied().collect();
        assert_eq!(in_order, events);
    }
    for endpoint in [&endpoints[0], &endpoints[2]] {
        let deliveries = house.deliveries(endpoint.id).await?;
        assert!(deliveries.iter().all(|delivery| delivery.state == DeliveryState::Pending), "{deliveries:?}");
    }
    node.shutdown().await;
    Ok(())
}

/// It was sealed for another endpoint, or under another key.
async fn one_whose_secret_does_not_open_stops_no_other(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let receiver = Receiver::kind().await;
    let broken = house.endpoint(&receiver.url("/broken")).await?.id;
    let healthy = house.endpoint(&receiver.url("/healthy")).await?.id;
    let swap = format!(
        "UPDATE endpoints SET secret = (SELECT secret FROM endpoints WHERE id = '{healthy}') WHERE id = '{broken}'"
    );
    house.database.execute(&swap).await?;
    // Both wait from before, so that one order reads both.
    let ids = house.record_users(2).await?;
    let node = house.node(quick());
    receiver.until(|received| received.len() >= 2).await;
    let mut came = receiver.events_at("/healthy");
    came.sort_unstable();
    assert_eq!((came, receiver.at("/broken").len()), (ids, 0));
    let deliveries = house.deliveries(broken).await?;
    assert!(deliveries.len() == 2 && deliveries.iter().all(|delivery| delivery.state == DeliveryState::Pending));
    node.shutdown().await;
    Ok(())
}

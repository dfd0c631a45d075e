//! What is sent, and what is kept of it.

use anyhow::{Context, anyhow};
use model::delivery::DeliveryState;
use model::event::EventType;
use model::webhook::{SIGNATURE_HEADER, verify};
use tests::{Database, on_each_bus};

use super::receiver::{Receiver, Reply};
use super::{House, MIGRATED, Outcome, quick};

on_each_bus!(MIGRATED: an_event_is_sent_signed_and_written, a_commit_is_sent_in_order, what_is_left_is_sent_after_a_restart);

async fn an_event_is_sent_signed_and_written(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let receiver = Receiver::new(|_| Reply::With(201, "", "thanks\0".to_owned())).await;
    let endpoint = house.endpoint(&receiver.url("/a")).await?;
    let node = house.node(quick());
    let ids = house.record_users(1).await?;
    house.settled(&node).await?;
    let [request] = receiver.at("/a").try_into().map_err(|_| anyhow!("not one request"))?;
    assert_eq!(request.event_id(), ids[0]);
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert!(request.header("user-agent").is_some_and(|agent| agent.starts_with("Rollcall/")));
    let signature = request.header(SIGNATURE_HEADER).context("not signed")?;
    verify("whsec_test", signature, &request.body, house.store.clock_ms())?;
    let delivery = house.delivery_of(endpoint.id, ids[0]).await?;
    assert_eq!((delivery.state, delivery.attempts), (DeliveryState::Delivered, 1));
    assert_eq!(request.header("rollcall-delivery-id"), Some(delivery.id.to_string().as_str()));
    assert_eq!(request.header("rollcall-attempt"), Some("1"));
    let [attempt] = house.attempts(&delivery).await?.try_into().map_err(|_| anyhow!("not one attempt"))?;
    assert_eq!((attempt.number, attempt.status, attempt.error), (1, Some(201), None));
    assert_eq!(attempt.response.as_deref(), Some("thanks\u{fffd}"));
    node.shutdown().await;
    Ok(())
}

/// Of one resource strictly, and as many at once of different ones.
async fn a_commit_is_sent_in_order(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let receiver = Receiver::kind().await;
    house.endpoint(&receiver.url("/a")).await?;
    let node = house.node(quick());
    let user = house.user();
    let says = std::iter::once(EventType::UserCreated).chain(std::iter::repeat_n(EventType::UserUpdated, 19));
    let says: Vec<_> = says.map(|kind| house.user_says(kind, user)).collect();
    let ids = house.record(&says).await?;
    house.settled(&node).await?;
    assert_eq!(receiver.events_at("/a"), ids);
    assert_eq!(receiver.received().len(), ids.len(), "each once");
    node.shutdown().await;
    Ok(())
}

async fn what_is_left_is_sent_after_a_restart(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let receiver = Receiver::new(|_| Reply::Status(503)).await;
    house.endpoint(&receiver.url("/a")).await?;
    let node = house.node(quick());
    let mut ids = house.record_users(3).await?;
    receiver.until(|received| received.len() > 3).await;
    node.shutdown().await;
    // Nobody is there: neither relay nor fan-out.
    ids.extend(house.record_users(3).await?);
    receiver.behave(|_| Reply::Status(200));
    let node = house.node(quick());
    house.settled(&node).await?;
    let mut came = receiver.events_at("/a");
    came.sort_unstable();
    assert_eq!(came, ids);
    node.shutdown().await;
    Ok(())
}

//! Endpoints that fail, each in its way.

use anyhow::Context;
use std::time::Duration;

use model::delivery::DeliveryState;
use model::endpoint::EndpointStatus;
use tests::{Database, on_each_bus};

use super::receiver::{Receiver, Reply};
use super::{House, MIGRATED, Outcome, quick};
use crate::Schedule;

on_each_bus!(
    MIGRATED: a_failure_is_tried_again_and_every_attempt_is_kept,
    what_fails_for_too_long_is_given_up_and_the_lane_goes_on,
    retry_after_is_honoured,
    a_refused_address_is_never_connected_to,
    an_endpoint_that_fails_for_too_long_is_stopped_until_it_is_enabled,
    a_success_ends_what_would_have_stopped_an_endpoint,
);

async fn a_failure_is_tried_again_and_every_attempt_is_kept(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let answers = |before| match before {
        0 => Reply::With(500, "", "sorry".to_owned()),
        1 => Reply::Hang,
        2 => Reply::Close,
        3 => Reply::With(302, "location: /elsewhere\r\n", String::new()),
        4 => Reply::Status(404),
        _ => Reply::Status(204),
    };
    let receiver = Receiver::new(move |received| answers(received.before)).await;
    let endpoint = house.endpoint(&receiver.url("/a")).await?;
    let node = house.node(quick());
    let ids = house.record_users(1).await?;
    house.settled(&node).await?;
    let delivery = house.delivery_of(endpoint.id, ids[0]).await?;
    assert_eq!((delivery.state, delivery.attempts), (DeliveryState::Delivered, 6));
    let attempts = house.attempts(&delivery).await?;
    let told: Vec<_> =
        attempts.iter().map(|attempt| (attempt.number, attempt.status, attempt.error.as_deref())).collect();
    let expected = [
        (1, Some(500), None),
        (2, None, Some("the request timed out")),
        (3, None, Some("the connection broke before the answer")),
        (4, Some(302), Some("redirects are not followed")),
        (5, Some(404), None),
        (6, Some(204), None),
    ];
    assert_eq!(told, expected);
    assert_eq!(attempts[0].response.as_deref(), Some("sorry"));
    assert_eq!(receiver.at("/elsewhere").len(), 0);
    let signatures: std::collections::BTreeSet<_> =
        receiver.received().iter().map(|received| received.header("workos-signature").map(str::to_owned)).collect();
    assert_eq!(signatures.len(), 6, "signed anew each time");
    node.shutdown().await;
    Ok(())
}

async fn what_fails_for_too_long_is_given_up_and_the_lane_goes_on(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let user = house.user();
    let kinds = [model::event::EventType::UserCreated, model::event::EventType::UserUpdated];
    let receiver = Receiver::kind().await;
    let endpoint = house.endpoint(&receiver.url("/a")).await?;
    let ids = house.record(&kinds.map(|kind| house.user_says(kind, user))).await?;
    let first = ids[0];
    receiver.behave(move |received| Reply::Status(if received.event_id() == first { 422 } else { 200 }));
    let span = Duration::from_millis(150);
    let node = house.node(crate::Settings { schedule: Schedule { span, ..quick().schedule }, ..quick() });
    house.settled(&node).await?;
    assert_eq!(house.delivery_of(endpoint.id, ids[0]).await?.state, DeliveryState::GaveUp);
    assert_eq!(house.delivery_of(endpoint.id, ids[1]).await?.state, DeliveryState::Delivered);
    assert_eq!(receiver.events_at("/a"), ids, "the later one waited until the first was given up");
    let last = receiver.received().pop().map(|received| received.event_id());
    assert_eq!(last, Some(ids[1]));
    node.shutdown().await;
    Ok(())
}

async fn retry_after_is_honoured(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let receiver = Receiver::new(|_| Reply::With(503, "retry-after: 1800\r\n", String::new())).await;
    let endpoint = house.endpoint(&receiver.url("/a")).await?;
    let node = house.node(quick());
    let ids = house.record_users(1).await?;
    let mut moves = node.delivery.status().progress.watch();
    let tried = loop {
        match house.delivery_of(endpoint.id, ids[0]).await {
            Ok(delivery) if delivery.attempts > 0 => break delivery,
            _ => moves.changed().await?,
        }
    };
    let (attempts, seconds) = (tried.attempts, (tried.due_at.0 - tried.created_at.0) / 1000);
    assert!(attempts == 1 && (1799..=1802).contains(&seconds), "{attempts} {seconds}");
    node.shutdown().await;
    Ok(())
}

async fn a_refused_address_is_never_connected_to(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let receiver = Receiver::kind().await;
    let port = receiver.url.rsplit_once(':').context("no port")?.1;
    let hosts = ["https://127.0.0.1", "https://localhost", "https://[::ffff:127.0.0.1]", "http://127.0.0.1"];
    let mut endpoints = Vec::new();
    for host in hosts {
        endpoints.push(house.endpoint(&format!("{host}:{port}/a")).await?);
    }
    let span = Duration::from_millis(0);
    let schedule = Schedule { span, ..quick().schedule };
    let node = house.node(crate::Settings { addresses: crate::AddressPolicy::default(), schedule, ..quick() });
    house.record_users(1).await?;
    house.settled(&node).await?;
    let mut errors = Vec::new();
    for endpoint in endpoints {
        let delivery = house.deliveries(endpoint.id).await?.remove(0);
        errors.extend(house.attempts(&delivery).await?.remove(0).error);
    }
    let loopback = "the address is loopback";
    assert_eq!(errors, [loopback, loopback, loopback, "the URL is not https"]);
    assert_eq!(receiver.received().len(), 0);
    node.shutdown().await;
    Ok(())
}

/// Stopped like one that is gone: what it missed waits.
async fn an_endpoint_that_fails_for_too_long_is_stopped_until_it_is_enabled(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let receiver = Receiver::new(|_| Reply::Status(404)).await;
    let endpoint = house.endpoint(&receiver.url("/a")).await?;
    let node = house.node(crate::Settings { stopped_after: Duration::from_millis(300), ..quick() });
    let mut ids = house.record_users(1).await?;
    house.settled(&node).await?;
    assert_eq!(house.status(endpoint.id).await?, EndpointStatus::Stopped);
    let tries = receiver.received().len();
    assert!(tries > 1, "not at the first failure");
    ids.extend(house.record_users(1).await?);
    house.settled(&node).await?;
    assert_eq!((receiver.received().len(), house.deliveries(endpoint.id).await?.len()), (tries, 2));
    // Enabled, it has as long again: one failure does not stop it.
    receiver.behave(move |received| Reply::Status(if received.before == tries { 404 } else { 200 }));
    house.set_status(endpoint.id, EndpointStatus::Enabled).await?;
    house.settled(&node).await?;
    assert_eq!(house.status(endpoint.id).await?, EndpointStatus::Enabled);
    let mut came = receiver.events_at("/a");
    came.sort_unstable();
    assert_eq!(came, ids);
    node.shutdown().await;
    Ok(())
}

/// What is counted survives a restart; what ends it too.
async fn a_success_ends_what_would_have_stopped_an_endpoint(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let receiver = Receiver::new(|received| Reply::Status(if received.before == 0 { 500 } else { 200 })).await;
    let endpoint = house.endpoint(&receiver.url("/a")).await?;
    let settings = || crate::Settings { stopped_after: Duration::ZERO, ..quick() };
    let node = house.node(quick());
    house.record_users(1).await?;
    house.settled(&node).await?;
    node.shutdown().await;
    // It fails at once, and a success lies between: the first failure since does not stop it, the second does.
    let node = house.node(settings());
    house.record_users(1).await?;
    house.settled(&node).await?;
    assert_eq!(house.status(endpoint.id).await?, EndpointStatus::Enabled);
    receiver.behave(|received| Reply::Status(if received.before < 2 { 500 } else { 200 }));
    house.record_users(1).await?;
    house.settled(&node).await?;
    assert_eq!(house.status(endpoint.id).await?, EndpointStatus::Stopped);
    node.shutdown().await;
    Ok(())
}

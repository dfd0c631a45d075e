//! Backlogs that are larger than what memory holds.

use model::delivery::DeliveryState;
use model::endpoint::EndpointStatus;
use model::event::EventType;
use tests::{Database, on_each_bus};

use super::receiver::{Receiver, Reply};
use super::{House, MIGRATED, Outcome, Say, quick};

on_each_bus!(MIGRATED: a_backlog_beyond_the_window_is_worked_off_in_order, a_revocation_beyond_the_window_goes_first, a_thousand_refused_events_hold_up_nobody_elses);

/// Three times what a window first holds.
const USERS: usize = 500;
const CHANGES: usize = 6;

/// An endpoint that was stopped while this was recorded.
async fn backlog(house: &House, url: &str, commits: &[Vec<Say>]) -> anyhow::Result<model::id::EndpointId> {
    let endpoint = house.endpoint(url).await?.id;
    house.set_status(endpoint, EndpointStatus::Stopped).await?;
    for says in commits {
        house.record(says).await?;
    }
    Ok(endpoint)
}

fn changes(house: &House, users: &[model::id::UserId]) -> Vec<Vec<Say>> {
    let kind = |change| if change == 0 { EventType::UserCreated } else { EventType::UserUpdated };
    let commit = |change| users.iter().map(|user| house.user_says(kind(change), *user)).collect();
    (0..CHANGES).map(commit).collect()
}

async fn a_backlog_beyond_the_window_is_worked_off_in_order(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let receiver = Receiver::kind().await;
    let users: Vec<_> = (0..USERS).map(|_| house.user()).collect();
    let endpoint = backlog(&house, &receiver.url("/a"), &changes(&house, &users)).await?;
    let node = house.node(quick());
    house.settled(&node).await?;
    house.set_status(endpoint, EndpointStatus::Enabled).await?;
    // News while it is being worked off.
    let news: Vec<_> = users.iter().map(|user| house.user_says(EventType::UserUpdated, *user)).collect();
    house.record(&news).await?;
    house.settled(&node).await?;
    let deliveries = house.deliveries(endpoint).await?;
    assert_eq!(deliveries.len(), USERS * (CHANGES + 1));
    assert!(deliveries.iter().all(|delivery| delivery.state == DeliveryState::Delivered));
    assert_eq!(receiver.received().len(), deliveries.len(), "each once");
    // Event ids rise in the order of recording, and each user's events came in that order.
    let came = receiver.events_at("/a");
    let mut sorted = came.clone();
    sorted.sort_unstable();
    for user in 0..USERS {
        let of_user = |id: &_| sorted.binary_search(id).is_ok_and(|at| at % USERS == user);
        let events: Vec<_> = came.iter().filter(|id| of_user(id)).collect();
        assert!(events.len() == CHANGES + 1 && events.is_sorted());
    }
    node.shutdown().await;
    Ok(())
}

async fn a_revocation_beyond_the_window_goes_first(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let receiver = Receiver::new(|_| Reply::Status(500)).await;
    let users: Vec<_> = (0..USERS).map(|_| house.user()).collect();
    let mut commits = changes(&house, &users);
    let kept = house.user();
    commits.push(vec![house.user_says(EventType::UserCreated, kept)]);
    commits.push(users.iter().map(|user| house.user_says(EventType::UserDeleted, *user)).collect());
    let endpoint = backlog(&house, &receiver.url("/a"), &commits).await?;
    receiver.behave(|_| Reply::Status(200));
    let node = house.node(quick());
    house.settled(&node).await?;
    house.set_status(endpoint, EndpointStatus::Enabled).await?;
    house.settled(&node).await?;
    let deliveries = house.deliveries(endpoint).await?;
    let count = |state| deliveries.iter().filter(|delivery| delivery.state == state).count();
    assert_eq!((count(DeliveryState::Delivered), count(DeliveryState::Superseded)), (USERS + 1, USERS * CHANGES));
    assert_eq!(receiver.received().len(), USERS + 1, "no grant was sent, in memory or not");
    node.shutdown().await;
    Ok(())
}

/// They rest for days, and one more than a window first holds.
async fn a_thousand_refused_events_hold_up_nobody_elses(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let created = |_| house.user_says(EventType::UserCreated, house.user());
    let receiver = Receiver::kind().await;
    let endpoint = backlog(&house, &receiver.url("/a"), &[]).await?;
    // Successes first, that many may go at once.
    let mut accepted = house.record(&(0..40).map(created).collect::<Vec<_>>()).await?;
    house.record(&(0..1_001).map(created).collect::<Vec<_>>()).await?;
    accepted.extend(house.record(&[created(0)]).await?);
    let last = accepted[40];
    receiver.behave(move |received| Reply::Status(if accepted.contains(&received.event_id()) { 200 } else { 422 }));
    let hours = std::time::Duration::from_hours(12);
    let schedule = crate::Schedule { first: hours, longest: hours, span: 6 * hours, ..quick().schedule };
    let node = house.node(crate::Settings { schedule, ..quick() });
    house.set_status(endpoint, EndpointStatus::Enabled).await?;
    receiver.until(|received| received.iter().any(|one| one.event_id() == last)).await;
    node.shutdown().await;
    Ok(())
}

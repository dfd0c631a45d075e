//! A request that comes too late is not made.

use std::sync::Arc;

use tests::{Database, on_each_database};
use tokio::sync::mpsc;

use super::{Request, Sender};
use crate::http::Client;
use crate::owner::Message;
use crate::tests::receiver::Receiver;
use crate::tests::{House, MIGRATED, Outcome, quick};

on_each_database!(MIGRATED: what_might_outlast_the_lease_is_not_sent);

async fn what_might_outlast_the_lease_is_not_sent(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let receiver = Receiver::kind().await;
    let endpoint = Arc::new(house.endpoint(&receiver.url("/a")).await?);
    let event_id = house.record_users(1).await?[0];
    let (owner, mut messages) = mpsc::channel(9);
    let client = Client::new(quick().addresses, quick().request_timeout)?;
    let sender = |send_by_ms| {
        let (client, store, owner, endpoint) =
            (client.clone(), house.store.clone(), owner.clone(), Arc::clone(&endpoint));
        Arc::new(Sender { client, store, owner, endpoint, life: 1, send_by_ms })
    };
    let request = Request { id: house.store.new_id(0), event_id, attempt: 1 };
    let now_ms = house.store.now_ms();
    sender(now_ms - 1).send(request, "{}".to_owned()).await;
    // Nor does it wait for the body for ever.
    sender(now_ms - 1).read_and_send(vec![request]).await;
    for _ in 0..2 {
        let told = messages.recv().await;
        assert!(matches!(told, Some(Message::Unsent { deliveries, .. }) if deliveries == [request.id]));
    }
    assert_eq!(receiver.received().len(), 0);
    sender(now_ms + 60_000).read_and_send(vec![request]).await;
    assert!(matches!(messages.recv().await, Some(Message::Answered(_))));
    assert_eq!(receiver.received().len(), 1);
    Ok(())
}

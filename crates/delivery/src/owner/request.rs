//! One request, in a task of its own.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use model::Timestamp;
use model::endpoint::Endpoint;
use model::id::{DeliveryId, EventId};
use store::Store;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

use super::{Answered, Message};
use crate::http::{Answer, Client, Outgoing};

/// A delivery to be sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Request {
    pub(super) id: DeliveryId,
    pub(super) event_id: EventId,
    pub(super) attempt: i64,
}

/// What the requests that start together have in common.
pub(super) struct Sender {
    pub(super) client: Client,
    pub(super) store: Store,
    pub(super) owner: mpsc::Sender<Message>,
    pub(super) endpoint: Arc<Endpoint>,
    pub(super) life: u64,
    /// By [`Store::now_ms`]: begun later, the request might outlast the lease.
    pub(super) send_by_ms: i64,
}

impl Sender {
    /// Sends it, if there is still time to.
    pub(super) async fn send(self: Arc<Self>, request: Request, body: String) {
        let started_at = Timestamp(self.store.now_ms());
        if started_at.0 > self.send_by_ms {
            return self.unsent(vec![request]).await;
        }
        let began = Instant::now();
        let outgoing = Outgoing {
            url: &self.endpoint.url,
            secret: self.endpoint.secret.reveal(),
            body,
            delivery: request.id.to_string(),
            attempt: request.attempt,
            now_ms: self.store.clock_ms(),
        };
        let answer = self.client.send(outgoing).await;
        let duration_ms = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.answer(request, started_at, duration_ms, answer).await;
    }

    /// For events whose bodies are not at hand: one statement for all of them.
    pub(super) async fn read_and_send(self: Arc<Self>, requests: Vec<Request>) {
        let ids: BTreeSet<_> = requests.iter().map(|request| request.event_id).collect();
        let system = self.store.system();
        let Ok(Ok(mut bodies)) = timeout(self.time_left(), system.event_bodies(&ids)).await else {
            return self.unsent(requests).await;
        };
        for request in requests {
            match bodies.remove(&request.event_id) {
                Some(body) => drop(tokio::spawn(Arc::clone(&self).send(request, body))),
                None => self.answer(request, Timestamp(self.store.now_ms()), 0, Answer::unkept()).await,
            }
        }
    }

    fn time_left(&self) -> Duration {
        let left_ms = self.send_by_ms.saturating_sub(self.store.now_ms());
        Duration::from_millis(u64::try_from(left_ms).unwrap_or(0))
    }

    async fn unsent(&self, requests: Vec<Request>) {
        let deliveries = requests.iter().map(|request| request.id).collect();
        self.tell(Message::Unsent { endpoint_id: self.endpoint.id, life: self.life, deliveries }).await;
    }

    async fn answer(&self, request: Request, started_at: Timestamp, duration_ms: i64, answer: Answer) {
        let (endpoint_id, life) = (self.endpoint.id, self.life);
        let answered = Answered { endpoint_id, life, delivery_id: request.id, started_at, duration_ms, answer };
        self.tell(Message::Answered(answered)).await;
    }

    /// An owner that has ended need not hear: its results are nobody's.
    async fn tell(&self, message: Message) {
        _ = self.owner.send(message).await;
    }
}

#[cfg(test)]
mod tests;

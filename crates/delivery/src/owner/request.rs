//! One request, in a task of its own.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::Timestamp;
use model::endpoint::Endpoint;
use model::id::{DeliveryId, EventId};
use store::Store;
use tokio::sync::mpsc;
use tokio::time::Instant;

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
}

impl Sender {
    pub(super) async fn send(self: Arc<Self>, request: Request, body: String) {
        let started_at = Timestamp(self.store.now_ms());
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
        let Ok(mut bodies) = self.store.system().event_bodies(&ids).await else {
            let deliveries = requests.iter().map(|request| request.id).collect();
            let unsent = Message::Unsent { endpoint_id: self.endpoint.id, life: self.life, deliveries };
            return self.tell(unsent).await;
        };
        for request in requests {
            match bodies.remove(&request.event_id) {
                Some(body) => drop(tokio::spawn(Arc::clone(&self).send(request, body))),
                None => self.answer(request, Timestamp(self.store.now_ms()), 0, Answer::unkept()).await,
            }
        }
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

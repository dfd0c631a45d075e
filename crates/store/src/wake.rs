//! Waking those who wait for news: what was committed, told inside the process.

use std::sync::Arc;

use model::event::Event;
use model::id::EndpointId;
use tokio::sync::broadcast;

/// How many wake-ups a slow listener may lag behind before it must look at the log instead.
const BACKLOG: usize = 1024;
/// How many events one wake-up carries; a larger commit says only that there is one.
pub const MAX_CARRIED: usize = 1000;

/// What a commit did, in the order of positions.
#[derive(Debug, Clone)]
pub enum News {
    /// These events, with the position of the first: everything of this environment in this commit.
    Events { first_position: i64, events: Arc<[Event]> },
    /// This endpoint was created, changed or deleted.
    Endpoint(EndpointId),
    /// Something that is not carried: look at the log, or at the state.
    Look,
}

/// Listens for [`News`]. A listener that lags misses some: on [`None`] of carried events the log is the truth.
pub struct Listener(broadcast::Receiver<News>);

impl Listener {
    /// Waits for the next wake-up; having lagged counts as [`News::Look`]. `None`: the store is gone.
    pub async fn next(&mut self) -> Option<News> {
        match self.0.recv().await {
            Ok(news) => Some(news),
            Err(broadcast::error::RecvError::Lagged(_)) => Some(News::Look),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }

    /// The next wake-up, if there is one already.
    pub fn try_next(&mut self) -> Option<News> {
        match self.0.try_recv() {
            Ok(news) => Some(news),
            Err(broadcast::error::TryRecvError::Lagged(_)) => Some(News::Look),
            Err(broadcast::error::TryRecvError::Empty | broadcast::error::TryRecvError::Closed) => None,
        }
    }
}

pub(crate) struct Wake(broadcast::Sender<News>);

impl Wake {
    pub(crate) fn new() -> Self {
        Self(broadcast::Sender::new(BACKLOG))
    }

    pub(crate) fn listen(&self) -> Listener {
        Listener(self.0.subscribe())
    }

    pub(crate) fn raise(&self, news: News) {
        // Nobody listening is fine: workers tick besides.
        drop(self.0.send(news));
    }
}

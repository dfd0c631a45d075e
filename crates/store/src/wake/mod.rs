//! Waking those who wait for news: what was committed, told inside the process, and to others that something was.

mod others;

use std::sync::Arc;

use model::event::Event;
use model::id::EndpointId;
use tokio::sync::broadcast;

pub(crate) use others::Others;
use others::Word;

/// How many wake-ups a slow listener may lag behind before it must look at the log instead.
const BACKLOG: usize = 1024;
/// How many events one wake-up carries; a larger commit says only that there is one.
pub const MAX_CARRIED: usize = 1000;
/// And how many bytes of them: as many wake-ups as may lag hold 256 MiB.
pub const MAX_CARRIED_BYTES: usize = 256 * 1024;

/// What a commit did, in the order of positions.
#[derive(Debug, Clone)]
pub enum News {
    /// These events, with the position of the first: everything of this environment in this commit.
    Events { first_position: i64, events: Arc<[Event]> },
    /// This endpoint was created, changed or deleted.
    Endpoint(EndpointId),
    /// Something that is not carried, or that another process did: look at the log, or at the state.
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

pub(crate) struct Wake {
    news: broadcast::Sender<News>,
    /// None on SQLite: there is one process.
    others: Option<Others>,
}

impl Wake {
    pub(crate) fn new(others: Option<Others>) -> Self {
        Self { news: broadcast::Sender::new(BACKLOG), others }
    }

    pub(crate) fn listen(&self) -> Listener {
        if let Some(others) = &self.others {
            others.hear(&self.news);
        }
        Listener(self.news.subscribe())
    }

    pub(crate) fn raise(&self, news: News) {
        self.tell_others(match news {
            News::Endpoint(id) => Word::Endpoint(id),
            News::Events { .. } | News::Look => Word::Look,
        });
        // Nobody listening is fine: workers tick besides.
        drop(self.news.send(news));
    }

    /// What this process learns in another way: the owners of endpoints elsewhere look for it.
    pub(crate) fn raise_elsewhere(&self) {
        self.tell_others(Word::Look);
    }

    fn tell_others(&self, word: Word) {
        if let Some(others) = &self.others {
            others.tell(word);
        }
    }

    pub(crate) fn close(&self) {
        if let Some(others) = &self.others {
            others.close();
        }
    }
}

//! Waking other processes on the same PostgreSQL.
//!
//! After a commit, `NOTIFY` from a connection of its own, outside the write's transaction (inside, it would take a global
//! lock at commit); `LISTEN` on another. Nothing depends on it: what is lost here, a tick finds.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::{Once, OnceLock};
use std::time::Duration;

use model::id::EndpointId;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use sea_orm::sqlx::{self, ConnectOptions, Executor, PgPool};
use tokio::sync::{broadcast, mpsc, watch};
use tokio::time::{sleep, timeout};

use super::News;

const CHANNEL: &str = "rollcall";
/// A process notifies at most once in so long: what happens meanwhile goes with the next.
const PACE: Duration = Duration::from_millis(5);
/// How long after a failure to connect the next try follows.
const RETRY: Duration = Duration::from_secs(1);
/// A line on which nothing was heard for so long is tried: it may be dead.
const QUIET: Duration = Duration::from_secs(15);
/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(5);
/// So many words may wait to be told; who finds no room is told for by those that wait.
const QUEUE: usize = 1024;
/// So many endpoints are named at once (PostgreSQL carries 8,000 bytes); more are found by ticks.
const MAX_NAMED: usize = 100;
/// Stands for [`Word::Look`] among the ids.
const LOOK: &str = "look";

/// What others are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    Look,
    Endpoint(EndpointId),
}

/// The line to the other processes; made when it is first needed.
pub(crate) struct Others {
    url: String,
    /// This process, told from every other by a random name: it does not listen to itself.
    node: String,
    words: OnceLock<mpsc::Sender<Word>>,
    hears: Once,
    ended: watch::Sender<bool>,
}

impl Others {
    pub(crate) fn new(url: String, node: String) -> Self {
        Self { url, node, words: OnceLock::new(), hears: Once::new(), ended: watch::Sender::new(false) }
    }

    /// Tells others soon, and waits for nothing.
    pub(super) fn tell(&self, word: Word) {
        let words = self.words.get_or_init(|| {
            let (words, said) = mpsc::channel(QUEUE);
            tokio::spawn(until_ended(self.ended.subscribe(), tell(self.url.clone(), self.node.clone(), said)));
            words
        });
        _ = words.try_send(word);
    }

    /// From now on, raises as news what others tell.
    pub(super) fn hear(&self, news: &broadcast::Sender<News>) {
        self.hears.call_once(|| {
            let heard = hear(self.url.clone(), self.node.clone(), news.clone());
            tokio::spawn(until_ended(self.ended.subscribe(), heard));
        });
    }

    pub(super) fn close(&self) {
        self.ended.send_replace(true);
    }
}

/// A task ends when the store closes or is gone.
async fn until_ended(mut ended: watch::Receiver<bool>, task: impl Future<Output = ()>) {
    tokio::select! {
        _ = ended.wait_for(|ended| *ended) => {}
        () = task => {}
    }
}

async fn tell(url: String, node: String, mut said: mpsc::Receiver<Word>) {
    let Ok(mut line) = pool(&url) else { return };
    let mut words = Vec::with_capacity(QUEUE);
    while said.recv_many(&mut words, QUEUE).await > 0 {
        let told = sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(payload(&node, &words));
        let pause = match timeout(ANSWER, told.execute(&line)).await {
            Ok(Ok(_)) => PACE,
            _ => {
                // What hangs holds its place in a pool.
                let Ok(new) = pool(&url) else { return };
                line = new;
                RETRY
            }
        };
        words.clear();
        sleep(pause).await;
    }
}

async fn hear(url: String, node: String, news: broadcast::Sender<News>) {
    while let Ok(line) = pool(&url) {
        // Only while there is no connection.
        _ = attend(&line, &node, &news).await;
        sleep(RETRY).await;
        drop(news.send(News::Look));
    }
}

/// Until the line is lost for longer than it takes to connect again.
async fn attend(pool: &PgPool, node: &str, news: &broadcast::Sender<News>) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    loop {
        match timeout(QUIET, listener.try_recv()).await {
            Ok(Ok(Some(told))) => parse(told.payload(), node).into_iter().for_each(|told| drop(news.send(told))),
            // Connected again: what was told meanwhile is lost.
            Ok(Ok(None)) => drop(news.send(News::Look)),
            Ok(Err(error)) => return Err(error),
            Err(_) => {
                let lives = timeout(ANSWER, listener.execute("SELECT 1")).await;
                lives.map_err(|_| sqlx::Error::PoolTimedOut)??;
            }
        }
    }
}

/// One connection. That a notification survives a crash of the database is worth no wait.
fn pool(url: &str) -> Result<PgPool, sqlx::Error> {
    let options: PgConnectOptions = url.parse()?;
    let options = options.application_name("rollcall").options([("synchronous_commit", "off")]);
    let pool = PgPoolOptions::new().max_connections(1).idle_timeout(None).max_lifetime(None).test_before_acquire(false);
    Ok(pool.connect_lazy_with(options.disable_statement_logging()))
}

/// `node word word …`, each word once.
fn payload(node: &str, words: &[Word]) -> String {
    let endpoints = words.iter().filter_map(|word| match word {
        Word::Endpoint(id) => Some(*id),
        Word::Look => None,
    });
    let mut payload = node.to_owned();
    if words.contains(&Word::Look) {
        _ = write!(payload, " {LOOK}");
    }
    for id in endpoints.collect::<BTreeSet<_>>().into_iter().take(MAX_NAMED) {
        _ = write!(payload, " {id}");
    }
    payload
}

/// What another process told; nothing of what `node` itself did. Words of a newer version are passed over.
fn parse(payload: &str, node: &str) -> Vec<News> {
    let mut words = payload.split(' ');
    if words.next() == Some(node) {
        return Vec::new();
    }
    let news = |word: &str| match word {
        LOOK => Some(News::Look),
        id => id.parse().ok().map(News::Endpoint),
    };
    words.filter_map(news).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoints(count: usize) -> Vec<Word> {
        (0..count).map(|at| Word::Endpoint(EndpointId::first_at(i64::try_from(at).unwrap()))).collect()
    }

    #[test]
    fn others_hear_each_word_once_and_the_teller_none() {
        let words = [endpoints(2), vec![Word::Look, Word::Look], endpoints(1)].concat();
        let told = payload("a", &words);
        assert!(parse(&told, "a").is_empty());
        let heard = parse(&told, "b");
        assert!(matches!(heard[..], [News::Look, News::Endpoint(_), News::Endpoint(_)]), "{heard:?}");
        assert!(parse("a word-of-tomorrow", "b").is_empty());
    }

    #[test]
    fn names_endpoints_up_to_the_limit() {
        for (count, named) in [(MAX_NAMED, MAX_NAMED), (MAX_NAMED + 1, MAX_NAMED)] {
            let told = payload("0123456789abcdef", &endpoints(count));
            assert_eq!(parse(&told, "").len(), named);
            assert!(told.len() < 8_000);
        }
    }
}

//! The writer: one task per node that batches the writes of all its directories.
//!
//! It takes what waits, without delay, so that a lone write goes alone and a crowd goes together. It runs in its own task: a
//! client who hangs up aborts nobody.

use std::sync::{Arc, Mutex, PoisonError};

use model::id::IdSource;
use rand::SeedableRng;
use rand::rngs::StdRng;
use store::{Contended, Store};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

use super::batch;
use super::queue::Queue;
use super::request::{Answer, Refusal, Write};
use super::working::Draw;

/// How many writes go into one transaction at most.
pub const MAX_BATCH: usize = 64;
/// How often a write goes back because another node holds its stream, before it waits for the lock.
const MAX_MISSES: u8 = 2;

/// A handle to the writer's queue. Cheap to clone.
#[derive(Clone)]
pub struct Writer(Arc<Shared>);

struct Shared {
    queue: Mutex<Intake>,
    arrived: Notify,
}

struct Intake {
    waiting: Queue<Waiting>,
    closed: bool,
}

struct Waiting {
    write: Write,
    misses: u8,
    answer: oneshot::Sender<Result<Answer, Refusal>>,
}

impl Writer {
    /// Starts the writer. The task ends after [`Writer::close`], when the queue is empty.
    pub fn start(store: Store, seed: [u8; 32]) -> (Self, JoinHandle<()>) {
        let intake = Intake { waiting: Queue::new(), closed: false };
        let writer = Self(Arc::new(Shared { queue: Mutex::new(intake), arrived: Notify::new() }));
        let draw = Draw { ids: IdSource::default(), rng: StdRng::from_seed(seed) };
        let task = tokio::spawn(run(Arc::clone(&writer.0), store, draw));
        (writer, task)
    }

    /// Does a write; the answer comes when it is durable.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`] when the queue is full or the database away: nothing is known to have been done.
    pub async fn write(&self, write: Write) -> Result<Answer, Refusal> {
        let (answer, answered) = oneshot::channel();
        self.0.push(Waiting { write, misses: 0, answer }).map_err(|_| Refusal::Unavailable)?;
        answered.await.unwrap_or(Err(Refusal::Unavailable))
    }

    /// Refuses further writes; those that wait are done.
    pub fn close(&self) {
        self.0.lock().closed = true;
        self.0.arrived.notify_one();
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, Intake> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, waiting: Waiting) -> Result<(), Waiting> {
        let mut intake = self.lock();
        if intake.closed {
            return Err(waiting);
        }
        intake.waiting.push(waiting.write.directory_id, waiting)?;
        self.arrived.notify_one();
        Ok(())
    }

    /// What waits, up to a batch; those that missed too often go alone, to wait for their lock.
    async fn take(&self) -> Option<Vec<Waiting>> {
        loop {
            {
                let mut intake = self.lock();
                if !intake.waiting.is_empty() {
                    return Some(intake.waiting.take(MAX_BATCH));
                }
                if intake.closed {
                    return None;
                }
            }
            self.arrived.notified().await;
        }
    }
}

async fn run(shared: Arc<Shared>, store: Store, mut draw: Draw) {
    while let Some(batch) = shared.take().await {
        let (patient, swift): (Vec<_>, Vec<_>) = batch.into_iter().partition(|waiting| waiting.misses >= MAX_MISSES);
        for (group, contended) in [(swift, Contended::Skip), (patient, Contended::Wait)] {
            if !group.is_empty() {
                together(&shared, &store, &mut draw, group, contended).await;
            }
        }
    }
}

/// One transaction for all; if the database refuses it, one for each.
async fn together(shared: &Shared, store: &Store, draw: &mut Draw, batch: Vec<Waiting>, contended: Contended) {
    let writes: Vec<_> = batch.iter().map(|waiting| waiting.write.clone()).collect();
    match batch::run(store, draw, &writes, contended).await {
        Ok(outcomes) => batch.into_iter().zip(outcomes).for_each(|(waiting, outcome)| give(shared, waiting, outcome)),
        Err(error) if batch.len() > 1 => {
            tracing::warn!(error = %error, writes = batch.len(), "a batch was refused; its writes run one by one");
            for waiting in batch {
                alone(shared, store, draw, waiting).await;
            }
        }
        Err(error) => batch.into_iter().for_each(|waiting| fail(waiting, &error)),
    }
}

async fn alone(shared: &Shared, store: &Store, draw: &mut Draw, waiting: Waiting) {
    match batch::run(store, draw, std::slice::from_ref(&waiting.write), Contended::Wait).await {
        Ok(outcomes) => give(shared, waiting, outcomes.into_iter().next().flatten()),
        Err(error) => fail(waiting, &error),
    }
}

fn fail(waiting: Waiting, error: &store::Error) {
    let source = std::error::Error::source(error).map(ToString::to_string);
    tracing::error!(error = %error, source, directory = %waiting.write.directory_id, "a write failed");
    drop(waiting.answer.send(Err(Refusal::Unavailable)));
}

fn give(shared: &Shared, mut waiting: Waiting, outcome: batch::Outcome) {
    match outcome {
        // The client may have hung up; its write is done all the same.
        Some(answer) => drop(waiting.answer.send(answer)),
        None => {
            waiting.misses += 1;
            let directory = waiting.write.directory_id;
            shared.lock().waiting.push_front(directory, waiting);
        }
    }
}

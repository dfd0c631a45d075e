//! The writer: batches the writes of all the directories of a node.
//!
//! It takes what waits, without delay, so that a lone write goes alone and a crowd goes together. Batches run in tasks of their
//! own: a client who hangs up aborts nobody. On PostgreSQL two run beside each other, over different directories.

use std::collections::HashSet;
use std::slice;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::id::DirectoryId;
use store::{Contended, Store};
use tokio::sync::{Notify, oneshot};
use tokio::task::{JoinHandle, JoinSet};

use super::batch::{self, Outcome};
use super::queue::{Queue, Taken};
use super::request::{Answer, Refusal, Write};
use super::working::Draw;

/// How many writes go into one transaction at most.
pub const MAX_BATCH: usize = 64;
/// Beside a batch that runs, another begins when so many writes wait: few of them do better with the next.
const MIN_BESIDE: usize = 8;
/// How often a write goes back because another node holds its stream, before it waits for the lock, apart from the others.
const MAX_MISSES: u8 = 2;
/// A request that names more rows than this runs apart, so that others need not wait for it.
const MAX_ROWS_TOGETHER: usize = 1000;

/// A handle to the writer's queue. Cheap to clone.
#[derive(Clone)]
pub struct Writer(Arc<Shared>);

struct Shared {
    store: Store,
    queue: Mutex<Intake>,
    changed: Notify,
}

struct Intake {
    waiting: Queue<Waiting>,
    /// How many batches run.
    running: usize,
    closed: bool,
}

struct Waiting {
    write: Write,
    misses: u8,
    answer: oneshot::Sender<Result<Answer, Refusal>>,
}

impl Intake {
    /// How many writes must wait for a batch to begin now.
    fn enough(&self) -> usize {
        if self.running == 0 { 1 } else { MIN_BESIDE }
    }
}

impl Intake {
    /// How many of the directories that wait a batch takes: half of a crowd is left to the batch beside it.
    fn share(&self, batches: u32) -> usize {
        let crowd = self.running == 0 && batches > 1 && self.waiting.ready() >= 2 * MIN_BESIDE;
        if crowd { self.waiting.directories().div_ceil(2) } else { usize::MAX }
    }
}

impl Waiting {
    fn goes_apart(&self) -> bool {
        self.misses >= MAX_MISSES || self.write.request.rows() > MAX_ROWS_TOGETHER
    }
}

impl Writer {
    /// Starts the writer. The task ends after [`Writer::close`], when all that waits is done.
    pub fn start(store: Store, seed: [u8; 32]) -> (Self, JoinHandle<()>) {
        let intake = Intake { waiting: Queue::new(), running: 0, closed: false };
        let writer = Self(Arc::new(Shared { store, queue: Mutex::new(intake), changed: Notify::new() }));
        let task = tokio::spawn(run(Arc::clone(&writer.0), Draw::from_seed(seed)));
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
        self.0.changed.notify_one();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Intake> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, waiting: Waiting) -> Result<(), Waiting> {
        let mut intake = self.lock();
        if intake.closed {
            return Err(waiting);
        }
        intake.waiting.push(waiting.write.directory_id, waiting)?;
        self.changed.notify_one();
        Ok(())
    }

    /// What waits, up to a batch. `None`: closed, and all is done.
    async fn take(&self) -> Option<Taken<Waiting>> {
        loop {
            {
                let mut intake = self.lock();
                if intake.waiting.ready() >= intake.enough() {
                    let directories = intake.share(self.store.batches());
                    let taken = intake.waiting.take(MAX_BATCH, directories, Waiting::goes_apart);
                    intake.running += 1;
                    if intake.waiting.ready() >= intake.enough() {
                        self.changed.notify_one();
                    }
                    return Some(taken);
                }
                if intake.closed && intake.waiting.is_empty() {
                    self.changed.notify_one();
                    return None;
                }
            }
            self.changed.notified().await;
        }
    }

    fn release(&self, directories: impl IntoIterator<Item = DirectoryId>) {
        self.lock().waiting.release(directories);
        self.changed.notify_one();
    }

    /// A batch of these directories is done.
    fn end(&self, directories: HashSet<DirectoryId>) {
        self.lock().running -= 1;
        self.release(directories);
    }

    /// Answers what was done, and puts back what another node held up, in order.
    fn give(&self, batch: Vec<Waiting>, outcomes: Vec<Outcome>) {
        for (mut waiting, outcome) in batch.into_iter().zip(outcomes).rev() {
            match outcome {
                // The client may have hung up; its write is done all the same.
                Some(answer) => drop(waiting.answer.send(answer)),
                None => {
                    waiting.misses += 1;
                    let directory = waiting.write.directory_id;
                    self.lock().waiting.push_front(directory, waiting);
                }
            }
        }
    }
}

async fn run(shared: Arc<Shared>, mut draw: Draw) {
    let lanes = (0..shared.store.batches()).map(|_| run_lane(Arc::clone(&shared), draw.fork()));
    lanes.collect::<JoinSet<()>>().join_all().await;
}

/// One batch after the other.
async fn run_lane(shared: Arc<Shared>, mut draw: Draw) {
    while let Some(Taken { together, apart }) = shared.take().await {
        for waiting in apart {
            tokio::spawn(alone_apart(Arc::clone(&shared), draw.fork(), waiting));
        }
        let directories: HashSet<_> = together.iter().map(|waiting| waiting.write.directory_id).collect();
        if !together.is_empty() {
            run_together(&shared, &mut draw, together).await;
        }
        shared.end(directories);
    }
}

/// On another connection, while other directories go on.
async fn alone_apart(shared: Arc<Shared>, mut draw: Draw, waiting: Waiting) {
    let directory = waiting.write.directory_id;
    alone(&shared, &mut draw, waiting).await;
    shared.release([directory]);
}

/// One transaction for all; if the database refuses it, one for each.
async fn run_together(shared: &Shared, draw: &mut Draw, batch: Vec<Waiting>) {
    let writes: Vec<_> = batch.iter().map(|waiting| waiting.write.clone()).collect();
    match batch::run(&shared.store, draw, &writes, Contended::Skip).await {
        Ok(outcomes) => shared.give(batch, outcomes),
        Err(error) => {
            tracing::warn!(error = %error, writes = batch.len(), "a batch was refused; its writes run one by one");
            for waiting in batch {
                alone(shared, draw, waiting).await;
            }
        }
    }
}

async fn alone(shared: &Shared, draw: &mut Draw, waiting: Waiting) {
    match batch::run(&shared.store, draw, slice::from_ref(&waiting.write), Contended::Wait).await {
        Ok(outcomes) => shared.give(vec![waiting], outcomes),
        Err(error) => {
            let source = std::error::Error::source(&error).map(ToString::to_string);
            tracing::error!(error = %error, source, directory = %waiting.write.directory_id, "a write failed");
            drop(waiting.answer.send(Err(Refusal::Unavailable)));
        }
    }
}

//! The writer: batches the writes of all the directories of a node.
//!
//! It takes what waits, without delay, so that a lone write goes alone and a crowd goes together. Batches run in tasks of their
//! own: a client who hangs up aborts nobody. On PostgreSQL two run beside each other, over different organizations.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::id::OrganizationId;
use store::{Contended, Store};
use tokio::sync::{Notify, oneshot};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, timeout_at};

use super::batch::{Failure, Large, Outcome};
use super::known::Known;
use super::metrics::Metrics;
use super::persist::persist;
use super::queue::{Limits, Queue, Queued, Taken};
use super::request::{Answer, Refusal, Write};
use super::working::Draw;

/// How many writes go into one transaction at most.
pub const MAX_BATCH: usize = 64;
/// Beside a batch that runs, another begins when so many writes wait: few of them do better with the next.
const MIN_BESIDE: usize = 8;
/// How long a lane waits for those whom it has just answered.
const PATIENCE: Duration = Duration::from_millis(1);
/// How often a write goes back because another node holds its stream, before it waits for the lock, apart from the others.
const MAX_MISSES: u8 = 2;
/// A batch touches no more rows than this; a request that does runs apart, so that others need not wait for it.
pub(super) const MAX_ROWS_TOGETHER: usize = 1000;

/// A handle to the writer's queue. Cheap to clone.
#[derive(Clone)]
pub struct Writer(Arc<Shared>);

struct Shared {
    store: Store,
    known: Known,
    metrics: Metrics,
    queue: Mutex<Intake>,
    changed: Notify,
}

struct Intake {
    waiting: Queue<OrganizationId, Waiting>,
    /// How many batches run.
    running: usize,
    closed: bool,
}

struct Waiting {
    write: Write,
    misses: u8,
    /// It has turned out to touch too many rows to share a transaction.
    alone: bool,
    answer: oneshot::Sender<Result<Answer, Refusal>>,
}

impl Intake {
    /// How many writes must wait for a batch to begin now.
    fn enough(&self) -> usize {
        if self.running == 0 { 1 } else { MIN_BESIDE }
    }

    /// What a batch takes: half of a crowd is left to the batch beside it.
    fn limits(&self, batches: usize) -> Limits {
        let free = batches.saturating_sub(self.running).min(self.waiting.ready() / MIN_BESIDE);
        let streams = if free > 1 { self.waiting.streams().div_ceil(free) } else { usize::MAX };
        Limits { writes: MAX_BATCH, rows: MAX_ROWS_TOGETHER, streams }
    }
}

impl Queued for Waiting {
    fn rows(&self) -> usize {
        if self.alone { MAX_ROWS_TOGETHER + 1 } else { self.write.request.rows() }
    }

    fn goes_apart(&self) -> bool {
        self.misses >= MAX_MISSES || self.rows() > MAX_ROWS_TOGETHER
    }
}

impl Writer {
    /// Starts the writer. The task ends after [`Writer::close`], when all that waits is done.
    pub fn start(store: Store, seed: [u8; 32]) -> (Self, JoinHandle<()>) {
        let intake = Intake { waiting: Queue::new(), running: 0, closed: false };
        let writer = Self(Arc::new(Shared {
            store,
            known: Known::default(),
            metrics: Metrics::default(),
            queue: Mutex::new(intake),
            changed: Notify::new(),
        }));
        let task = tokio::spawn(run(Arc::clone(&writer.0), Draw::from_seed(seed)));
        (writer, task)
    }

    /// What it counts.
    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// How many writes wait for a batch.
    pub fn queued(&self) -> usize {
        self.0.lock().waiting.len()
    }

    /// How often a batch found that another node had been there first, and began again.
    pub fn lost_races(&self) -> u64 {
        self.0.known.lost_races()
    }

    /// Does a write; the answer comes when it is durable.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`] when the queue is full or the database away: nothing is known to have been done.
    pub async fn write(&self, write: Write) -> Result<Answer, Refusal> {
        let (answer, answered) = oneshot::channel();
        self.0.push(Waiting { write, misses: 0, alone: false, answer }).map_err(|_| Refusal::Unavailable)?;
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
        intake.waiting.push(waiting.write.organization_id, waiting)?;
        self.changed.notify_one();
        Ok(())
    }

    /// What waits, up to a batch. `None`: closed, and all is done.
    ///
    /// Who was just answered mostly asks again at once: for as many the lane has some patience, since the first of them alone
    /// would make the others wait for a batch of one.
    async fn take(&self, expected: usize) -> Option<Taken<Waiting>> {
        let mut patience = (expected > 1).then(|| Instant::now() + PATIENCE);
        loop {
            {
                let mut intake = self.lock();
                let wanted = if patience.is_some() { intake.enough().max(expected) } else { intake.enough() };
                if intake.waiting.ready() >= wanted {
                    return Some(self.take_from(&mut intake));
                }
                if intake.closed && intake.waiting.is_empty() {
                    self.changed.notify_one();
                    return None;
                }
            }
            match patience {
                Some(end) => patience = timeout_at(end, self.changed.notified()).await.ok().and(patience),
                None => self.changed.notified().await,
            }
        }
    }

    fn take_from(&self, intake: &mut Intake) -> Taken<Waiting> {
        let limits = intake.limits(self.store.batches() as usize);
        let taken = intake.waiting.take(limits);
        intake.running += 1;
        if intake.waiting.ready() >= intake.enough() {
            self.changed.notify_one();
        }
        taken
    }

    /// Answers what was done, and puts back what another node held up, in order.
    fn give(&self, batch: Vec<Waiting>, outcomes: Vec<Outcome>) {
        for (mut waiting, outcome) in batch.into_iter().zip(outcomes).rev() {
            match outcome {
                // The client may have hung up; its write is done all the same.
                Some(answer) => drop(waiting.answer.send(answer)),
                None => {
                    waiting.misses += 1;
                    self.put_back(waiting);
                }
            }
        }
    }

    /// Before all that waits behind it.
    fn put_back(&self, waiting: Waiting) {
        let stream = waiting.write.organization_id;
        self.lock().waiting.push_front(stream, waiting);
    }
}

/// A batch's streams: nobody else writes to them until it is dropped, also by a panic.
struct Held {
    shared: Arc<Shared>,
    organizations: HashSet<OrganizationId>,
    /// Whether it is one of those that run beside each other, and not apart.
    counted: bool,
}

impl Held {
    fn of(shared: &Arc<Shared>, batch: &[Waiting], counted: bool) -> Self {
        let organizations = batch.iter().map(|waiting| waiting.write.organization_id).collect();
        Self { shared: Arc::clone(shared), organizations, counted }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut intake = self.shared.lock();
        intake.running -= usize::from(self.counted);
        intake.waiting.release(self.organizations.drain());
        drop(intake);
        self.shared.changed.notify_one();
    }
}

async fn run(shared: Arc<Shared>, mut draw: Draw) {
    let lanes = (0..shared.store.batches()).map(|_| run_lane(Arc::clone(&shared), draw.fork()));
    lanes.collect::<JoinSet<()>>().join_all().await;
}

/// One batch after the other.
async fn run_lane(shared: Arc<Shared>, mut draw: Draw) {
    let mut expected = 0;
    while let Some(Taken { together, apart }) = shared.take(expected).await {
        expected = together.len() * 3 / 4;
        let _held = Held::of(&shared, &together, true);
        for batch in apart {
            tokio::spawn(run_apart(Arc::clone(&shared), draw.fork(), batch));
        }
        if !together.is_empty() {
            run_batch(&shared, &mut draw, together, Contended::Skip).await;
        }
    }
}

/// On another connection, while other streams go on.
async fn run_apart(shared: Arc<Shared>, mut draw: Draw, batch: Vec<Waiting>) {
    let _held = Held::of(&shared, &batch, false);
    run_batch(&shared, &mut draw, batch, Contended::Wait).await;
}

/// One transaction for all; if the database refuses it, one for each.
async fn run_batch(shared: &Shared, draw: &mut Draw, batch: Vec<Waiting>, contended: Contended) {
    let writes: Vec<_> = batch.iter().map(|waiting| waiting.write.clone()).collect();
    let (store, known, metrics) = (&shared.store, &shared.known, &shared.metrics);
    match persist((store, known, metrics), draw, &writes, contended).await {
        Ok(outcomes) => {
            shared.metrics.batch_done(&outcomes);
            shared.give(batch, outcomes);
        }
        Err(Failure::Large(large)) => part(shared, batch, large),
        Err(Failure::Store(error)) if batch.len() > 1 && error.is_refusal() => {
            tracing::warn!(error = %error, writes = batch.len(), "a batch was refused; its writes run one by one");
            for waiting in batch {
                Box::pin(run_batch(shared, draw, vec![waiting], Contended::Wait)).await;
            }
        }
        Err(Failure::Store(error)) => {
            let source = std::error::Error::source(&error).map(ToString::to_string);
            tracing::error!(error = %error, source, writes = batch.len(), "writes failed");
            shared.metrics.failed.inc_by(batch.len() as u64);
            batch.into_iter().for_each(|waiting| drop(waiting.answer.send(Err(Refusal::Unavailable))));
        }
    }
}

/// Too many rows for one batch: those that may be the cause go alone next time; all of them, where none looks like it.
fn part(shared: &Shared, batch: Vec<Waiting>, large: Large) {
    let is_cause = |waiting: &Waiting| match large {
        Large::Members => waiting.write.request.names_whole_group(),
        Large::Arriving => waiting.write.request.may_be_awaited(),
    };
    let is_found = batch.iter().any(is_cause);
    for mut waiting in batch.into_iter().rev() {
        waiting.alone |= !is_found || is_cause(&waiting);
        shared.put_back(waiting);
    }
}

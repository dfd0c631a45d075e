//! The consumers' side: one member of the group that fans out.
//!
//! What comes over the topic is advice. Only the id of a message is taken, and the event is read from the log: no writer of the
//! topic can make Rollcall send what it did not record, and a topic that outlived a database tells nothing of the lost future.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use model::id::EventId;
use rdkafka::consumer::{Consumer, StreamConsumer};
use rdkafka::error::KafkaError;
use rdkafka::message::{BorrowedMessage, Message};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use store::{Positioned, System};
use tokio::sync::Mutex;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::timeout;

use super::context::Context;
use super::figures::Figures;
use super::publisher::closed;
use super::settings::Settings;
use super::{message, topic};
use crate::bus::{Error, MAX_BATCH, Run};

/// Past so many bytes of events a batch takes no further one: as many are read from the log at once.
const MAX_BYTES: usize = 16 * 1024 * 1024;
/// How long a group is waited for that does not let its member go.
const LEAVE: Duration = Duration::from_secs(5);

pub(super) struct Subscriber {
    system: System,
    settings: Arc<Settings>,
    figures: Arc<Figures>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// On its way to be the consumer.
    joining: Option<JoinHandle<Result<StreamConsumer<Context>, KafkaError>>>,
    consumer: Option<StreamConsumer<Context>>,
    /// Received, not committed: it comes again until it is.
    open: Option<Batch>,
}

#[derive(Default)]
struct Batch {
    messages: usize,
    bytes: usize,
    /// Messages that name no event.
    nameless: usize,
    events: BTreeSet<EventId>,
    /// What comes next in each partition.
    next: BTreeMap<i32, i64>,
    /// Somebody has it.
    given: bool,
}

impl Batch {
    fn is_full(&self) -> bool {
        self.messages >= MAX_BATCH || self.bytes >= MAX_BYTES
    }

    fn add(&mut self, message: &BorrowedMessage<'_>) {
        self.messages += 1;
        self.bytes += message.payload_len();
        self.next.insert(message.partition(), message.offset() + 1);
        match message::id(message.headers()) {
            Some(id) => _ = self.events.insert(id),
            None => self.nameless += 1,
        }
    }
}

impl Subscriber {
    pub(super) fn new(system: System, settings: Arc<Settings>, figures: Arc<Figures>) -> Self {
        Self { system, settings, figures, state: Mutex::default() }
    }

    /// May be broken off at any time: what was taken from the topic is kept before anything is waited for.
    pub(super) async fn receive(&self) -> Result<Vec<Run>, Error> {
        let mut state = self.state.lock().await;
        loop {
            if state.open.is_none() {
                state.open = Some(self.take(&mut state).await?);
            }
            let Some(batch) = &mut state.open else { continue };
            let found = match self.system.events_of(&batch.events).await {
                // The tick reads the log, an environment at a time.
                Err(error @ store::Error::Corrupt { .. }) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, "an event of the topic cannot be read: its batch is left to the log");
                    batch.given = true;
                    self.commit_in(&mut state)?;
                    continue;
                }
                found => found.map_err(Error::Log)?,
            };
            if !batch.given {
                self.figures.note_foreign(batch.nameless + batch.events.len() - found.len());
                batch.given = true;
            }
            if !found.is_empty() {
                return Ok(runs(found));
            }
            self.commit_in(&mut state)?;
        }
    }

    /// What has arrived, at least one message.
    async fn take(&self, state: &mut State) -> Result<Batch, Error> {
        if state.consumer.is_none() {
            let joined = state.joining.get_or_insert_with(|| self.join()).await;
            state.joining = None;
            let joined = joined.map_err(|error| Error::Unavailable(error.into()))?;
            state.consumer = Some(joined.map_err(|error| Error::Unavailable(error.into()))?);
        }
        let Some(consumer) = &state.consumer else { return Err(closed()) };
        let mut batch = Batch::default();
        while batch.messages == 0 {
            match consumer.recv().await {
                Ok(message) => batch.add(&message),
                Err(error) if is_fatal(&error) => {
                    close(state.consumer.take());
                    return Err(Error::Unavailable(error.into()));
                }
                // It goes on by itself when it can.
                Err(error) => tracing::debug!(error = &error as &dyn std::error::Error, "the topic cannot be read now"),
            }
        }
        while !batch.is_full() {
            let Some(Ok(message)) = consumer.recv().now_or_never() else { break };
            batch.add(&message);
        }
        Ok(batch)
    }

    /// Beside the workers, and to its end even if nobody waits for it.
    fn join(&self) -> JoinHandle<Result<StreamConsumer<Context>, KafkaError>> {
        let (settings, context) = (Arc::clone(&self.settings), Context(Arc::clone(&self.figures)));
        spawn_blocking(move || {
            topic::ensure(&settings, context.clone())?;
            let consumer: StreamConsumer<Context> = settings.consumer().create_with_context(context)?;
            consumer.subscribe(&[&settings.topic])?;
            Ok(consumer)
        })
    }

    pub(super) async fn commit(&self) -> Result<(), Error> {
        self.commit_in(&mut *self.state.lock().await)
    }

    /// To be committed soon; of a partition that went to another node, that one's business.
    fn commit_in(&self, state: &mut State) -> Result<(), Error> {
        let given = state.open.take_if(|batch| batch.given);
        let (Some(consumer), Some(batch)) = (&state.consumer, given) else { return Ok(()) };
        let mine = consumer.assignment().map_err(|error| Error::Unavailable(error.into()))?;
        let mut offsets = TopicPartitionList::new();
        for (partition, next) in batch.next {
            if mine.find_partition(&self.settings.topic, partition).is_some() {
                let added = offsets.add_partition_offset(&self.settings.topic, partition, Offset::Offset(next));
                added.map_err(|error| Error::Unavailable(error.into()))?;
            }
        }
        consumer.store_offsets(&offsets).map_err(|error| Error::Unavailable(error.into()))
    }

    pub(super) async fn leave(&self) {
        let mut state = self.state.lock().await;
        state.open = None;
        if let Some(joining) = state.joining.take() {
            state.consumer = timeout(LEAVE, joining).await.ok().and_then(Result::ok).and_then(Result::ok);
        }
        if let Some(closing) = close(state.consumer.take()) {
            _ = timeout(LEAVE, closing).await;
        }
    }
}

/// Leaves the group, which may take a moment.
fn close(consumer: Option<StreamConsumer<Context>>) -> Option<JoinHandle<()>> {
    consumer.map(|consumer| spawn_blocking(move || drop(consumer)))
}

fn is_fatal(error: &KafkaError) -> bool {
    use rdkafka::error::RDKafkaErrorCode::{Authentication, Fatal};
    matches!(error.rdkafka_error_code(), Some(Fatal | Authentication))
}

/// `found` lies in the order of each environment's log; what is not consecutive there makes another run.
fn runs(found: Vec<Positioned>) -> Vec<Run> {
    let mut runs: Vec<Vec<Positioned>> = Vec::new();
    for next in found {
        let follows = |last: &Positioned| {
            last.event.environment_id == next.event.environment_id && last.position + 1 == next.position
        };
        match runs.last_mut() {
            Some(run) if run.last().is_some_and(follows) => run.push(next),
            _ => runs.push(vec![next]),
        }
    }
    runs.into_iter().filter_map(Run::of_log).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_full_at_its_limits() {
        let check = |messages: usize, bytes: usize, full: bool| {
            assert_eq!(Batch { messages, bytes, ..Batch::default() }.is_full(), full, "{messages} {bytes}");
        };
        check(MAX_BATCH - 1, MAX_BYTES - 1, false);
        check(MAX_BATCH, 0, true);
        check(1, MAX_BYTES, true);
    }
}

//! The relay's side: one producer, thrown away after each failure.

use std::sync::Arc;
use std::time::Duration;

use model::id::EnvironmentId;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::future_producer::DeliveryFuture;
use rdkafka::producer::{FutureProducer, FutureRecord, Producer, PurgeConfig};
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::context::Context;
use super::figures::Figures;
use super::message;
use super::settings::{MAX_MESSAGE_BYTES, Settings};
use super::topic::{self, TIMEOUT};
use crate::bus::{Error, Marks, Run, Spans};

/// How many bytes of events are on their way at once; one event may be larger.
const MAX_IN_FLIGHT: usize = 16 * 1024 * 1024;
/// How long a publication goes on though no message of it arrives: another node may reach the brokers.
const SILENCE: Duration = Duration::from_secs(15);
/// What a message takes besides its value, at most.
const ENVELOPE: usize = 2048;

pub(super) struct Publisher {
    settings: Arc<Settings>,
    figures: Arc<Figures>,
    /// None: it is to begin again.
    producer: Mutex<Option<Closing>>,
}

impl Publisher {
    pub(super) fn new(settings: Arc<Settings>, figures: Arc<Figures>) -> Self {
        Self { settings, figures, producer: Mutex::default() }
    }

    pub(super) async fn begin(&self) -> Result<(), Error> {
        let mut producer = self.producer.lock().await;
        *producer = None;
        let (settings, context) = (Arc::clone(&self.settings), Context(Arc::clone(&self.figures)));
        let made = blocking(move || {
            let found = topic::ensure(&settings, context.clone())?;
            let weaknesses = found.map(|found| found.weaknesses()).unwrap_or_default();
            weaknesses
                .iter()
                .for_each(|weakness| tracing::warn!(topic = settings.topic, weakness, "the topic is weak"));
            settings.producer().create_with_context(context)
        });
        *producer = Some(Closing(Some(made.await?)));
        Ok(())
    }

    pub(super) async fn holds(&self, marks: &Marks) -> Result<bool, Error> {
        if marks.is_empty() {
            return Ok(false);
        }
        let producer =
            self.producer.lock().await.as_ref().and_then(|producer| producer.0.clone()).ok_or_else(closed)?;
        let (topic, marks) = (self.settings.topic.clone(), marks.clone());
        blocking(move || {
            for (partition, last) in marks {
                match producer.client().fetch_watermarks(&topic, partition, TIMEOUT) {
                    Ok((_, next)) if last < next => {}
                    Ok(_) => return Ok(false),
                    Err(error) if is_unknown(&error) => return Ok(false),
                    Err(error) => return Err(error),
                }
            }
            Ok(true)
        })
        .await
    }

    /// What is broken off, or fails, takes the producer with it.
    pub(super) async fn publish(&self, runs: &[Run]) -> Result<Spans, Error> {
        let mut place = self.producer.lock().await;
        let closing = place.take().ok_or_else(closed)?;
        let producer = closing.0.as_ref().ok_or_else(closed)?;
        let mut sending =
            Sending { topic: &self.settings.topic, producer, queued: Vec::new(), bytes: 0, spans: Spans::new() };
        for event in runs.iter().flat_map(|run| run.events().iter()) {
            let size = event.body.len() + ENVELOPE;
            if size > MAX_MESSAGE_BYTES {
                return Err(Error::TooLarge(event.environment_id));
            }
            if sending.bytes + size > MAX_IN_FLIGHT {
                sending.arrive().await?;
            }
            let record = FutureRecord::to(sending.topic).payload(&event.body).headers(message::headers(event));
            let record = record.key(event.stream.to_string().as_str()).to_queue(sending.producer);
            let queued = record.map_err(|error| failure(error, event.environment_id))?;
            sending.queued.push((event.environment_id, queued));
            sending.bytes += size;
        }
        sending.arrive().await?;
        let spans = sending.spans;
        *place = Some(closing);
        Ok(spans)
    }
}

/// Messages on their way.
struct Sending<'a> {
    topic: &'a str,
    producer: &'a FutureProducer<Context>,
    queued: Vec<(EnvironmentId, DeliveryFuture)>,
    bytes: usize,
    spans: Spans,
}

impl Sending<'_> {
    /// Until all of them are where they go.
    async fn arrive(&mut self) -> Result<(), Error> {
        for (environment_id, delivery) in self.queued.drain(..) {
            let arrived = timeout(SILENCE, delivery).await.map_err(|_| silent())?.map_err(|_| closed())?;
            let arrived = arrived.map_err(|(error, _)| failure(error, environment_id))?;
            // One that a broker had already, and remembers no offset of, is nowhere new.
            if arrived.offset >= 0 {
                let (first, last) = self.spans.entry(arrived.partition).or_insert((arrived.offset, arrived.offset));
                (*first, *last) = (arrived.offset.min(*first), arrived.offset.max(*last));
            }
        }
        self.bytes = 0;
        Ok(())
    }
}

trait ToQueue {
    fn to_queue(self, producer: &FutureProducer<Context>) -> Result<DeliveryFuture, KafkaError>;
}

impl ToQueue for FutureRecord<'_, str, String> {
    fn to_queue(self, producer: &FutureProducer<Context>) -> Result<DeliveryFuture, KafkaError> {
        producer.send_result(self).map_err(|(error, _)| error)
    }
}

/// Ends elsewhere, since that may take a moment; what it has not sent is not sent any more.
struct Closing(Option<FutureProducer<Context>>);

impl Drop for Closing {
    fn drop(&mut self) {
        let Some(producer) = self.0.take() else { return };
        producer.purge(PurgeConfig::default().queue().inflight().non_blocking());
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn_blocking(move || drop(producer))),
            Err(_) => drop(producer),
        }
    }
}

pub(super) fn closed() -> Error {
    Error::Unavailable("its client is closed".into())
}

fn silent() -> Error {
    Error::Unavailable(format!("no broker took anything for {} s", SILENCE.as_secs()).into())
}

fn failure(error: KafkaError, environment_id: EnvironmentId) -> Error {
    match error.rdkafka_error_code() {
        Some(RDKafkaErrorCode::MessageSizeTooLarge) => Error::TooLarge(environment_id),
        _ => Error::Unavailable(error.into()),
    }
}

fn is_unknown(error: &KafkaError) -> bool {
    use RDKafkaErrorCode::{UnknownPartition, UnknownTopic, UnknownTopicOrPartition};
    matches!(error.rdkafka_error_code(), Some(UnknownPartition | UnknownTopic | UnknownTopicOrPartition))
}

/// Runs what waits for a broker beside the workers.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, KafkaError> + Send + 'static,
) -> Result<T, Error> {
    let done = spawn_blocking(work).await.map_err(|error| Error::Unavailable(error.into()))?;
    done.map_err(|error| Error::Unavailable(error.into()))
}

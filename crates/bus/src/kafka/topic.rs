//! The topic: made where there is none, and judged as it is found.

use std::time::Duration;

use futures::executor::block_on;
use rdkafka::admin::{AdminClient, AdminOptions, ConfigResource, NewTopic, ResourceSpecifier, TopicReplication};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};

use super::context::Context;
use super::settings::{MAX_MESSAGE_BYTES, Settings};

/// How long a broker may take for an answer about the topic.
pub(super) const TIMEOUT: Duration = Duration::from_secs(5);
/// So many copies has a topic that Rollcall makes, if there are as many brokers.
const REPLICATION: u16 = 3;
/// What the largest event may take is below this.
const LEAST_MESSAGE_BYTES: usize = 1024 * 1024;

/// What there is of it, with the fewest copies of a partition. None: it has just been made.
pub(super) struct Found {
    partitions: usize,
    copies: usize,
    settings: Vec<(String, String)>,
}

/// Blocks.
pub(super) fn ensure(settings: &Settings, context: Context) -> Result<Option<Found>, KafkaError> {
    let admin: AdminClient<Context> = settings.client().create_with_context(context)?;
    // Asked for all topics: a broker may make one that is asked for by its name.
    let metadata = admin.inner().fetch_metadata(None, TIMEOUT)?;
    let of_it = metadata.topics().iter().find(|topic| topic.name() == settings.topic && !topic.partitions().is_empty());
    let Some(topic) = of_it else {
        let brokers = u16::try_from(metadata.brokers().len()).unwrap_or(u16::MAX);
        let copies = settings.replication.unwrap_or_else(|| brokers.clamp(1, REPLICATION));
        make(&admin, settings, copies)?;
        return Ok(None);
    };
    let copies = topic.partitions().iter().map(|partition| partition.replicas().len()).min().unwrap_or(0);
    let described = block_on(admin.describe_configs([&ResourceSpecifier::Topic(&settings.topic)], &options()))?;
    let described = described.into_iter().filter_map(Result::ok).flat_map(entries).collect();
    Ok(Some(Found { partitions: topic.partitions().len(), copies, settings: described }))
}

fn make(admin: &AdminClient<Context>, settings: &Settings, copies: u16) -> Result<(), KafkaError> {
    let (in_sync, size) = (in_sync(copies).to_string(), MAX_MESSAGE_BYTES.to_string());
    let topic = NewTopic::new(&settings.topic, settings.partitions.into(), TopicReplication::Fixed(copies.into()))
        .set("min.insync.replicas", &in_sync)
        .set("max.message.bytes", &size)
        .set("cleanup.policy", "delete")
        .set("unclean.leader.election.enable", "false")
        // A producer's clock may be off, and a broker refuses what is of another time.
        .set("message.timestamp.type", "LogAppendTime");
    match block_on(admin.create_topics([&topic], &options()))?.into_iter().next() {
        Some(Err((_, RDKafkaErrorCode::TopicAlreadyExists))) | None => Ok(()),
        Some(Err((_, code))) => Err(KafkaError::AdminOp(code)),
        Some(Ok(topic)) => {
            tracing::info!(topic, partitions = settings.partitions, copies, "the topic was made");
            if copies < REPLICATION {
                tracing::warn!(topic, copies, "one broker alone may acknowledge an event: there are too few copies");
            }
            Ok(())
        }
    }
}

/// A broker may go away without stopping the topic, where there are three copies.
const fn in_sync(copies: u16) -> u16 {
    if copies < 3 { 1 } else { copies / 2 + 1 }
}

fn options() -> AdminOptions {
    AdminOptions::new().request_timeout(Some(TIMEOUT)).operation_timeout(Some(TIMEOUT))
}

fn entries(resource: ConfigResource) -> impl Iterator<Item = (String, String)> {
    resource.entries.into_iter().filter_map(|entry| Some((entry.name, entry.value?)))
}

impl Found {
    /// What may lose events, or refuse them, in words for an operator.
    pub(super) fn weaknesses(&self) -> Vec<&'static str> {
        let is = |name: &str, weak: fn(&str) -> bool| {
            let found = self.settings.iter().find(|(of, _)| of == name);
            found.is_some_and(|(_, value)| weak(value))
        };
        let judged = [
            (self.partitions < 2, "one node at a time fans out (one partition)"),
            (self.copies < 2, "each event is on one broker only (replication factor below 2)"),
            (
                is("min.insync.replicas", in_sync_is_weak),
                "one broker alone may acknowledge (min.insync.replicas below 2)",
            ),
            (is("max.message.bytes", size_is_weak), "large events are refused (max.message.bytes below 1 MiB)"),
            (
                is("cleanup.policy", |value| value.contains("compact")),
                "older events of a stream are dropped (cleanup.policy compact)",
            ),
            (
                is("unclean.leader.election.enable", |value| value == "true"),
                "a broker that lags may lead (unclean.leader.election.enable)",
            ),
            (
                is("message.timestamp.type", |value| value == "CreateTime"),
                "brokers refuse events of a node whose clock is off (message.timestamp.type CreateTime)",
            ),
        ];
        judged.into_iter().filter_map(|(weak, text)| weak.then_some(text)).collect()
    }
}

fn in_sync_is_weak(value: &str) -> bool {
    value.parse().is_ok_and(|count: u16| count < 2)
}

fn size_is_weak(value: &str) -> bool {
    value.parse().is_ok_and(|bytes: usize| bytes < LEAST_MESSAGE_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_settings_are_found() {
        let strong = [
            ("min.insync.replicas", "2"),
            ("max.message.bytes", "1048576"),
            ("cleanup.policy", "delete"),
            ("unclean.leader.election.enable", "false"),
            ("message.timestamp.type", "LogAppendTime"),
        ];
        let check = |(partitions, copies): (usize, usize), name: &str, value: &str, expected: &[&str]| {
            let settings = strong.into_iter().filter(|(of, _)| *of != name).chain([(name, value)]);
            let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            let weaknesses = Found { partitions, copies, settings }.weaknesses();
            assert_eq!(weaknesses.len(), expected.len(), "{weaknesses:?}");
            assert!(
                weaknesses.iter().zip(expected).all(|(found, expected)| found.contains(expected)),
                "{weaknesses:?}"
            );
        };
        check((2, 2), "retention.ms", "1", &[]);
        check((1, 2), "retention.ms", "1", &["one partition"]);
        check((2, 1), "retention.ms", "1", &["replication"]);
        check((2, 3), "min.insync.replicas", "1", &["min.insync.replicas"]);
        check((2, 3), "max.message.bytes", "1048575", &["max.message.bytes"]);
        check((2, 3), "cleanup.policy", "compact,delete", &["compact"]);
        check((2, 3), "unclean.leader.election.enable", "true", &["unclean"]);
        check((2, 3), "message.timestamp.type", "CreateTime", &["clock"]);
    }

    #[test]
    fn one_broker_of_three_may_go_away() {
        assert_eq!([1, 2, 3, 5].map(in_sync), [1, 1, 2, 3]);
    }
}

//! Where the topic is, and how it is written and read.

use rdkafka::ClientConfig;

use super::properties::Properties;

/// What an event may take in the topic: two documents of a user or a group in its largest form, and their envelope.
pub const MAX_MESSAGE_BYTES: usize = 2 * 1024 * 1024;

/// What Rollcall needs to know of a cluster.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `host:port,host:port`: where to begin.
    pub brokers: String,
    pub topic: String,
    /// Of a topic that Rollcall makes.
    pub partitions: u16,
    /// Copies of a topic that Rollcall makes. None: three, or as many as there are brokers.
    pub replication: Option<u16>,
    /// librdkafka's own, such as TLS and SASL.
    pub properties: Properties,
}

/// Of every client.
const CLIENT: &[(&str, &str)] = &[
    ("client.id", "rollcall"),
    ("socket.keepalive.enable", "true"),
    ("reconnect.backoff.ms", "50"),
    ("reconnect.backoff.max.ms", "1000"),
    ("topic.metadata.refresh.interval.ms", "5000"),
    // A broker would make it with its own settings.
    ("allow.auto.create.topics", "false"),
];

/// Lag and requests are reported as often as the relay looks at its topic.
const STATISTICS: (&str, &str) = ("statistics.interval.ms", "5000");

/// Each event once and in order, or an error for it and for all after it.
const PRODUCER: &[(&str, &str)] = &[
    STATISTICS,
    ("enable.idempotence", "true"),
    ("enable.gapless.guarantee", "true"),
    ("acks", "all"),
    ("message.timeout.ms", "0"),
    // A batch is queued whole before the first of it is sent.
    ("linger.ms", "0"),
    // That of Kafka's own clients, so that others can find a stream's partition.
    ("partitioner", "murmur2_random"),
    // A topic that was deleted fails what waits for it, and is made again.
    ("topic.metadata.propagation.max.ms", "3000"),
];

/// Only what was handled is ever stored, by hand; what is stored is committed each second, and when partitions or the
/// consumer go.
const CONSUMER: &[(&str, &str)] = &[
    STATISTICS,
    ("enable.auto.offset.store", "false"),
    ("enable.auto.commit", "true"),
    ("auto.commit.interval.ms", "1000"),
    ("auto.offset.reset", "earliest"),
    ("partition.assignment.strategy", "cooperative-sticky"),
    ("session.timeout.ms", "10000"),
    ("heartbeat.interval.ms", "2000"),
    ("fetch.error.backoff.ms", "100"),
    ("queued.max.messages.kbytes", "32768"),
];

impl Settings {
    /// Who fans out together: all nodes of an installation.
    pub(super) fn group(&self) -> String {
        format!("{}.fanout", self.topic)
    }

    pub(super) fn client(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", &self.brokers);
        let mut config = with(config, CLIENT);
        for (name, value) in self.properties.iter() {
            config.set(name, value);
        }
        config
    }

    pub(super) fn producer(&self) -> ClientConfig {
        let mut config = self.client();
        config.set("message.max.bytes", MAX_MESSAGE_BYTES.to_string());
        with(config, PRODUCER)
    }

    pub(super) fn consumer(&self) -> ClientConfig {
        let mut config = self.client();
        config.set("group.id", self.group());
        with(config, CONSUMER)
    }

    /// Whether what an installation stands on would be overruled by a property of this name.
    pub(super) fn is_fixed(name: &str) -> bool {
        const OTHERS: [&str; 16] = [
            "allow.auto.create.topics",
            "bootstrap.servers",
            "metadata.broker.list",
            "group.id",
            "request.required.acks",
            "delivery.timeout.ms",
            "transactional.id",
            "queue.buffering.max.ms",
            "message.max.bytes",
            "group.protocol",
            "max.in.flight",
            "max.in.flight.requests.per.connection",
            "isolation.level",
            "group.instance.id",
            "message.send.max.retries",
            "retries",
        ];
        let fixed = PRODUCER.iter().chain(CONSUMER).map(|(name, _)| *name);
        fixed.chain(OTHERS).any(|fixed| fixed == name)
    }
}

fn with(mut config: ClientConfig, settings: &[(&str, &str)]) -> ClientConfig {
    for (name, value) in settings {
        config.set(*name, *value);
    }
    config
}

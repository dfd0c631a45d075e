use std::num::NonZeroU16;
use std::path::PathBuf;

use anyhow::Context;

/// Which Kafka carries events between nodes.
#[derive(clap::Args)]
#[command(next_help_heading = "Kafka")]
pub(crate) struct Kafka {
    /// Brokers to begin with, HOST:PORT,HOST:PORT. When nothing is said, events go through memory, from relay to delivery in one
    /// process.
    #[arg(long = "kafka-brokers", env = "ROLLCALL_KAFKA_BROKERS", value_name = "BROKERS", value_parser = brokers)]
    pub(crate) brokers: Option<String>,

    /// Topic of the events; made where there is none.
    #[arg(long = "kafka-topic", env = "ROLLCALL_KAFKA_TOPIC", value_name = "TOPIC", default_value = "rollcall.events", value_parser = topic)]
    pub(crate) topic: String,

    /// Partitions of a topic that is made. A later change breaks the order for readers outside.
    #[arg(long = "kafka-partitions", env = "ROLLCALL_KAFKA_PARTITIONS", value_name = "COUNT", default_value_t = PARTITIONS)]
    pub(crate) partitions: NonZeroU16,

    /// Copies of a topic that is made. When nothing is said: three, or as many as there are brokers.
    #[arg(long = "kafka-replication", env = "ROLLCALL_KAFKA_REPLICATION", value_name = "COUNT")]
    pub(crate) replication: Option<NonZeroU16>,

    /// File of further settings of librdkafka, one `name=value` a line: `security.protocol`, `sasl.mechanism`, `ssl.ca.location`...
    #[arg(long = "kafka-properties", env = "ROLLCALL_KAFKA_PROPERTIES", value_name = "FILE")]
    pub(crate) properties: Option<PathBuf>,
}

const PARTITIONS: NonZeroU16 = NonZeroU16::MIN.saturating_add(11);
/// <https://kafka.apache.org/documentation/#topicconfigs>: letters, digits and `._-`, so many at most.
const MAX_TOPIC: usize = 249;

impl Kafka {
    /// None: events go through memory.
    pub(crate) fn settings(&self) -> anyhow::Result<Option<bus::kafka::Settings>> {
        let Some(brokers) = self.brokers.clone() else { return Ok(None) };
        let properties = match &self.properties {
            None => bus::kafka::Properties::default(),
            Some(file) => {
                let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
                text.parse().with_context(|| format!("{} is not understood", file.display()))?
            }
        };
        Ok(Some(bus::kafka::Settings {
            brokers,
            topic: self.topic.clone(),
            partitions: self.partitions.get(),
            replication: self.replication.map(NonZeroU16::get),
            properties,
        }))
    }
}

fn brokers(text: &str) -> Result<String, &'static str> {
    let is_address = |address: &str| {
        address.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
    };
    let well = text.split(',').all(|address| is_address(address.trim()));
    if well { Ok(text.to_owned()) } else { Err("it must be HOST:PORT, several with commas between") }
}

fn topic(text: &str) -> Result<String, &'static str> {
    let well = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    let length = (1..=MAX_TOPIC).contains(&text.len());
    if well && length && text != "." && text != ".." {
        Ok(text.to_owned())
    } else {
        Err("it must be 1 to 249 of letters, digits, `.`, `_` and `-`")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brokers_are_addresses() {
        for text in ["a:1", "a:1,b:65535", "[::1]:9092, b:2"] {
            assert_eq!(brokers(text).unwrap(), text);
        }
        for text in ["", "a", "a:1,", ":1", "a:65536", "a:b"] {
            assert!(brokers(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_topic_has_a_name() {
        for text in ["rollcall.events", "A-b_c.1", &"x".repeat(MAX_TOPIC)] {
            assert_eq!(topic(text).unwrap(), text);
        }
        for text in ["", ".", "..", "a b", "ä", &"x".repeat(MAX_TOPIC + 1)] {
            assert!(topic(text).is_err(), "{text}");
        }
    }
}

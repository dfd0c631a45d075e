//! A stranger at the topic: a plain consumer and a plain producer.

use std::collections::{BTreeMap, HashSet};

use rdkafka::ClientConfig;
use rdkafka::consumer::{Consumer, StreamConsumer};
use rdkafka::message::{Header, Headers, Message, OwnedHeaders};
use rdkafka::producer::{FutureProducer, FutureRecord};
use tokio::time::timeout;

use super::{LIMIT, Settings};

pub(super) struct Reader(StreamConsumer);

#[derive(Debug)]
pub(super) struct Read {
    pub(super) key: String,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) value: String,
}

impl Reader {
    pub(super) fn new(settings: &Settings) -> Self {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", &settings.brokers).set("group.id", format!("{}.reader", settings.topic));
        config.set("auto.offset.reset", "earliest").set("topic.metadata.refresh.interval.ms", "500");
        let consumer: StreamConsumer = config.create().unwrap();
        consumer.subscribe(&[&settings.topic]).unwrap();
        Self(consumer)
    }

    pub(super) async fn read(&self, count: usize) -> Vec<Read> {
        let mut read = Vec::new();
        while read.len() < count {
            // It may have come before the topic.
            let Ok(message) = timeout(LIMIT, self.0.recv()).await.unwrap() else { continue };
            let text = |bytes: Option<&[u8]>| String::from_utf8(bytes.unwrap().to_vec()).unwrap();
            let headers = message.headers().unwrap().iter();
            let headers = headers.map(|header| (header.key.to_owned(), text(header.value))).collect();
            read.push(Read { key: text(message.key()), headers, value: text(message.payload()) });
        }
        read
    }

    /// First appearances only.
    pub(super) async fn read_different(&self, count: usize) -> Vec<Read> {
        let (mut seen, mut different) = (HashSet::new(), Vec::new());
        while different.len() < count {
            let read = self.read(1).await;
            different.extend(read.into_iter().filter(|read| seen.insert(read.headers["ce_id"].clone())));
        }
        different
    }
}

pub(super) async fn write(settings: &Settings, key: &str, value: &str, id: Option<&str>) -> anyhow::Result<()> {
    let producer: FutureProducer = ClientConfig::new().set("bootstrap.servers", &settings.brokers).create()?;
    let headers = OwnedHeaders::new().insert(Header { key: "ce_id", value: id });
    let record = FutureRecord::to(&settings.topic).key(key).payload(value).headers(headers);
    producer.send(record, LIMIT).await.map_err(|(error, _)| error)?;
    Ok(())
}

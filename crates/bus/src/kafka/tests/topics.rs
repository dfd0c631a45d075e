//! The topic: made, judged, deleted, and made again.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use model::event::StreamId;
use model::id::EventId;
use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use tests::{servers, until};

use super::super::context::Context;
use super::super::{Kafka, topic};
use super::reader::Reader;
use super::{Outcome, Settings, house, settings};
use crate::bus::{Bus, Error, Run};
use crate::contract::House;

mod postgres_kafka {
    tests::cases!(
        a_topic_is_made_and_found,
        a_weak_topic_is_found_out,
        brokers_that_are_gone_are_not_waited_for_for_ever,
        a_topic_that_was_deleted_is_told_everything_in_order,
        a_topic_that_was_deleted_while_nothing_happened_is_told_everything,
    );
}

fn admin(settings: &Settings) -> anyhow::Result<AdminClient<DefaultClientContext>> {
    Ok(ClientConfig::new().set("bootstrap.servers", &settings.brokers).create()?)
}

pub(super) async fn delete(settings: &Settings) -> Outcome {
    let admin = admin(settings)?;
    admin.delete_topics(&[&settings.topic], &AdminOptions::new()).await?[0].as_ref().unwrap();
    Ok(())
}

fn ensure(settings: &Settings) -> anyhow::Result<Option<Vec<&'static str>>> {
    let settings = settings.clone();
    let found = std::thread::spawn(move || topic::ensure(&settings, Context(std::sync::Arc::default())));
    Ok(found.join().unwrap()?.map(|found| found.weaknesses()))
}

async fn a_topic_is_made_and_found() -> Outcome {
    let settings = Settings { partitions: 3, replication: Some(1), ..settings() };
    assert!(ensure(&settings)?.is_none());
    let found = until("the topic", super::LIMIT, async || ensure(&settings).ok().flatten()).await?;
    // One broker, as here, is what it is.
    assert_eq!(found.len(), 2, "{found:?}");
    let metadata = admin(&settings)?.inner().fetch_metadata(Some(&settings.topic), super::LIMIT)?;
    assert_eq!(metadata.topics()[0].partitions().len(), 3);
    Ok(())
}

async fn a_weak_topic_is_found_out() -> Outcome {
    let settings = settings();
    let topic = NewTopic::new(&settings.topic, 1, TopicReplication::Fixed(1));
    let topic = topic.set("max.message.bytes", "1048575").set("cleanup.policy", "compact");
    let topic = topic.set("unclean.leader.election.enable", "true");
    admin(&settings)?.create_topics([&topic], &AdminOptions::new()).await?[0].as_ref().unwrap();
    let found = until("the topic", super::LIMIT, async || ensure(&settings).ok().flatten()).await?;
    assert_eq!(found.len(), 7, "{found:?}");
    Ok(())
}

/// As where one node does not reach the brokers and the rest do: it says so, and another may try. Later it goes on.
async fn brokers_that_are_gone_are_not_waited_for_for_ever() -> Outcome {
    let mut broker = servers::Kafka::new(1).await?;
    let proxy = servers::Proxy::before((Ipv4Addr::LOCALHOST, broker.port(0)).into()).await?;
    broker.advertise(0, proxy.address().port());
    broker.start_all().await?;
    let settings = Settings { brokers: proxy.address().to_string(), ..settings() };
    let house = house(&settings).await?;
    house.log.record(0, 2).await?;
    let page = house.log.store.system().events_past(house.log.environments[0], 0, 10).await?;
    let runs: Vec<_> = Run::of_log(page.events).into_iter().collect();
    let bus = Kafka::new(&house.log.store, settings.clone());
    bus.begin().await?;
    proxy.cut();
    let failed = tokio::time::timeout(super::LIMIT, bus.publish(runs.clone())).await?.unwrap_err();
    assert!(matches!(failed, Error::Unavailable(_)), "{failed:?}");
    proxy.heal();
    until("the brokers", super::LIMIT, async || bus.begin().await.ok()).await?;
    assert_eq!(bus.publish(runs).await?.len(), 1);
    assert_eq!(told(&settings, 2).await, expected(&house).await?);
    Ok(())
}

/// What a stranger reads in the new topic: the ids, in the order of their streams.
async fn told(settings: &Settings, count: usize) -> BTreeMap<String, Vec<String>> {
    let mut streams = BTreeMap::<_, Vec<_>>::new();
    for message in Reader::new(settings).read_different(count).await {
        streams.entry(message.key).or_default().push(message.headers["ce_id"].clone());
    }
    streams
}

async fn expected(house: &House) -> anyhow::Result<BTreeMap<String, Vec<String>>> {
    let streams = house.streams().await?;
    let text =
        |(stream, ids): (StreamId, Vec<EventId>)| (stream.to_string(), ids.iter().map(EventId::to_string).collect());
    Ok(streams.into_iter().map(text).collect())
}

/// By the relay itself, which publishes at the time.
async fn a_topic_that_was_deleted_is_told_everything_in_order() -> Outcome {
    let settings = settings();
    let house = house(&settings).await?;
    let node = house.node();
    for n in 0..20 {
        house.log.record(n % 2, 5).await?;
    }
    node.take(100).await?;
    delete(&settings).await?;
    for n in 0..20 {
        house.log.record(n % 2, 5).await?;
    }
    node.take(100).await?;
    assert_eq!(told(&settings, 200).await, expected(&house).await?);
    node.shutdown().await;
    Ok(())
}

async fn a_topic_that_was_deleted_while_nothing_happened_is_told_everything() -> Outcome {
    let settings = settings();
    let house = house(&settings).await?;
    let node = house.node();
    house.log.record(0, 10).await?;
    node.take(10).await?;
    delete(&settings).await?;
    assert_eq!(told(&settings, 10).await, expected(&house).await?);
    node.shutdown().await;
    Ok(())
}

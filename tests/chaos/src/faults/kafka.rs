use std::time::Duration;

use anyhow::{Context, Result, ensure};
use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::error::RDKafkaErrorCode;
use tests::until;
use tokio::task::spawn_blocking;

use crate::scene::Scene;

const LIMIT: Duration = Duration::from_secs(30);

fn admin(brokers: &str) -> Result<AdminClient<DefaultClientContext>> {
    Ok(ClientConfig::new().set("bootstrap.servers", brokers).create()?)
}

/// The broker that leads the first partition.
pub(super) async fn kill_leader(scene: &mut Scene) -> Result<()> {
    let (brokers, topic) = (scene.topic.brokers.clone(), scene.topic.name.clone());
    let leader = spawn_blocking(move || {
        let metadata = admin(&brokers)?.inner().fetch_metadata(Some(&topic), LIMIT)?;
        let partition =
            metadata.topics().first().and_then(|topic| topic.partitions().first()).context("a partition")?;
        anyhow::Ok(partition.leader())
    });
    scene.kafka.kill(usize::try_from(leader.await??)?).await
}

/// Whichever do not run.
pub(super) async fn start(scene: &mut Scene) -> Result<()> {
    for node in scene.kafka.stopped() {
        scene.kafka.start_node(node).await?;
    }
    Ok(())
}

/// Deleted, and made by somebody, be it by the relay.
pub(super) async fn make_again(scene: &Scene) -> Result<()> {
    let (admin, options) = (admin(&scene.topic.brokers)?, AdminOptions::new().operation_timeout(Some(LIMIT)));
    let name = scene.topic.name.as_str();
    let deleted = admin.delete_topics(&[name], &options).await?;
    ensure!(deleted.iter().all(Result::is_ok), "{deleted:?}");
    let made = until("the topic to be made again", LIMIT, async || {
        let topic = NewTopic::new(name, 4, TopicReplication::Fixed(1)).set("max.message.bytes", "2097152");
        match admin.create_topics([&topic], &options).await.ok()?.pop()? {
            Ok(_) | Err((_, RDKafkaErrorCode::TopicAlreadyExists)) => Some(()),
            Err(_) => None,
        }
    });
    made.await
}

//! Against the brokers that `ROLLCALL_TEST_KAFKA_BROKERS` names.

mod reader;
mod topics;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tests::servers::{self, PASSWORD, USER};
use tests::{Kind, Topic};
use tokio::time::timeout;

use super::{Kafka, Properties, Settings};
use crate::bus::{Bus, Error};
use crate::contract::{House, LIMIT, Make, by_stream};
use crate::relay::tests::MIGRATED;
use reader::Reader;

type Outcome = anyhow::Result<()>;

mod postgres_kafka {
    crate::contract::contract!(Postgres, super::bus(super::settings()));

    tests::cases!(
        a_message_has_the_form_that_is_promised,
        consumers_share_and_take_over,
        what_others_write_into_the_topic_is_passed_over,
        an_event_too_large_for_a_topic_holds_up_no_other_environment,
        a_publication_that_is_broken_off_leaves_nothing_behind,
        an_event_that_cannot_be_read_holds_up_no_later_one,
        a_guarded_broker_takes_whom_the_properties_name,
    );
}

fn bus(settings: Settings) -> Make {
    Arc::new(move |store| Arc::new(Kafka::new(store, settings.clone())))
}

/// A topic of its own.
fn settings() -> Settings {
    let Topic { brokers, name } = Topic::new().unwrap();
    Settings { brokers, topic: name, partitions: 4, replication: None, properties: Properties::default() }
}

async fn house(settings: &Settings) -> anyhow::Result<House> {
    House::new(MIGRATED.copy(Kind::Postgres).await?, bus(settings.clone())).await
}

async fn a_message_has_the_form_that_is_promised() -> Outcome {
    let settings = settings();
    let house = house(&settings).await?;
    let node = house.node();
    house.log.record(0, 2).await?;
    node.take(2).await?;
    let messages = Reader::new(&settings).read(2).await;
    let events = house.log.events(0).await?;
    for (message, event) in messages.iter().zip(&events) {
        assert_eq!(message.key, event.stream.to_string());
        assert_eq!(message.value, event.body);
        let expected: BTreeMap<_, _> = [
            ("ce_specversion", "1.0".to_owned()),
            ("ce_id", event.id.to_string()),
            ("ce_type", "dsync.activated".to_owned()),
            ("ce_source", format!("/environments/{}", event.environment_id)),
            ("ce_subject", "directory_00000000010000000000000000".to_owned()),
            ("ce_time", "1970-01-01T00:00:00.000Z".to_owned()),
            ("ce_stream", event.stream.to_string()),
            ("ce_sequence", format!("{:019}", event.sequence)),
            ("ce_previous", format!("{:019}", event.previous)),
            ("ce_schemaversion", "1".to_owned()),
            ("content-type", "application/json; charset=utf-8".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        assert_eq!(message.headers, expected);
    }
    node.shutdown().await;
    Ok(())
}

/// Each has a part; when one leaves, the other has it all.
async fn consumers_share_and_take_over() -> Outcome {
    let settings = Settings { partitions: 16, ..settings() };
    let house = house(&settings).await?;
    let (one, other) = (house.node(), Kafka::new(&house.log.store, settings.clone()));
    let mut came = Vec::new();
    let mut shares = [HashSet::new(), HashSet::new()];
    let mut recorded = 0;
    // An event at a time, in two streams, until both have heard of some.
    let both = timeout(LIMIT, async {
        while shares.iter().any(HashSet::is_empty) {
            recorded += house.log.record_apart().await?;
            let runs = tokio::select! {
                runs = one.bus.receive() => (0, runs?),
                runs = other.receive() => (1, runs?),
            };
            let events: Vec<_> = runs.1.iter().flat_map(|run| run.events().to_vec()).collect();
            shares[runs.0].extend(events.iter().map(|event| event.stream));
            came.extend(events);
            one.bus.commit().await?;
            other.commit().await?;
        }
        anyhow::Ok(())
    });
    both.await??;
    other.leave().await;
    recorded += house.log.record_apart().await?;
    let mut seen: HashSet<_> = came.iter().map(|event| event.id).collect();
    while seen.len() < recorded {
        let events: Vec<_> = one.receive().await?.iter().flat_map(|run| run.events().to_vec()).collect();
        one.bus.commit().await?;
        seen.extend(events.iter().map(|event| event.id));
        came.extend(events);
    }
    assert_eq!(by_stream(came.iter()), house.streams().await?);
    one.shutdown().await;
    Ok(())
}

async fn what_others_write_into_the_topic_is_passed_over() -> Outcome {
    let settings = settings();
    let house = house(&settings).await?;
    let kafka = Kafka::new(&house.log.store, settings.clone());
    kafka.begin().await?;
    reader::write(&settings, "org_1", "no id", None).await?;
    reader::write(&settings, "org_1", "an id that no event has", Some("event_01HZZZZZZZZZZZZZZZZZZZZZZZ")).await?;
    let node = house.node();
    house.log.record(0, 1).await?;
    let events = node.take(1).await?;
    assert_eq!(events, house.log.events(0).await?);
    // A known id with another body: the log's is what counts.
    reader::write(&settings, "org_1", "{}", Some(&events[0].id.to_string())).await?;
    let again = node.take(1).await?;
    assert_eq!(again, events);
    node.shutdown().await;
    Ok(())
}

async fn an_event_too_large_for_a_topic_holds_up_no_other_environment() -> Outcome {
    let settings = settings();
    let house = house(&settings).await?;
    let node = house.node();
    let large = house.log.record(0, 1).await?;
    node.take(1).await?;
    let sql = format!(
        "UPDATE event_bodies SET body = repeat('x', {}) WHERE event_id = '{}'",
        super::MAX_MESSAGE_BYTES,
        large[0]
    );
    house.log.database.execute(&sql).await?;
    topics::delete(&settings).await?;
    house.log.record(0, 1).await?;
    let others: HashSet<_> = house.log.record(1, 2).await?.into_iter().collect();
    let mut came = HashSet::new();
    while !came.is_superset(&others) {
        came.extend(node.receive().await?.iter().flat_map(|run| run.events().iter().map(|event| event.id)));
        node.bus.commit().await?;
    }
    assert!(came.is_disjoint(&large.into_iter().collect()));
    node.shutdown().await;
    Ok(())
}

async fn an_event_that_cannot_be_read_holds_up_no_later_one() -> Outcome {
    let settings = settings();
    let house = house(&settings).await?;
    let node = house.node();
    house.log.record(0, 1).await?;
    node.take(1).await?;
    let damaged = house.log.record(0, 1).await?[0];
    house.log.database.execute(&format!("UPDATE events SET kind = 'unheard.of' WHERE id = '{damaged}'")).await?;
    // What shares a batch with it is left to the log as well.
    let later = async {
        loop {
            house.log.record(1, 1).await?;
            if let Ok(received) = timeout(Duration::from_secs(1), node.bus.receive()).await {
                return anyhow::Ok(received?);
            }
        }
    };
    let received = timeout(LIMIT, later).await??;
    assert!(received.iter().all(|run| run.environment_id() == house.log.environments[1]));
    node.shutdown().await;
    Ok(())
}

/// As when a leader loses its lease while the brokers are away: what it had queued is not sent when they are back.
async fn a_publication_that_is_broken_off_leaves_nothing_behind() -> Outcome {
    let settings = settings();
    let house = house(&settings).await?;
    house.log.record(0, 1000).await?;
    let kafka = Kafka::new(&house.log.store, settings.clone());
    kafka.begin().await?;
    let events = house.log.store.system().events_past(house.log.environments[0], 0, 1000).await?.events;
    let run = crate::Run::of_log(events).unwrap();
    {
        let mut publication = kafka.publish(vec![run.clone()]);
        assert!(futures::poll!(&mut publication).is_pending());
    }
    assert!(matches!(kafka.publish(vec![run.clone()]).await, Err(Error::Unavailable(_))));
    kafka.begin().await?;
    let written = kafka.publish(vec![run]).await?;
    let total: i64 = written.values().map(|(_, last)| last + 1).sum();
    // Some of the first may have been under way already.
    assert!((1000..=2000).contains(&total), "{total}");
    Ok(())
}

/// As with a managed Kafka: TLS, and a user by each mechanism of SASL that such a one has.
async fn a_guarded_broker_takes_whom_the_properties_name() -> Outcome {
    let broker = servers::Kafka::start_guarded().await?;
    let certificate = broker.certificate().unwrap().display();
    let guarded = |mechanism: &str, password: &str| -> Settings {
        let lines = format!(
            "security.protocol=SASL_SSL\nssl.ca.location={certificate}\n\
             sasl.mechanism={mechanism}\nsasl.username={USER}\nsasl.password={password}\n"
        );
        Settings { brokers: broker.brokers(), properties: lines.parse().unwrap(), ..settings() }
    };
    for mechanism in ["PLAIN", "SCRAM-SHA-512"] {
        let house = house(&guarded(mechanism, PASSWORD)).await?;
        let node = house.node();
        house.log.record(0, 3).await?;
        assert_eq!(node.take(3).await?, house.log.events(0).await?, "{mechanism}");
        node.shutdown().await;
        let stranger = Kafka::new(&house.log.store, guarded(mechanism, "another"));
        assert!(matches!(stranger.begin().await, Err(Error::Unavailable(_))), "{mechanism}");
    }
    Ok(())
}

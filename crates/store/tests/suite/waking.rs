//! What a commit says to its own process.

use store::{MAX_CARRIED, MAX_CARRIED_BYTES, News};
use tests::{Database, on_each_database};

use crate::house::{self, House, MIGRATED, Outcome, say};

on_each_database!(
    MIGRATED: carries_events_up_to_the_limit_and_past_it_says_look,
    carries_so_many_bytes_and_no_more,
    tells_each_environment_apart,
    says_nothing_of_what_was_not_committed,
);

async fn carries_events_up_to_the_limit_and_past_it_says_look(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let mut news = house.store.listen();
    let ids = house.record(MAX_CARRIED).await?;
    let Some(News::Events { first_position: 1, events }) = news.try_next() else { panic!("events are carried") };
    assert!(events.iter().map(|event| event.id).eq(ids));
    house.record(MAX_CARRIED + 1).await?;
    assert!(matches!(news.try_next(), Some(News::Look)));
    assert!(news.try_next().is_none());
    Ok(())
}

async fn carries_so_many_bytes_and_no_more(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let mut news = house.store.listen();
    for (bytes, carried) in [(MAX_CARRIED_BYTES, true), (MAX_CARRIED_BYTES + 1, false)] {
        house.record_of(bytes).await?;
        assert_eq!(matches!(news.try_next(), Some(News::Events { .. })), carried, "{bytes}");
    }
    Ok(())
}

async fn tells_each_environment_apart(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let other = house::environment(&house.store).await?;
    let stream = house::stream(&house.store, other).await?;
    house.record(1).await?;
    let mut news = house.store.listen();
    let mut tx = house.store.begin(&[house.stream, stream]).await?;
    for of in [stream, house.stream, stream] {
        say(&house.store, &mut tx, of);
    }
    tx.commit().await?;
    let mut told = std::collections::BTreeMap::new();
    while let Some(News::Events { first_position, events }) = news.try_next() {
        told.insert(events[0].environment_id, (first_position, events.len()));
    }
    assert_eq!(told, [(house.environment, (2, 1)), (other, (1, 2))].into());
    Ok(())
}

async fn says_nothing_of_what_was_not_committed(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let mut news = house.store.listen();
    let mut tx = house.store.begin(&[house.stream]).await?;
    say(&house.store, &mut tx, house.stream);
    drop(tx);
    assert!(news.try_next().is_none());
    Ok(())
}

/// Two stores on one database are two processes to it.
mod across_processes {
    use std::time::Duration;

    use model::id::EndpointId;
    use store::{Listener, News, Store};

    use crate::house::{self, House, LIMIT, MIGRATED, execute};
    use crate::tenant::insert_endpoint;

    /// How soon the other process hears, with no tick at all to help.
    const SOON: Duration = Duration::from_secs(1);

    async fn hear(listener: &mut Listener) -> anyhow::Result<News> {
        Ok(tokio::time::timeout(SOON, listener.next()).await?.unwrap())
    }

    async fn hear_of(listener: &mut Listener, id: EndpointId) -> anyhow::Result<()> {
        while !matches!(hear(listener).await?, News::Endpoint(heard) if heard == id) {}
        Ok(())
    }

    async fn insert(house: &House, at: usize) -> anyhow::Result<EndpointId> {
        Ok(insert_endpoint(&house.store, house.environment, &format!("https://{at}.example")).await?.id)
    }

    /// A house, and another process that is known to be listening.
    async fn begin() -> anyhow::Result<(House, Store, Listener)> {
        let house = House::new(MIGRATED.copy(tests::Kind::Postgres).await?).await?;
        let other = house::open(house.database.url()).await?;
        let mut news = other.listen();
        until_heard(&house, &mut news).await?;
        Ok((house, other, news))
    }

    /// Records until it is heard of: some of it may be heard of later.
    async fn until_heard(house: &House, news: &mut Listener) -> anyhow::Result<()> {
        let heard = async || {
            house.record(1).await.unwrap();
            news.try_next().map(drop)
        };
        tests::until("the other process to listen", LIMIT, heard).await
    }

    mod postgres {
        use super::{News, begin, execute, hear, hear_of, insert, until_heard};
        use crate::house::Outcome;

        /// More often than what was recorded before it was known to listen.
        #[tokio::test]
        async fn a_commit_is_heard_of() -> Outcome {
            let (house, _other, mut news) = begin().await?;
            for _ in 0..50 {
                house.record(1).await?;
                assert!(matches!(hear(&mut news).await?, News::Look));
            }
            Ok(())
        }

        #[tokio::test]
        async fn a_changed_endpoint_is_named() -> Outcome {
            let (house, _other, mut news) = begin().await?;
            for at in 0..3 {
                let id = insert(&house, at).await?;
                hear_of(&mut news, id).await?;
            }
            Ok(())
        }

        #[tokio::test]
        async fn a_cut_line_is_mended() -> Outcome {
            let (house, _other, mut news) = begin().await?;
            let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                       WHERE datname = current_database() AND query LIKE 'LISTEN%'";
            execute(&house.database, cut).await?;
            while news.try_next().is_some() {}
            until_heard(&house, &mut news).await?;
            let id = insert(&house, 0).await?;
            hear_of(&mut news, id).await
        }
    }
}

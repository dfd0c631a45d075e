//! A connection that is cut round COMMIT: what the caller hears is what the database did.

use store::{Store, Tx};
use tests::Kind;

use crate::house::{self, House, MIGRATED, Outcome, say};
use crate::proxy::{Cut, Proxy};

/// A house, and a store of another process whose line to the database can be cut.
async fn begin() -> anyhow::Result<(House, Proxy, Store)> {
    let house = House::new(MIGRATED.copy(Kind::Postgres).await?).await?;
    let proxy = Proxy::before(&house.database).await?;
    let store = house::open(&proxy.url).await?;
    Ok((house, proxy, store))
}

async fn positions(house: &House) -> anyhow::Result<Vec<i64>> {
    let log = house.store.system().events_past(house.environment, 0, 100).await?.events;
    Ok(log.iter().map(|found| found.position).collect())
}

async fn recording(house: &House, store: &Store) -> anyhow::Result<Tx> {
    let mut tx = store.begin(&[house.stream]).await?;
    for _ in 0..2 {
        say(store, &mut tx, house.stream);
    }
    Ok(tx)
}

mod postgres {
    use model::event::StreamId;
    use model::id::OrganizationId;

    use super::{Cut, Outcome, begin, positions, recording, say};

    #[tokio::test]
    async fn a_lost_answer_is_looked_up() -> Outcome {
        let (house, proxy, store) = begin().await?;
        let tx = recording(&house, &store).await?;
        proxy.cut_the_next_commit(Cut::Answer);
        let committed = tx.commit().await?;
        assert!(proxy.has_cut());
        assert_eq!(committed.positions.get(&house.environment), Some(&(1, 2)));
        assert_eq!(positions(&house).await?, [1, 2]);
        recording(&house, &store).await?.commit().await?;
        assert_eq!(positions(&house).await?, [1, 2, 3, 4]);
        Ok(())
    }

    #[tokio::test]
    async fn a_lost_answer_of_a_new_stream_is_looked_up() -> Outcome {
        let (house, proxy, store) = begin().await?;
        let mut tx = store.begin(&[]).await?;
        let id: OrganizationId = store.new_id(tx.now_ms);
        let stream = StreamId::Organization(id);
        tx.insert_stream(stream, house.environment);
        say(&store, &mut tx, stream);
        proxy.cut_the_next_commit(Cut::Answer);
        tx.commit().await?;
        assert!(proxy.has_cut());
        assert_eq!(positions(&house).await?, [1]);
        Ok(())
    }

    /// The positions had been drawn: the rollback gives them back.
    #[tokio::test]
    async fn a_commit_that_never_arrived_is_an_error_and_its_positions_are_free() -> Outcome {
        let (house, proxy, store) = begin().await?;
        let tx = recording(&house, &store).await?;
        proxy.cut_the_next_commit(Cut::Request);
        assert!(matches!(tx.commit().await, Err(store::Error::Unavailable(_))));
        assert!(proxy.has_cut());
        assert!(positions(&house).await?.is_empty());
        recording(&house, &store).await?.commit().await?;
        assert_eq!(positions(&house).await?, [1, 2]);
        Ok(())
    }

    #[tokio::test]
    async fn what_was_looked_up_wakes_as_any_commit() -> Outcome {
        let (house, proxy, store) = begin().await?;
        let mut news = store.listen();
        let tx = recording(&house, &store).await?;
        proxy.cut_the_next_commit(Cut::Answer);
        tx.commit().await?;
        assert!(matches!(news.try_next(), Some(store::News::Events { first_position: 1, .. })));
        Ok(())
    }
}

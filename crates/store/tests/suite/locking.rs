//! Locks: taken in one order, and passed over by who does not wait.

use futures::future::try_join_all;
use model::event::StreamId;
use model::id::DirectoryId;
use store::{Contended, Store};
use tests::{Database, on_each_database};

use crate::house::{self, House, MIGRATED, Outcome, say};
use crate::tenant::Tenant;

const TURNS: usize = 15;

on_each_database!(
    MIGRATED: transactions_that_name_streams_in_any_order_never_wait_in_a_circle,
    what_does_not_exist_is_not_locked,
    a_held_directory_comes_with_its_stream,
);

/// The streams are of two environments, so that counters are locked too.
async fn transactions_that_name_streams_in_any_order_never_wait_in_a_circle(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let other = house::environment(&house.store).await?;
    let streams = [house.stream, house::stream(&house.store, other).await?, house::stream(&house.store, other).await?];
    let orders = [[0, 1, 2], [2, 1, 0], [1, 2, 0], [1, 0, 2]];
    let writers = orders.map(|order| tokio::spawn(write(house.store.clone(), order.map(|at| streams[at]))));
    for written in try_join_all(writers).await? {
        written?;
    }
    let count = house.store.system().events_past(other, 0, 1000).await?.events.len();
    assert_eq!(count, orders.len() * TURNS * 2);
    Ok(())
}

async fn write(store: Store, streams: [StreamId; 3]) -> Result<(), store::Error> {
    for _ in 0..TURNS {
        let mut tx = store.begin(&streams).await?;
        for stream in streams {
            say(&store, &mut tx, stream);
        }
        tx.commit().await?;
    }
    Ok(())
}

async fn what_does_not_exist_is_not_locked(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let absent = StreamId::Organization(house.store.new_id(0));
    let tx = house.store.begin(&[absent, house.stream]).await?;
    assert_eq!(tx.heads.keys().copied().collect::<Vec<_>>(), [house.stream]);
    Ok(())
}

async fn a_held_directory_comes_with_its_stream(database: Database) -> Outcome {
    let store = house::open(database.url()).await?;
    let tenant = Tenant::new(&store, "ours").await?;
    let absent: DirectoryId = store.new_id(0);
    for contended in [Contended::Skip, Contended::Wait] {
        let (tx, got) = store.begin_directories(&[absent, tenant.directory.id], contended).await?;
        assert_eq!(got.iter().map(|directory| directory.id).collect::<Vec<_>>(), [tenant.directory.id]);
        assert!(tx.heads.contains_key(&StreamId::Organization(tenant.organization.id)));
    }
    Ok(())
}

/// SQLite has one transaction that writes: there is nobody to pass over.
mod beside_another {
    use store::Contended;

    use super::{MIGRATED, Outcome, StreamId, Tenant, house};

    mod postgres {
        use super::{Contended, MIGRATED, Outcome, StreamId, Tenant, house};

        #[tokio::test]
        async fn who_does_not_wait_passes_over_a_held_stream() -> Outcome {
            let database = MIGRATED.copy(tests::Kind::Postgres).await?;
            let store = house::open(database.url()).await?;
            let (held, free) = (Tenant::new(&store, "held").await?, Tenant::new(&store, "free").await?);
            let ids = [held.directory.id, free.directory.id];
            let holder = store.begin(&[StreamId::Organization(held.organization.id)]).await?;
            let (tx, got) = store.begin_directories(&ids, Contended::Skip).await?;
            assert_eq!(got.iter().map(|directory| directory.id).collect::<Vec<_>>(), [free.directory.id]);
            assert_eq!(tx.heads.len(), 1);
            drop((holder, tx));
            let (_tx, got) = store.begin_directories(&ids, Contended::Wait).await?;
            assert_eq!(got.len(), 2, "who waits gets both");
            Ok(())
        }
    }
}

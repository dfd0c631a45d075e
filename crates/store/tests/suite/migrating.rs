//! The schema is brought up to date by whoever comes, however many come at once.

use futures::future::try_join_all;
use tests::{Database, on_each_database};

use crate::house::{self, Outcome};

on_each_database!(the_second_time_changes_nothing, four_at_once_on_an_empty_database_all_succeed);

async fn the_second_time_changes_nothing(database: Database) -> Outcome {
    let store = house::open(database.url()).await?;
    store.migrate().await?;
    let environment = house::environment(&store).await?;
    store.migrate().await?;
    assert!(store.environment(environment).environment().await?.is_some());
    Ok(())
}

async fn four_at_once_on_an_empty_database_all_succeed(database: Database) -> Outcome {
    let stores = try_join_all((0..4).map(|_| house::open(database.url()))).await?;
    let migrated = stores.iter().cloned().map(|store| tokio::spawn(async move { store.migrate().await }));
    for one in try_join_all(migrated).await? {
        one?;
    }
    house::environment(&stores[3]).await?;
    Ok(())
}

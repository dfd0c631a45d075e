//! The schema is brought up to date by whoever comes, however many come at once.

use futures::future::try_join_all;
use store::{Error, Schema};
use tests::{Database, on_each_database};

use crate::house::{self, Outcome};

on_each_database!(
    what_is_pending_is_named_and_nothing_is_made,
    a_database_of_a_newer_version_is_refused,
    the_second_time_changes_nothing,
    four_at_once_on_an_empty_database_all_succeed,
);

async fn what_is_pending_is_named_and_nothing_is_made(database: Database) -> Outcome {
    let store = house::open(database.url()).await?;
    for _ in 0..2 {
        let schema = store.schema().await?;
        assert_eq!((schema.pending, schema.unknown), (vec!["m0001_spine".to_owned()], vec![]));
    }
    store.migrate().await?;
    assert_eq!(store.schema().await?, Schema { pending: vec![], unknown: vec![] });
    Ok(())
}

async fn a_database_of_a_newer_version_is_refused(database: Database) -> Outcome {
    let store = house::open(database.url()).await?;
    store.migrate().await?;
    database.execute("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_later', 1)").await?;
    assert_eq!(store.schema().await?.unknown, ["m9999_later"]);
    let refused = store.migrate().await;
    assert!(matches!(&refused, Err(Error::Newer { step }) if step == "m9999_later"), "{refused:?}");
    Ok(())
}

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

mod while_in_use {
    use sea_orm::sqlx::{Connection, Executor, PgConnection, query_scalar};
    use tests::until;

    use crate::house::{House, LIMIT, MIGRATED, Outcome};

    /// Held until the transaction ends.
    const LOCK: &str = "DO $$ BEGIN EXECUTE (SELECT format('ALTER FUNCTION %s COST 101', oid::regprocedure) \
                        FROM pg_proc WHERE proname LIKE 'rollcall_write_%'); END $$";
    const WAITING: &str = "SELECT count(*) FROM pg_locks JOIN pg_stat_activity a USING (pid) \
                           WHERE a.datname = current_database() AND NOT granted";

    mod postgres {
        tests::cases!(a_step_gives_way);
    }

    /// Whoever queues for a lock holds up all who come later: they go on meanwhile, and it has its turn after them.
    async fn a_step_gives_way() -> Outcome {
        let house = House::new(MIGRATED.copy(tests::Kind::Postgres).await?).await?;
        let mut user = PgConnection::connect(house.database.url()).await?;
        let mut watcher = PgConnection::connect(house.database.url()).await?;
        user.execute("BEGIN").await?;
        user.execute(LOCK).await?;
        let store = house.store.clone();
        let migrated = tokio::spawn(async move { store.migrate().await });
        for waits in [true, false, true] {
            let seen = async || {
                let count: i64 = query_scalar(WAITING).fetch_one(&mut watcher).await.ok()?;
                ((count > 0) == waits).then_some(())
            };
            until("it to wait, give way, and come again", LIMIT, seen).await?;
        }
        assert!(!migrated.is_finished());
        user.execute("ROLLBACK").await?;
        Ok(migrated.await??)
    }
}

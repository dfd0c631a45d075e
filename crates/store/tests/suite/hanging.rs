//! Connections that never answer again, while new ones do: nothing waits for ever, and nothing stays held.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use model::event::StreamId;
use store::{Error, News, Options, Store};
use tests::servers::Proxy;
use tests::{Kind, until};

use crate::house::{self, House, MIGRATED, Outcome, say};
use crate::tenant::{Tenant, insert_endpoint};

/// Past what a statement may take by `store::open`, and the way of its answer.
const READ: Duration = Duration::from_secs(15 + 5);
const WRITE: Duration = Duration::from_secs(30 + 5);
const SLACK: Duration = Duration::from_secs(5);

struct Scene {
    house: House,
    proxy: Proxy,
    /// By way of the proxy, with connections of all kinds.
    store: Store,
}

/// With so many connections of a kind, all of them at rest.
async fn scene(connections: u32) -> anyhow::Result<Scene> {
    let house = House::new(MIGRATED.copy(Kind::Postgres).await?).await?;
    let proxy = Proxy::before(house.database.server()?).await?;
    let url = house.database.by_way_of(proxy.address())?;
    let options = Options { write_connections: connections, read_connections: connections, ..house::options(&url) };
    let store = Store::open(options).await?;
    read(&store, &house).await?;
    write(&store, &house).await?;
    rest(&store).await?;
    Ok(Scene { house, proxy, store })
}

async fn rest(store: &Store) -> Outcome {
    let all = async || store.system().pools().iter().all(|pool| pool.idle == pool.open).then_some(());
    until("all connections to be at rest", house::LIMIT, all).await
}

async fn read(store: &Store, house: &House) -> Result<(), Error> {
    store.environment(house.environment).environment().await.map(|found| assert!(found.is_some()))
}

async fn write(store: &Store, house: &House) -> Result<(), Error> {
    let mut tx = store.begin(&[house.stream]).await?;
    say(store, &mut tx, house.stream);
    tx.commit().await.map(drop)
}

/// More uses at once than there are connections: all end within the limit, and the next one does its work.
async fn ends<T>(limit: Duration, work: impl AsyncFn() -> Result<T, Error>) -> Outcome {
    let begun = Instant::now();
    let ended = futures::future::join_all((0..6).map(|_| work())).await;
    assert!(begun.elapsed() < limit + SLACK, "{:?}", begun.elapsed());
    assert!(ended.iter().any(Result::is_err), "all was answered by connections that are gone");
    for error in ended.into_iter().filter_map(Result::err) {
        assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
    }
    let begun = Instant::now();
    work().await?;
    assert!(begun.elapsed() < SLACK, "{:?}", begun.elapsed());
    Ok(())
}

mod postgres {
    use super::*;

    #[tokio::test]
    async fn a_read_ends() -> Outcome {
        let Scene { house, proxy, store } = scene(4).await?;
        proxy.abandon();
        ends(READ, || read(&store, &house)).await
    }

    #[tokio::test]
    async fn a_write_ends() -> Outcome {
        let Scene { house, proxy, store } = scene(4).await?;
        proxy.abandon();
        ends(WRITE, || write(&store, &house)).await
    }

    /// What is in hand when it happens: the statement, and then the commit, on a connection that was good before.
    #[tokio::test]
    async fn a_transaction_ends() -> Outcome {
        let Scene { house, proxy, store } = scene(4).await?;
        let mut tx = store.begin(&[house.stream]).await?;
        say(&store, &mut tx, house.stream);
        proxy.abandon();
        let begun = Instant::now();
        let ended = tx.commit().await;
        assert!(matches!(ended, Err(Error::Unavailable(_))), "{ended:?}");
        assert!(begun.elapsed() < WRITE + SLACK);
        write(&store, &house).await?;
        Ok(())
    }

    /// What became of it is asked at once, by connections of another pool.
    #[tokio::test]
    async fn an_attempt_ends() -> Outcome {
        let Scene { house, proxy, store } = scene(4).await?;
        let tenant = Tenant::new(&house.store, "ours").await?;
        let (mut tx, _) = store.attempt_directories(&[tenant.directory.id]).await?.unwrap();
        say(&store, &mut tx, StreamId::Organization(tenant.organization.id));
        rest(&store).await?;
        proxy.abandon();
        let begun = Instant::now();
        let ended = tx.commit().await;
        assert!(matches!(ended, Err(Error::Unavailable(_))), "{ended:?}");
        assert!(begun.elapsed() < WRITE + SLACK, "{:?}", begun.elapsed());
        let begun = Instant::now();
        write(&store, &house).await?;
        read(&store, &house).await?;
        assert!(begun.elapsed() < SLACK, "{:?}", begun.elapsed());
        Ok(())
    }

    /// A connection that is on its way back has its place in the pool.
    #[tokio::test]
    async fn what_is_being_returned_is_not_waited_for() -> Outcome {
        let Scene { house, proxy, store } = scene(1).await?;
        write(&store, &house).await?;
        proxy.abandon();
        let written = async || write(&store, &house).await.ok();
        until("a write", WRITE + SLACK + SLACK, written).await
    }

    #[tokio::test]
    async fn who_listens_hears_again() -> Outcome {
        let Scene { house, proxy, store } = scene(4).await?;
        let mut news = store.listen();
        for turn in 0..2 {
            let mut told = BTreeSet::new();
            let heard = async || {
                let url = format!("https://{turn}.{}.example", told.len());
                told.insert(insert_endpoint(&house.store, house.environment, &url).await.ok()?.id);
                std::iter::from_fn(|| news.try_next())
                    .find(|news| matches!(news, News::Endpoint(id) if told.contains(id)))
            };
            until("it to hear of an endpoint", house::LIMIT, heard).await?;
            proxy.abandon();
        }
        Ok(())
    }
}

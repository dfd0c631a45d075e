//! Attempts: read without locks, written in one call, or not at all. PostgreSQL's own; on SQLite there are none.

use std::collections::{BTreeMap, BTreeSet};

use model::event::StreamId;
use model::id::UserId;
use model::resource::{User, UserDocument};
use store::{Net, Store, Tx, Writes};
use tests::{Database, Kind};

use crate::house::{self, MIGRATED, Outcome, say};
use crate::tenant::Tenant;

struct Scene {
    database: Database,
    store: Store,
    tenant: Tenant,
}

impl Scene {
    async fn new(kind: Kind) -> anyhow::Result<Self> {
        let database = MIGRATED.copy(kind).await?;
        let store = house::open(database.url()).await?;
        let tenant = Tenant::new(&store, "ours").await?;
        Ok(Self { database, store, tenant })
    }

    fn stream(&self) -> StreamId {
        StreamId::Organization(self.tenant.organization.id)
    }

    /// An attempt that makes a user and says so.
    async fn attempt(&self, store: &Store, name: &str) -> anyhow::Result<(Tx, UserId)> {
        let (mut tx, _) = store.attempt_directories(&[self.tenant.directory.id]).await?.unwrap();
        let user = self.user(store, &tx, name);
        let id = user.id;
        say(store, &mut tx, self.stream());
        tx.write(Writes { users: Net { inserted: vec![user], ..Net::default() }, ..Writes::default() }).await?;
        Ok((tx, id))
    }

    fn user(&self, store: &Store, tx: &Tx, name: &str) -> User {
        let document = UserDocument {
            json: "{}".to_owned(),
            user_name_key: name.to_owned(),
            display_name_key: None,
            external_id: None,
            mail_keys: Vec::new(),
            active: true,
        };
        User { id: store.new_id(tx.now_ms), document: Some(document), view: None, ..self.tenant.user.clone() }
    }

    /// How many of these users there are, and how many events.
    async fn count(&self, users: &[UserId]) -> anyhow::Result<(usize, usize)> {
        let tx = self.store.begin(&[]).await?;
        let keys = users.iter().map(|id| (self.tenant.directory.id, *id)).collect();
        let found = tx.load_users(&keys, &BTreeSet::new()).await?.len();
        let events = self.store.system().events_past(self.tenant.environment, 0, 100).await?.events.len();
        Ok((found, events))
    }
}

mod sqlite {
    use super::{Kind, Outcome, Scene};

    #[tokio::test]
    async fn there_are_none() -> Outcome {
        let scene = Scene::new(Kind::Sqlite).await?;
        assert!(scene.store.attempt_directories(&[scene.tenant.directory.id]).await?.is_none());
        assert!(scene.store.attempt(super::BTreeMap::new()).is_none());
        Ok(())
    }
}

mod postgres {
    use store::Error;

    use super::{Kind, Outcome, Scene, house, say};
    use crate::proxy::{Cut, Proxy};

    #[tokio::test]
    async fn one_call_writes_all() -> Outcome {
        let scene = Scene::new(Kind::Postgres).await?;
        let (tx, user) = scene.attempt(&scene.store, "ada").await?;
        let before = scene.store.statements();
        let committed = tx.commit().await?;
        assert_eq!(scene.store.statements() - before, 1);
        assert_eq!(committed.positions.get(&scene.tenant.environment), Some(&(2, 1)));
        assert_eq!(scene.count(&[user]).await?, (1, 2));
        Ok(())
    }

    #[tokio::test]
    async fn a_stream_that_has_moved_is_not_written() -> Outcome {
        let scene = Scene::new(Kind::Postgres).await?;
        let (first, ada) = scene.attempt(&scene.store, "ada").await?;
        let (second, bob) = scene.attempt(&scene.store, "bob").await?;
        first.commit().await?;
        assert!(matches!(second.commit().await, Err(Error::Moved)));
        assert_eq!(scene.count(&[ada, bob]).await?, (1, 2));
        Ok(())
    }

    #[tokio::test]
    async fn a_stream_that_is_held_is_not_waited_for() -> Outcome {
        let scene = Scene::new(Kind::Postgres).await?;
        let (tx, user) = scene.attempt(&scene.store, "ada").await?;
        let holder = scene.store.begin(&[scene.stream()]).await?;
        assert!(matches!(tx.commit().await, Err(Error::Moved)));
        drop(holder);
        assert_eq!(scene.count(&[user]).await?, (0, 1));
        Ok(())
    }

    #[tokio::test]
    async fn a_name_that_is_taken_refuses_all() -> Outcome {
        let scene = Scene::new(Kind::Postgres).await?;
        scene.attempt(&scene.store, "ada").await?.0.commit().await?;
        let (tx, user) = scene.attempt(&scene.store, "ada").await?;
        assert!(matches!(tx.commit().await, Err(Error::Conflict(_))));
        assert_eq!(scene.count(&[user]).await?, (0, 2));
        Ok(())
    }

    /// Heads that are remembered are checked even where nothing is to be written.
    #[tokio::test]
    async fn what_is_remembered_is_checked() -> Outcome {
        let scene = Scene::new(Kind::Postgres).await?;
        let (tx, _) = scene.attempt(&scene.store, "ada").await?;
        let heads = tx.heads.clone();
        tx.commit().await?;
        let remembered = scene.store.attempt(heads.clone()).unwrap();
        assert!(remembered.is_remembered());
        remembered.commit().await?;
        let mut other = scene.store.begin(&[scene.stream()]).await?;
        say(&scene.store, &mut other, scene.stream());
        other.commit().await?;
        assert!(matches!(scene.store.attempt(heads).unwrap().commit().await, Err(Error::Moved)));
        Ok(())
    }

    /// Nothing was sent: there is nothing to be looked up.
    #[tokio::test]
    async fn without_a_connection_it_is_an_error_at_once() -> Outcome {
        let scene = Scene::new(Kind::Postgres).await?;
        let store = house::open(scene.database.url()).await?;
        let (tx, user) = scene.attempt(&store, "ada").await?;
        store.close().await?;
        assert!(matches!(tx.commit().await, Err(Error::Unavailable(_))));
        assert_eq!(scene.count(&[user]).await?, (0, 1));
        Ok(())
    }

    #[tokio::test]
    async fn a_lost_answer_is_looked_up() -> Outcome {
        let scene = Scene::new(Kind::Postgres).await?;
        let proxy = Proxy::before(&scene.database).await?;
        let store = house::open(&proxy.url).await?;
        let (tx, ada) = scene.attempt(&store, "ada").await?;
        proxy.cut_the_next_with(&ada.to_string(), Cut::Answer);
        let committed = tx.commit().await?;
        assert!(proxy.has_cut());
        assert_eq!(committed.positions.get(&scene.tenant.environment), Some(&(2, 1)));
        let (tx, bob) = scene.attempt(&store, "bob").await?;
        proxy.cut_the_next_with(&bob.to_string(), Cut::Request);
        assert!(matches!(tx.commit().await, Err(Error::Unavailable(_))));
        assert!(proxy.has_cut());
        assert_eq!(scene.count(&[ada, bob]).await?, (1, 2));
        Ok(())
    }

    #[tokio::test]
    async fn a_call_carries_so_many_rows_and_no_more() -> Outcome {
        const MOST: usize = 2_000;
        let scene = Scene::new(Kind::Postgres).await?;
        for (events, fits) in [(MOST, true), (MOST + 1, false)] {
            let (mut tx, user) = scene.attempt(&scene.store, &format!("of {events}")).await?;
            for _ in 1..events {
                say(&scene.store, &mut tx, scene.stream());
            }
            let ended = tx.commit().await;
            assert_eq!(ended.is_ok(), fits, "{ended:?}");
            assert!(fits || matches!(ended, Err(Error::TooMany)), "{ended:?}");
            assert_eq!(scene.count(&[user]).await?.0, usize::from(fits));
        }
        Ok(())
    }

    /// It was looked up before it arrived: what then was not there must never come.
    #[tokio::test]
    async fn a_call_that_arrives_late_writes_nothing() -> Outcome {
        let scene = Scene::new(Kind::Postgres).await?;
        let proxy = Proxy::before(&scene.database).await?;
        let store = house::open(&proxy.url).await?;
        let (tx, ada) = scene.attempt(&store, "ada").await?;
        proxy.cut_the_next_with(&ada.to_string(), Cut::Late);
        assert!(matches!(tx.commit().await, Err(Error::Unavailable(_))));
        assert!(proxy.has_cut());
        proxy.let_late_ones_arrive().await;
        assert_eq!(scene.count(&[ada]).await?, (0, 1));
        let (tx, again) = scene.attempt(&store, "ada").await?;
        tx.commit().await?;
        assert_eq!(scene.count(&[ada, again]).await?, (1, 2));
        Ok(())
    }
}

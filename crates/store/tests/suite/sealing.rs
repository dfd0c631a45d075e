//! Secrets that must be read back lie sealed.

use sea_orm::sqlx::{self, Connection, PgConnection, SqliteConnection};
use store::{MasterKey, Options, Store};
use tests::{Database, Kind, on_each_database};

use crate::house::{self, House, MIGRATED, Outcome};
use crate::tenant::insert_endpoint;

on_each_database!(MIGRATED: a_secret_comes_back_and_lies_there_unreadable, another_key_is_refused);

async fn a_secret_comes_back_and_lies_there_unreadable(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let endpoint = insert_endpoint(&house.store, house.environment, "https://a.example").await?;
    let found = house.store.environment(house.environment).find_endpoint(endpoint.id).await?.unwrap();
    assert_eq!(found.secret.reveal(), endpoint.secret.reveal());
    let stored = stored(&house.database).await?;
    let secret = endpoint.secret.reveal().as_bytes();
    assert!(stored.len() > secret.len() && !stored.windows(secret.len()).any(|bytes| bytes == secret));
    Ok(())
}

async fn stored(database: &Database) -> anyhow::Result<Vec<u8>> {
    let sql = "SELECT secret FROM endpoints";
    Ok(match database.kind() {
        Kind::Sqlite => {
            sqlx::query_scalar(sql).fetch_one(&mut SqliteConnection::connect(database.url()).await?).await?
        }
        Kind::Postgres => sqlx::query_scalar(sql).fetch_one(&mut PgConnection::connect(database.url()).await?).await?,
    })
}

async fn another_key_is_refused(database: Database) -> Outcome {
    let house = House::new(database).await?;
    let endpoint = insert_endpoint(&house.store, house.environment, "https://a.example").await?;
    let master_key = MasterKey::new([8; 32]);
    let other = Store::open(Options { master_key, ..house::options(house.database.url()) }).await?;
    let found = other.environment(house.environment).find_endpoint(endpoint.id).await;
    assert!(matches!(found, Err(store::Error::MasterKey)), "{found:?}");
    Ok(())
}

//! Who is let in while something changes: a token that is revoked just then, a token that expires.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use broker::Authenticator;
use broker::ingest::{Refusal, Request, Write};
use model::event::StreamId;
use model::secret::Secret;
use model::tenant::Directory;
use scim::{Lenience, Preconditions, schema};
use serde_json::json;
use tests::{Database, on_each_database, until};

use crate::world::{MIGRATED, World};

const LIMIT: Duration = Duration::from_secs(30);

on_each_database!(MIGRATED: a_token_revoked_while_its_first_request_waits_is_no_good_for_a_write);

/// The first request links the directory, for which it waits for the stream: held here, to revoke its token.
async fn a_token_revoked_while_its_first_request_waits_is_no_good_for_a_write(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let (directory, token) = world.directory().await?;
    let authenticator = Arc::new(Authenticator::new(world.broker.clone()));
    let stream = StreamId::Organization(directory.organization_id);
    let tokens = world.store.directory(directory.id).list_tokens().await?;
    let mut tx = world.store.begin(&[stream]).await?;
    let asked = world.store.statements();
    let first = tokio::spawn(first_request(Arc::clone(&authenticator), directory.clone(), token.clone()));
    until("the token to be found", LIMIT, async || (world.store.statements() > asked).then_some(())).await?;
    tx.delete_token(directory.id, tokens[0].id).await?.context("the token is there")?;
    let revoked = tx.get_directory(directory.id).await?.context("the directory is there")?;
    tx.update_directories(&[Directory { tokens_version: revoked.tokens_version + 1, ..revoked }]);
    tx.commit().await?;

    let found = first.await??.context("the token was good when it was asked")?;
    let remembered = authenticator.remembered(&directory.external_key, token.reveal()).context("it is remembered")?;
    for tokens_version in [found.tokens_version, remembered.tokens_version] {
        let body = json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ada" });
        let request = Request::CreateUser(scim::resource::parse(&schema::USER, body, &Lenience::all())?).into();
        let Directory { organization_id, id: directory_id, .. } = directory;
        let written = world
            .writer
            .write(Write {
                organization_id,
                directory_id,
                tokens_version,
                preconditions: Preconditions::default(),
                request,
            })
            .await;
        assert!(matches!(written, Err(Refusal::Unauthorized)), "{written:?}");
    }
    assert!(authenticator.directory(&directory.external_key, token.reveal()).await?.is_none());
    Ok(())
}

async fn first_request(
    authenticator: Arc<Authenticator>,
    directory: Directory,
    token: Secret,
) -> Result<Option<Directory>, broker::Error> {
    authenticator.directory(&directory.external_key, token.reveal()).await
}

/// The nodes' clock stands still; the database's goes on.
mod expiry {
    use model::Timestamp;

    use super::{Authenticator, Context, LIMIT, MIGRATED, Result, World, until};

    mod postgres {
        use super::{Authenticator, Context, LIMIT, MIGRATED, Result, Timestamp, World, until};

        #[tokio::test]
        async fn is_judged_by_the_databases_clock() -> Result<()> {
            let database = MIGRATED.copy(tests::Kind::Postgres).await?;
            let world = World::new(&database).await?;
            let (directory, _) = world.directory().await?;
            let now_ms = world.store.begin(&[]).await?.now_ms;
            assert!(now_ms > world.store.clock_ms(), "the database does not know of the clock that stands still");
            let (id, soon) = (directory.id.to_string(), Timestamp(now_ms + 1_000));
            let (_, token) = world.broker.create_token(world.environment, &id, "short", Some(soon)).await?;
            let authenticator = Authenticator::new(world.broker.clone());
            let (key, token) = (directory.external_key.as_str(), token.reveal());
            authenticator.directory(key, token).await?.context("it has not expired")?;
            authenticator.remembered(key, token).context("it has not expired")?;
            until("the token to expire", LIMIT, async || authenticator.remembered(key, token).is_none().then_some(()))
                .await?;
            assert!(authenticator.directory(key, token).await?.is_none());
            Ok(())
        }
    }
}

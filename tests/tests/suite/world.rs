//! A store with a broker and a writer on a database of its own: what the suites inside one process stand on.

use std::sync::Arc;

use anyhow::{Result, anyhow};
use broker::ingest::{Answer, Refusal, Request, Write, Writer};
use broker::{Broker, OrganizationChange};
use model::FixedClock;
use model::id::EnvironmentId;
use model::secret::Secret;
use model::tenant::{Directory, DirectoryType};
use scim::{Lenience, Patch, Preconditions, schema};
use serde_json::Value;
use store::{MasterKey, Options, Store};
use tests::{Database, Template};

/// The schema, migrated once.
pub(crate) static MIGRATED: Template = Template::new(|url| {
    Box::pin(async move {
        let store = open(&url).await?;
        store.migrate().await?;
        Ok(store.close().await?)
    })
});

/// Where the clock of every world begins.
pub(crate) const NOW_MS: i64 = 1_768_478_400_000;

pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) broker: Broker,
    pub(crate) writer: Writer,
    pub(crate) environment: EnvironmentId,
}

pub(crate) async fn open(url: &str) -> Result<Store> {
    open_with(url, [3; 32]).await
}

async fn open_with(url: &str, seed: [u8; 32]) -> Result<Store> {
    let clock = Arc::new(FixedClock::at(NOW_MS));
    let options = Options {
        url: url.to_owned(),
        master_key: MasterKey::new([7; 32]),
        seed,
        clock,
        write_connections: 4,
        read_connections: 4,
    };
    Ok(Store::open(options).await?)
}

impl World {
    pub(crate) async fn new(database: &Database) -> Result<Self> {
        let store = open(database.url()).await?;
        let broker = Broker::new(store.clone());
        let environment = broker.create_environment("Production").await?.id;
        let (writer, _) = Writer::start(store.clone(), [5; 32]);
        Ok(Self { store, broker, writer, environment })
    }

    /// Another node on the same database.
    pub(crate) async fn beside(&self, database: &Database) -> Result<Self> {
        let store = open_with(database.url(), [4; 32]).await?;
        let (writer, _) = Writer::start(store.clone(), [6; 32]);
        Ok(Self { broker: Broker::new(store.clone()), store, writer, environment: self.environment })
    }

    /// A directory of an organization of its own, with its first token.
    pub(crate) async fn directory(&self) -> Result<(Directory, Secret)> {
        let change = OrganizationChange { name: Some("Fennimore Tidal".to_owned()), ..OrganizationChange::default() };
        let organization = self.broker.create_organization(self.environment, change).await?;
        let id = organization.id.to_string();
        Ok(self.broker.create_directory(self.environment, &id, DirectoryType::Generic, "People").await?)
    }

    pub(crate) async fn write(&self, directory: &Directory, request: Request) -> Result<Answer, Refusal> {
        let Directory { organization_id, id: directory_id, tokens_version, .. } = *directory;
        self.writer
            .write(Write {
                organization_id,
                directory_id,
                tokens_version,
                preconditions: Preconditions::default(),
                request: request.into(),
            })
            .await
    }

    /// Creates a user from a SCIM body and answers its id.
    pub(crate) async fn user(&self, directory: &Directory, body: Value) -> Result<model::id::UserId> {
        match self
            .write(directory, Request::CreateUser(scim::resource::parse(&schema::USER, body, &Lenience::all())?))
            .await?
        {
            Answer::User(answer) => Ok(answer.user.id),
            other => Err(anyhow!("not a user: {other:?}")),
        }
    }

    /// Creates a group from a SCIM body and answers its id.
    pub(crate) async fn group(&self, directory: &Directory, body: Value) -> Result<model::id::GroupId> {
        let parsed = scim::resource::parse(&schema::GROUP, body, &Lenience::all())?;
        match self.write(directory, Request::CreateGroup(parsed)).await? {
            Answer::Group(answer) => Ok(answer.group.id),
            other => Err(anyhow!("not a group: {other:?}")),
        }
    }

    /// All events of the environment, as (position, public JSON).
    pub(crate) async fn log(&self) -> Result<Vec<(i64, Value)>> {
        let found = self.store.system().events_past(self.environment, 0, 100_000).await?;
        assert!(found.is_last, "there is more than a page");
        found.events.into_iter().map(|found| Ok((found.position, serde_json::from_str(&found.event.body)?))).collect()
    }

    /// The events' names, in order.
    pub(crate) async fn names(&self) -> Result<Vec<String>> {
        let name = |event: &Value| event["event"].as_str().unwrap_or_default().to_owned();
        Ok(self.log().await?.iter().map(|(_, event)| name(event)).collect())
    }
}

pub(crate) fn patch_user(body: Value) -> Result<Patch> {
    Ok(Patch::parse(&schema::USER, body, &Lenience::all())?)
}

pub(crate) fn patch_group(body: Value) -> Result<Patch> {
    Ok(Patch::parse(&schema::GROUP, body, &Lenience::all())?)
}

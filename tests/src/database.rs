use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context, Result};
use sea_orm::ConnectionTrait;
use tempfile::TempDir;
use url::Url;

use crate::{Topic, postgres};

/// The two databases that every suite runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// A database that belongs to one test and is gone when dropped.
pub struct Database {
    kind: Kind,
    url: String,
    topic: Option<Topic>,
    keep: Keep,
}

/// What is removed with it.
enum Keep {
    Folder { _removed: TempDir },
    OnServer { name: String },
    Elsewhere,
}

impl Database {
    pub fn empty(kind: Kind) -> Result<Self> {
        match kind {
            Kind::Sqlite => Self::sqlite(),
            Kind::Postgres => Self::postgres(),
        }
    }

    /// On a server that a test has for itself, and that keeps it.
    pub fn elsewhere(url: String) -> Self {
        Self { kind: Kind::Postgres, url, topic: None, keep: Keep::Elsewhere }
    }

    /// A file in a temporary folder; the first connection creates it.
    pub fn sqlite() -> Result<Self> {
        Ok(Self::in_folder(tempfile::tempdir()?))
    }

    /// A new database on the server that `ROLLCALL_TEST_DATABASE_URL` names. Without a server this is an error: a suite
    /// that skipped itself would look like one that passed.
    pub fn postgres() -> Result<Self> {
        let (name, url) = postgres::server()?.create("template0")?;
        Ok(Self::on_server(name, url))
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// As `--database-url` takes it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// As [`Database::url`], by way of what stands before the server.
    pub fn by_way_of(&self, address: SocketAddr) -> Result<String> {
        let mut url = Url::parse(self.url())?;
        let host = url.set_ip_host(address.ip());
        host.and_then(|()| url.set_port(Some(address.port()))).ok().context("a URL with a host")?;
        url.set_query(Some("sslmode=disable"));
        Ok(url.into())
    }

    /// Where its server listens.
    pub fn server(&self) -> Result<SocketAddr> {
        let addresses = Url::parse(self.url())?.socket_addrs(|| Some(5432))?;
        addresses.first().copied().context("a URL with an address")
    }

    /// And a topic of Kafka beside it.
    #[must_use]
    pub fn with(mut self, topic: Topic) -> Self {
        self.topic = Some(topic);
        self
    }

    /// None: events go through memory.
    pub fn topic(&self) -> Option<&Topic> {
        self.topic.as_ref()
    }

    /// Runs SQL that no interface of ours would: damage, for the tests of it.
    pub async fn execute(&self, sql: &str) -> Result<()> {
        let connection = sea_orm::Database::connect(self.url()).await?;
        connection.execute_unprepared(sql).await?;
        Ok(connection.close().await?)
    }

    pub(crate) fn in_folder(folder: TempDir) -> Self {
        Self {
            kind: Kind::Sqlite,
            url: sqlite_url(folder.path()),
            topic: None,
            keep: Keep::Folder { _removed: folder },
        }
    }

    pub(crate) fn on_server(name: String, url: String) -> Self {
        Self { kind: Kind::Postgres, url, topic: None, keep: Keep::OnServer { name } }
    }
}

pub(crate) fn sqlite_url(folder: &Path) -> String {
    format!("sqlite://{}?mode=rwc", folder.join("rollcall.db").display())
}

impl Drop for Database {
    fn drop(&mut self) {
        if let (Keep::OnServer { name }, Ok(server)) = (&self.keep, postgres::server()) {
            server.drop(name);
        }
    }
}

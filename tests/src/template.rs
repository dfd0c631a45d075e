use std::error::Error;
use std::fs;
use std::path::PathBuf;
use std::pin::Pin;

use anyhow::{Result, anyhow};
use tokio::sync::OnceCell;

use crate::database::{Database, Kind, sqlite_url};
use crate::postgres;

/// What brings the empty database at a URL to where a suite begins. It must close its connections.
pub type Migration = fn(String) -> Pin<Box<dyn Future<Output = Result<(), Box<dyn Error + Send + Sync>>> + Send>>;

/// A database that is migrated once per test process and copied for each test:
/// `static MIGRATED: Template = Template::new(|url| Box::pin(async move { … }));`
pub struct Template {
    migrate: Migration,
    sqlite: OnceCell<Vec<(PathBuf, Vec<u8>)>>,
    postgres: OnceCell<String>,
}

/// The template of suites that begin with nothing.
pub static EMPTY: Template = Template::new(|_| Box::pin(async { Ok(()) }));

impl Template {
    pub const fn new(migrate: Migration) -> Self {
        Self { migrate, sqlite: OnceCell::const_new(), postgres: OnceCell::const_new() }
    }

    pub async fn copy(&self, kind: Kind) -> Result<Database> {
        match kind {
            Kind::Sqlite => {
                let folder = tempfile::tempdir()?;
                for (name, bytes) in self.sqlite.get_or_try_init(|| self.files()).await? {
                    fs::write(folder.path().join(name), bytes)?;
                }
                Ok(Database::in_folder(folder))
            }
            Kind::Postgres => {
                let template = self.postgres.get_or_try_init(|| self.on_server()).await?;
                let (name, url) = postgres::server()?.create(template)?;
                Ok(Database::on_server(name, url))
            }
        }
    }

    /// The migrated database's files (a write-ahead log may lie beside it), held in memory.
    async fn files(&self) -> Result<Vec<(PathBuf, Vec<u8>)>> {
        let folder = tempfile::tempdir()?;
        self.migrate(&sqlite_url(folder.path())).await?;
        fs::read_dir(folder.path())?
            .map(|entry| entry.and_then(|e| Ok((e.file_name().into(), fs::read(e.path())?))).map_err(Into::into))
            .collect()
    }

    /// It stays until the process ends, and is then swept by the next one.
    async fn on_server(&self) -> Result<String> {
        let server = postgres::server()?;
        let (name, url) = server.create("template0")?;
        self.migrate(&url).await?;
        server.seal(&name)?;
        Ok(name)
    }

    async fn migrate(&self, url: &str) -> Result<()> {
        (self.migrate)(url.to_owned()).await.map_err(|e| anyhow!(e).context("the template's migration"))
    }
}

//! What a node stands on: the data folder, the master key in it, the database.

mod key;
mod lock;
#[cfg(test)]
mod tests;

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use model::query::{Order, PageQuery};
use store::{MasterKey, Store};
use url::Url;

use crate::clock::SystemClock;
use crate::config::{MasterKeySource, Storage};
use crate::seed::seed;

pub(crate) use lock::{Lock, Serving, serving};

const DATABASE: &str = "rollcall.db";

/// Opens the store and makes what is missing: folder, master key, database, schema.
pub(crate) async fn make(storage: &Storage) -> anyhow::Result<Store> {
    let source = storage.master_key()?;
    if storage.database_url.is_none() || matches!(source, MasterKeySource::Folder(_)) {
        make_folder(&storage.data_dir)?;
    }
    if let MasterKeySource::Folder(folder) = &source {
        let database = database_file(storage).filter(|file| file.exists());
        key::make(folder, database.as_deref())?;
    }
    let store = connect(storage, key::read(&source)?).await?;
    store.migrate().await.with_context(|| format!("cannot bring {} up to date", database_name(storage)))?;
    check_key(&store).await.with_context(|| key::name(&source))?;
    Ok(store)
}

/// Opens the store as it is.
///
/// # Errors
/// Something is missing: a mistyped folder must not become a second one.
pub(crate) async fn open(storage: &Storage) -> anyhow::Result<Store> {
    let source = storage.master_key()?;
    let missing = [database_file(storage), key::file(&source)].into_iter().flatten().find(|file| !file.exists());
    if let Some(file) = missing {
        bail!("there is no {}: `rollcall serve` or `rollcall migrate` makes it", file.display());
    }
    connect(storage, key::read(&source)?).await
}

/// Opens the store, does something on it, and closes it.
pub(crate) async fn with<T, E>(storage: &Storage, job: impl AsyncFnOnce(Store) -> Result<T, E>) -> anyhow::Result<T>
where
    anyhow::Error: From<E>,
{
    let store = open(storage).await?;
    let result = job(store.clone()).await;
    store.close().await?;
    Ok(result?)
}

/// What the database is called before people: a server without user and password, or a file.
pub(crate) fn database_name(storage: &Storage) -> String {
    let Some(url) = &storage.database_url else { return storage.data_dir.join(DATABASE).display().to_string() };
    match Url::parse(url) {
        Ok(url) if url.has_host() => format!("{}://{}{}", url.scheme(), url.host_str().unwrap_or_default(), url.path()),
        _ => url.clone(),
    }
}

async fn connect(storage: &Storage, master_key: MasterKey) -> anyhow::Result<Store> {
    let options = store::Options {
        url: database_url(storage)?,
        master_key,
        seed: seed()?,
        clock: Arc::new(SystemClock),
        write_connections: storage.write_connections.get(),
        read_connections: storage.read_connections.get(),
    };
    Store::open(options).await.with_context(|| format!("cannot open {}", database_name(storage)))
}

/// The database file in the data folder, unless the database is elsewhere.
fn database_file(storage: &Storage) -> Option<PathBuf> {
    storage.database_url.is_none().then(|| storage.data_dir.join(DATABASE))
}

fn database_url(storage: &Storage) -> anyhow::Result<String> {
    let Some(file) = database_file(storage) else { return Ok(storage.database_url.clone().unwrap_or_default()) };
    let path = file.to_str().with_context(|| format!("the path {} is not UTF-8", file.display()))?;
    // The path ends at a question mark and its percent signs are decoded.
    Ok(format!("sqlite://{}?mode=rwc", path.replace('%', "%25").replace('?', "%3F")))
}

/// For its owner alone.
fn make_folder(folder: &Path) -> anyhow::Result<()> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.with_context(|| format!("cannot make the folder {}", folder.display()))
}

/// Opens one sealed secret, if there is any: a wrong key is found before anything is sealed under it.
async fn check_key(store: &Store) -> Result<(), store::Error> {
    let first = PageQuery { limit: 1, order: Order::Oldest, before: None, after: None };
    for environment in store.system().list_environments().await? {
        if !store.environment(environment.id).list_endpoints(first).await?.items.is_empty() {
            break;
        }
    }
    Ok(())
}

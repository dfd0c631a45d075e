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
use store::{MasterKey, Schema, Store};
use url::Url;

use crate::clock::SystemClock;
use crate::config::{MasterKeySource, Storage};
use crate::seed::seed;

pub(crate) use lock::{Lock, Serving, serving};

const DATABASE: &str = "rollcall.db";
const NAME_THE_KEY: &str = "name the key of this database by ROLLCALL_MASTER_KEY or --master-key-file";

/// Opens the store and makes what is missing: folder, master key, database, schema.
pub(crate) async fn make(storage: &Storage) -> anyhow::Result<Store> {
    let source = storage.master_key()?;
    if storage.database_url.is_none() || matches!(source, MasterKeySource::Folder(_)) {
        make_folder(&storage.data_dir)?;
    }
    let mut made_in = None;
    if let MasterKeySource::Folder(folder) = &source {
        let database = database_file(storage).filter(|file| file.exists());
        made_in = key::make(folder, database.as_deref())?.then_some(folder);
    }
    let store = connect(storage, key::read(&source)?).await?;
    store.migrate().await.with_context(|| format!("cannot bring {} up to date", database_name(storage)))?;
    if let Err(error) = claim(&store, storage, &source).await {
        made_in.map_or(Ok(()), |folder| key::unmake(folder))?;
        return Err(error);
    }
    Ok(store)
}

/// Opens the store as it is.
///
/// # Errors
/// Something is missing: a mistyped folder must not become a second one.
pub(crate) async fn open(storage: &Storage) -> anyhow::Result<Store> {
    let source = storage.master_key()?;
    if let Some(file) = database_file(storage).filter(|file| !file.exists()) {
        bail!("there is no {}: `rollcall serve` or `rollcall migrate` makes it", file.display());
    }
    if let Some(file) = key::file(&source).filter(|file| !file.exists()) {
        bail!("there is no {}: {}", file.display(), key_advice(storage));
    }
    let store = connect(storage, key::read(&source)?).await?;
    claim(&store, storage, &source).await?;
    Ok(store)
}

/// A database of its own is sealed under the key in the folder; one elsewhere may be another node's.
fn key_advice(storage: &Storage) -> String {
    match &storage.database_url {
        None => format!("{} is sealed under it: put it back", database_name(storage)),
        Some(_) => format!("{NAME_THE_KEY} (a new database gets one by `rollcall serve` or `rollcall migrate`)"),
    }
}

/// Ties a new database to the key, and holds the key against that of another.
async fn claim(store: &Store, storage: &Storage, source: &MasterKeySource) -> anyhow::Result<()> {
    let claimed = store.claim().await;
    claimed.map_err(|error| match error {
        store::Error::MasterKey => {
            anyhow::Error::new(error).context(format!("{} is refused: {NAME_THE_KEY}", key::name(source)))
        }
        _ => {
            let database = database_name(storage);
            anyhow::Error::new(error).context(format!("cannot use {database} (`rollcall migrate` makes its tables)"))
        }
    })
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

/// What the database has of the schema; nothing is made.
pub(crate) async fn schema(storage: &Storage) -> anyhow::Result<Schema> {
    if let Some(file) = database_file(storage).filter(|file| !file.exists()) {
        bail!("there is no {}: `rollcall serve` or `rollcall migrate` makes it", file.display());
    }
    // Nothing sealed is read.
    let store = connect(storage, MasterKey::new([0; 32])).await?;
    let schema = store.schema().await.with_context(|| format!("cannot read {}", database_name(storage)))?;
    store.close().await?;
    Ok(schema)
}

/// What the database is called before people: a server without user and password, or a file.
pub(crate) fn database_name(storage: &Storage) -> String {
    let Some(url) = &storage.database_url else { return storage.data_dir.join(DATABASE).display().to_string() };
    match Url::parse(url) {
        Ok(url) if url.has_host() => format!("{}://{}{}", url.scheme(), url.host_str().unwrap_or_default(), url.path()),
        // What cannot be understood may hold a password all the same.
        _ => match (url.split_once("://"), url.rsplit_once('@')) {
            (Some((scheme, _)), Some((_, server))) if scheme != "sqlite" => {
                format!("{scheme}://{}", server.split('?').next().unwrap_or_default())
            }
            _ => url.clone(),
        },
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

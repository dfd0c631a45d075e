use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use url::Url;

use super::shell;

/// The folder when nothing is said.
const DEFAULT_DIR: &str = "./rollcall-data";
/// What stands for a password that is not shown.
const PASSWORD: &str = "PASSWORD";
const DEFAULT_CONNECTIONS: NonZeroU32 = NonZeroU32::MIN.saturating_add(7);

/// Where state lies: all commands that touch it take these.
#[derive(clap::Args)]
#[command(next_help_heading = "Data")]
pub(crate) struct Storage {
    /// Folder of the database and the master key.
    #[arg(long, env = "ROLLCALL_DATA_DIR", value_name = "DIR", default_value = DEFAULT_DIR)]
    pub(crate) data_dir: PathBuf,

    /// Database, postgres://… or sqlite://…, in the place of SQLite in the folder.
    #[arg(long, env = "ROLLCALL_DATABASE_URL", value_name = "URL", hide_env_values = true, value_parser = database_url)]
    pub(crate) database_url: Option<String>,

    /// File of the master key, in the place of `master.key` in the folder. Nodes that share a database share the key;
    /// `ROLLCALL_MASTER_KEY` may hold the key itself.
    #[arg(long, env = "ROLLCALL_MASTER_KEY_FILE", value_name = "FILE")]
    pub(crate) master_key_file: Option<PathBuf>,

    /// Connections for writing (SQLite always has one, PostgreSQL two more for ingest).
    #[arg(long, env = "ROLLCALL_WRITE_CONNECTIONS", value_name = "COUNT", default_value_t = DEFAULT_CONNECTIONS)]
    pub(crate) write_connections: NonZeroU32,

    /// Connections for reading.
    #[arg(long, env = "ROLLCALL_READ_CONNECTIONS", value_name = "COUNT", default_value_t = DEFAULT_CONNECTIONS)]
    pub(crate) read_connections: NonZeroU32,
}

impl Storage {
    /// All of it in this folder.
    pub(crate) fn embedded(folder: &Path) -> Self {
        Self {
            data_dir: folder.to_owned(),
            database_url: None,
            master_key_file: None,
            write_connections: DEFAULT_CONNECTIONS,
            read_connections: DEFAULT_CONNECTIONS,
        }
    }

    /// What must stand behind another command so that it finds the same state; never a secret.
    pub(crate) fn as_flags(&self) -> String {
        let folder = (*self.data_dir != *DEFAULT_DIR).then(|| self.data_dir.display().to_string());
        let database = self.database_url.as_deref().map(without_password);
        let key = self.master_key_file.as_ref().map(|file| file.display().to_string());
        let flags = [("--data-dir", folder), ("--database-url", database), ("--master-key-file", key)];
        let given = flags.into_iter().filter_map(|(flag, value)| Some((flag, value?)));
        given.map(|(flag, value)| [" ", flag, " ", &shell::word(&value)].concat()).collect()
    }
}

/// A word in the password's place, which a person replaces.
fn without_password(url: &str) -> String {
    let Ok(mut url) = Url::parse(url) else { return "URL".to_owned() };
    if url.password().is_some() {
        _ = url.set_password(Some(PASSWORD));
    }
    let is_secret = |name: &str| name.contains("password");
    if url.query_pairs().any(|(name, _)| is_secret(&name)) {
        let pairs: Vec<_> = url.query_pairs().into_owned().collect();
        let shown = |(name, value): (String, String)| {
            if is_secret(&name) { (name, PASSWORD.to_owned()) } else { (name, value) }
        };
        url.query_pairs_mut().clear().extend_pairs(pairs.into_iter().map(shown));
    }
    url.into()
}

fn database_url(text: &str) -> Result<String, &'static str> {
    let known = ["postgres://", "postgresql://", "sqlite:"].iter().any(|scheme| text.starts_with(scheme));
    if known { Ok(text.to_owned()) } else { Err("it must begin with postgres:// or sqlite://") }
}

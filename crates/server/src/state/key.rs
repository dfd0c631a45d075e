//! The master key: given, in a file of its own, or in the data folder, where it is made once.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use rand::SeedableRng;
use rand::rngs::StdRng;
use store::MasterKey;

use crate::config::MasterKeySource;
use crate::seed::seed;

const FILE: &str = "master.key";

/// Makes the key file of a folder, if there is none; answers whether it did.
///
/// # Errors
/// `database` is there without it: what was sealed under the lost key would never open under a new one.
pub(super) fn make(folder: &Path, database: Option<&Path>) -> anyhow::Result<bool> {
    let file = path(folder);
    if file.exists() {
        return Ok(false);
    }
    if let Some(database) = database {
        bail!("{} is missing, and {} is sealed under it: put it back", file.display(), database.display());
    }
    write(folder, &file).with_context(|| format!("cannot write {}", file.display()))
}

/// Takes back a key that was made just now, for a database that has another.
pub(super) fn unmake(folder: &Path) -> anyhow::Result<()> {
    let file = path(folder);
    fs::remove_file(&file).with_context(|| format!("cannot remove {}", file.display()))
}

/// The file appears whole or not at all, readable by its owner only, and never in the place of another.
fn write(folder: &Path, file: &Path) -> anyhow::Result<bool> {
    let key = MasterKey::generate(&mut StdRng::from_seed(seed()?));
    // Created with O_EXCL and mode 0600, then linked under its name.
    let mut draft = tempfile::Builder::new().prefix(".master-").tempfile_in(folder)?;
    writeln!(draft, "{}", key.to_hex())?;
    draft.as_file().sync_all()?;
    let made = match draft.persist_noclobber(file) {
        Ok(_) => true,
        // Another process was first: its key is the key.
        Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => false,
        Err(error) => return Err(error.error.into()),
    };
    fs::File::open(folder)?.sync_all()?;
    Ok(made)
}

pub(super) fn read(source: &MasterKeySource) -> anyhow::Result<MasterKey> {
    let text = match source {
        MasterKeySource::Given(text) => text.clone(),
        MasterKeySource::File(file) => read_file(file)?,
        MasterKeySource::Folder(folder) => read_file(&path(folder))?,
    };
    MasterKey::from_hex(&text).with_context(|| format!("{}: it must be 64 hexadecimal digits", name(source)))
}

/// The key's place in a data folder.
pub(super) fn file(source: &MasterKeySource) -> Option<PathBuf> {
    match source {
        MasterKeySource::Folder(folder) => Some(path(folder)),
        _ => None,
    }
}

fn read_file(file: &Path) -> anyhow::Result<String> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read the master key {}", file.display()))?;
    let mode = fs::metadata(file)?.permissions().mode();
    if mode & 0o077 != 0 {
        tracing::warn!(file = %file.display(), mode = format!("{:o}", mode & 0o777), "others may read the master key");
    }
    Ok(text)
}

/// What the key is called before people.
pub(super) fn name(source: &MasterKeySource) -> String {
    match source {
        MasterKeySource::Given(_) => "the master key in ROLLCALL_MASTER_KEY".to_owned(),
        MasterKeySource::File(file) => format!("the master key {}", file.display()),
        MasterKeySource::Folder(folder) => format!("the master key {}", path(folder).display()),
    }
}

fn path(folder: &Path) -> PathBuf {
    folder.join(FILE)
}

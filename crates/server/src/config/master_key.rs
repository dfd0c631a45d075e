use std::path::PathBuf;

use super::Storage;

/// The master key itself. Only a variable: an argument would be seen by whoever lists processes.
const VARIABLE: &str = "ROLLCALL_MASTER_KEY";

/// Where the master key comes from.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum MasterKeySource {
    /// The variable's text.
    Given(String),
    /// A file that must exist.
    File(PathBuf),
    /// The data folder; made there when it is missing.
    Folder(PathBuf),
}

impl Storage {
    /// # Errors
    /// Both the variable and a file are given.
    pub(crate) fn master_key(&self) -> anyhow::Result<MasterKeySource> {
        #[expect(clippy::disallowed_methods, reason = "a secret that no flag may hold; this is the configuration")]
        self.master_key_or(std::env::var(VARIABLE).ok())
    }

    pub(super) fn master_key_or(&self, variable: Option<String>) -> anyhow::Result<MasterKeySource> {
        match (variable.filter(|text| !text.is_empty()), &self.master_key_file) {
            (Some(_), Some(file)) => anyhow::bail!(
                "there are two master keys: {VARIABLE} and {} (--master-key-file or ROLLCALL_MASTER_KEY_FILE)",
                file.display()
            ),
            (Some(text), None) => Ok(MasterKeySource::Given(text)),
            (None, Some(file)) => Ok(MasterKeySource::File(file.clone())),
            (None, None) => Ok(MasterKeySource::Folder(self.data_dir.clone())),
        }
    }
}

//! One `serve` for each data folder: whoever serves holds a lock on a file, and says in it where.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

const FILE: &str = "serving.lock";
/// Those who only ask hold the lock for a moment; one that is held longer is somebody's who serves.
const PATIENCE: Duration = Duration::from_secs(2);

/// Held as long as this lives; the system takes it back from a process that ends, however it ends.
pub(crate) struct Lock(File);

/// What the holder says of itself.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Serving {
    pub(crate) process: u32,
    pub(crate) public_url: String,
}

impl Lock {
    pub(crate) fn take(folder: &Path) -> anyhow::Result<Self> {
        super::make_folder(folder)?;
        let path = folder.join(FILE);
        let opened = File::options().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = opened.with_context(|| format!("cannot open {}", path.display()))?;
        match lock(&file) {
            Ok(()) => {
                // What the last one said is no news.
                file.set_len(0)?;
                Ok(Self(file))
            }
            Err(TryLockError::WouldBlock) => {
                let holder = read(&mut file).map(|it| format!(" (process {}, {})", it.process, it.public_url));
                bail!("another `rollcall serve`{} runs on {}", holder.unwrap_or_default(), folder.display())
            }
            Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("cannot lock {}", path.display())),
        }
    }

    /// Says where it is served, for the commands that run beside.
    pub(crate) fn say(&mut self, serving: &Serving) -> anyhow::Result<()> {
        self.0.set_len(0)?;
        self.0.rewind()?;
        self.0.write_all(&serde_json::to_vec(serving)?)?;
        Ok(())
    }
}

/// Takes the lock past those who only ask whether somebody has it.
fn lock(file: &File) -> Result<(), TryLockError> {
    let asked = Instant::now();
    loop {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) if asked.elapsed() < PATIENCE => {}
            settled => return settled,
        }
        // Shared it can be had beside those who ask, but not beside one who serves.
        file.try_lock_shared()?;
        file.unlock().map_err(TryLockError::Error)?;
        thread::yield_now();
    }
}

/// Who serves this folder now.
pub(crate) fn serving(folder: &Path) -> Option<Serving> {
    let mut file = File::open(folder.join(FILE)).ok()?;
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => read(&mut file),
        _ => None,
    }
}

fn read(file: &mut File) -> Option<Serving> {
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

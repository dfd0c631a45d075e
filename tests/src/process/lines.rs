use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::Child;

/// What a process prints, kept as it comes: the first line of its standard output, and everything.
#[derive(Clone, Default)]
pub(super) struct Lines(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    first: Option<String>,
    all: String,
    /// How many streams have ended.
    ended: usize,
}

impl Lines {
    /// Reads both streams until they end, so that the process never waits for a reader.
    pub(super) fn of(child: &mut Child) -> Result<Self> {
        let lines = Self::default();
        let stdout = child.stdout.take().context("standard output is not piped")?;
        let stderr = child.stderr.take().context("standard error is not piped")?;
        tokio::spawn(lines.clone().read(stdout, true));
        tokio::spawn(lines.clone().read(stderr, false));
        Ok(lines)
    }

    pub(super) fn first(&self) -> Option<String> {
        self.kept(|kept| kept.first.clone())
    }

    /// Whether all that was printed has been read: the process has closed both streams.
    pub(super) fn are_complete(&self) -> bool {
        self.kept(|kept| kept.ended == 2)
    }

    pub(super) fn all(&self) -> String {
        self.kept(|kept| kept.all.clone())
    }

    async fn read(self, stream: impl AsyncRead + Unpin, is_stdout: bool) {
        let mut lines = BufReader::new(stream).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            self.kept(|kept| {
                kept.all.extend([line.as_str(), "\n"]);
                if is_stdout && kept.first.is_none() {
                    kept.first = Some(line);
                }
            });
        }
        self.kept(|kept| kept.ended += 1);
    }

    fn kept<T>(&self, look: impl FnOnce(&mut Kept) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

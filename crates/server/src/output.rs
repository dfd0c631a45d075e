//! What a command says on standard output: one JSON object, or lines for a person. Logs never go there.

use std::fmt::Display;
use std::io::{self, Write};

use serde::Serialize;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    pub(crate) json: bool,
}

impl Output {
    /// The result, whichever way it was asked for.
    pub(crate) fn say(self, result: &(impl Serialize + Display)) -> anyhow::Result<()> {
        if self.json { line(&serde_json::to_string(result)?) } else { line(&result.to_string()) }
    }

    /// Lines that only a person reads.
    pub(crate) fn tell(self, text: impl Display) -> anyhow::Result<()> {
        if self.json { Ok(()) } else { line(&text.to_string()) }
    }
}

/// Writes a line at once. A reader who has gone (`| head`) is no error.
pub(crate) fn line(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{}", text.trim_end_matches('\n')).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

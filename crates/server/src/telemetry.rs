//! Log lines, on standard error.

use std::io::{self, IsTerminal};
use std::panic;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

use crate::config::{Log, LogFormat};

/// Those who speak of every statement and connection.
const QUIETER: &str = "sqlx=warn,sea_orm=warn,sea_orm_migration=warn,actix_server=warn,hyper=warn,h2=warn";

/// Starts logging. Panics are logged too, in the form that was asked for.
pub(crate) fn start(log: &Log) {
    let filter = EnvFilter::builder().parse_lossy(format!("{QUIETER},{}", log.log_level));
    let lines = fmt().with_env_filter(filter).with_writer(io::stderr);
    match log.log_format {
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).init(),
        LogFormat::Text => lines.compact().with_target(false).with_ansi(io::stderr().is_terminal()).init(),
    }
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, reason = panic.payload_as_str(), "a task has panicked");
    }));
}

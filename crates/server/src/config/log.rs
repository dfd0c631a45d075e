use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

/// Log lines: always on standard error.
#[derive(clap::Args)]
#[command(next_help_heading = "Log")]
pub(crate) struct Log {
    /// How log lines look.
    #[arg(long, global = true, env = "ROLLCALL_LOG_FORMAT", value_name = "FORMAT", default_value = "text")]
    pub(crate) log_format: LogFormat,

    /// What is logged: error, warn, info, debug or trace, also by crate: `info,delivery=debug`.
    #[arg(long, global = true, env = "ROLLCALL_LOG_LEVEL", value_name = "LEVEL", default_value = "info")]
    #[arg(value_parser = level)]
    pub(crate) log_level: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

fn level(text: &str) -> Result<String, String> {
    EnvFilter::builder().parse(text).map_err(|error| error.to_string())?;
    Ok(text.to_owned())
}

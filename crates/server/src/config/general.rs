use std::path::PathBuf;

/// The id of [`General::config`].
pub(super) const CONFIG: &str = "config";

/// What every command takes.
#[derive(clap::Args)]
#[command(next_help_heading = "General")]
pub(crate) struct General {
    /// TOML file of settings; `rollcall config sample` prints one.
    #[arg(long, global = true, env = "ROLLCALL_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,

    /// Print the result as one JSON object.
    #[arg(long, global = true, env = "ROLLCALL_JSON")]
    pub(crate) json: bool,
}

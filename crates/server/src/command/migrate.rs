use std::fmt;

use clap::Args;
use serde::Serialize;

use crate::config::Storage;
use crate::output::Output;
use crate::state;

#[derive(Args)]
pub(crate) struct Migrate {
    #[command(flatten)]
    storage: Storage,
}

#[derive(Serialize)]
struct Migrated {
    migrated: bool,
    database: String,
}

impl Migrate {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<()> {
        let database = state::database_name(&self.storage);
        state::make(&self.storage).await?.close().await?;
        output.say(&Migrated { migrated: true, database })
    }
}

impl fmt::Display for Migrated {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} is up to date", self.database)
    }
}

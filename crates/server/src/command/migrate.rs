use std::fmt;

use anyhow::bail;
use clap::Args;
use serde::Serialize;
use store::Schema;

use crate::config::Storage;
use crate::output::Output;
use crate::state;

#[derive(Args)]
pub(crate) struct Migrate {
    /// Change nothing: fail when there is something to do.
    #[arg(long, env = "ROLLCALL_MIGRATE_CHECK")]
    check: bool,
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
        if self.check {
            let schema = state::schema(&self.storage).await?;
            judge(&schema, &database)?;
        } else {
            state::make(&self.storage).await?.close().await?;
        }
        output.say(&Migrated { migrated: !self.check, database })
    }
}

fn judge(schema: &Schema, database: &str) -> anyhow::Result<()> {
    if !schema.unknown.is_empty() {
        bail!("{database} is of a newer version: it has taken {}", schema.unknown.join(", "));
    }
    if !schema.pending.is_empty() {
        bail!("{database} is not up to date: `rollcall migrate` would take {}", schema.pending.join(", "));
    }
    Ok(())
}

impl fmt::Display for Migrated {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} is up to date", self.database)
    }
}

use std::fmt;
use std::process;

use anyhow::bail;
use clap::Args;
use serde::Serialize;
use store::{Durability, Store};

use crate::config::{Delivery, Http, Kafka, MasterKeySource, Role, Roles, Storage, Tasks};
use crate::node::signal::Ending;
use crate::node::{Node, Plan};
use crate::output::Output;
use crate::state::{self, Lock, Serving};

#[derive(Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) http: Http,
    #[command(flatten)]
    storage: Storage,
    #[command(flatten)]
    delivery: Delivery,
    #[command(flatten)]
    kafka: Kafka,
    #[command(flatten)]
    tasks: Tasks,
}

/// The first line with `--json`, else the screen.
#[derive(Serialize)]
struct Screen {
    listening: String,
    public_url: String,
    database: String,
    /// What makes an answered commit survive a crash.
    durability: String,
    /// The topic, or memory.
    bus: String,
    roles: String,
    #[serde(skip)]
    next: String,
}

impl Serve {
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<()> {
        let mut ending = Ending::listen()?;
        let kafka = self.kafka.settings()?;
        let mut lock = self.lock()?;
        let store = state::make(&self.storage).await?;
        if let Some(url) = &self.http.public.public_url {
            store.system().set_public_url(url).await?;
        }
        let next = self.next(&store).await?;
        let durability = durability(&store).await?;
        let alone = lock.is_some() && self.storage.database_url.is_none();
        let plan = Plan { http: &self.http, delivery: &self.delivery, kafka, roles: self.roles(alone)?, alone };
        let (bus, roles) = (plan.bus(), plan.roles.to_string());
        let node = Node::start(store, &plan)?;
        let public_url = node.public_url().to_owned();
        if let Some(lock) = &mut lock {
            lock.say(&Serving { process: process::id(), public_url: public_url.clone() })?;
        }
        let (listening, database) = (node.address().to_string(), state::database_name(&self.storage));
        output.say(&Screen { listening, public_url, database, durability, bus, roles, next })?;
        tokio::select! {
            () = ending.told() => {}
            error = node.failure() => return Err(error),
        }
        tracing::info!("ending: what was accepted is finished first");
        tokio::select! {
            drained = node.drain() => drained,
            () = ending.told() => bail!("ended at once, as told twice"),
        }
    }

    /// None when the folder is not used: the database and the key are elsewhere.
    fn lock(&self) -> anyhow::Result<Option<Lock>> {
        let key_is_there = matches!(self.storage.master_key()?, MasterKeySource::Folder(_));
        let used = self.storage.database_url.is_none() || key_is_there;
        used.then(|| Lock::take(&self.storage.data_dir)).transpose()
    }

    /// The roles of this node, with what they cannot do without.
    fn roles(&self, alone: bool) -> anyhow::Result<Roles> {
        let (mut roles, is_memory) = (self.tasks.roles.clone(), self.kafka.brokers.is_none());
        if is_memory && roles.has(Role::Relay) && !roles.has(Role::Delivery) {
            bail!("a relay without delivery has nobody to hand events to: name --kafka-brokers, or both roles");
        }
        if is_memory && roles.has(Role::Delivery) {
            roles.add(Role::Relay);
        }
        if alone && !roles.missing().is_empty() {
            let missing = roles.missing().join(",");
            tracing::warn!(missing, "no other process can take these roles: the database belongs to this one");
        }
        Ok(roles)
    }

    /// The command that a newcomer types next.
    async fn next(&self, store: &Store) -> anyhow::Result<String> {
        let state = self.storage.as_flags();
        Ok(match store.system().list_environments().await?.last() {
            None => format!("rollcall environment create --name staging{state}"),
            Some(known) => format!("rollcall organization create --environment {} --name Acme{state}", known.id),
        })
    }
}

/// What the database says of it; a promise that is too weak is told.
async fn durability(store: &Store) -> anyhow::Result<String> {
    let Durability { setting, strong } = store.durability().await?;
    if !strong {
        tracing::warn!(setting, "an answered write may be lost when the database's machine fails");
    }
    Ok(setting)
}

impl fmt::Display for Screen {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { listening, public_url, database, durability, bus, roles, next } = self;
        writeln!(out, "Rollcall {} is listening on http://{listening}; Ctrl-C ends.", env!("CARGO_PKG_VERSION"))?;
        writeln!(out)?;
        writeln!(out, "  database  {database}, {durability}")?;
        writeln!(out, "  bus       {bus}")?;
        writeln!(out, "  roles     {roles}")?;
        writeln!(out, "  SCIM      {public_url}/scim/v2.0/…")?;
        writeln!(out, "  API       {public_url}/openapi.json")?;
        writeln!(out, "  health    {public_url}/healthz, {public_url}/readyz")?;
        writeln!(out)?;
        writeln!(out, "Next, in another terminal:")?;
        write!(out, "  {next}")
    }
}

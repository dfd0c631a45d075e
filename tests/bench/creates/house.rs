//! A served node in release form, with directories, from outside.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use simulator::Target;
use simulator::load::{self, Amount, LoadPlan};
use std::time::Duration;
use tests::process::{Node, Serving};
use tests::{Database, Kind};

pub(crate) struct House {
    pub(crate) database: Database,
    node: Node,
    serving: Option<Serving>,
    directories: Vec<Target>,
}

impl House {
    pub(crate) async fn open(kind: Kind, directories: usize) -> Result<Self> {
        let database = Database::empty(kind)?;
        let node = Node::on(&database).await?.with(&["--allow-private-endpoints"]);
        let serving = node.serve().await?;
        let mut house = Self { database, node, serving: Some(serving), directories: Vec::new() };
        let environment = house.make(&["environment", "create", "--name", "Bench"], "id").await?;
        for number in 0..directories {
            let name = format!("Organization {number}");
            let organization = ["organization", "create", "--environment", &environment, "--name", &name];
            let organization = house.make(&organization, "id").await?;
            let directory =
                ["directory", "create", "--organization", &organization, "--type", "okta", "--name", "People"];
            let directory = house.node.run(&directory).await?;
            house.directories.push(house.target(&directory)?);
        }
        Ok(house)
    }

    /// Users a second; every create must be answered 201.
    pub(crate) async fn load(&self, clients: usize, seconds: u64, seed: u64) -> Result<f64> {
        let plan = LoadPlan { clients, amount: Amount::For(Duration::from_secs(seconds)), seed };
        let report = load::run(&self.directories, &plan).await?;
        ensure!(report.failed.is_empty() && report.broken == 0, "{report:?}");
        Ok(f64::from(u32::try_from(report.ok)?) * 1000.0 / f64::from(u32::try_from(report.elapsed_ms)?))
    }

    pub(crate) async fn close(mut self) -> Result<()> {
        if let Some(serving) = self.serving.take() {
            ensure!(serving.terminate().await?.success(), "the node did not end in order");
        }
        Ok(())
    }

    async fn make(&self, command: &[&str], key: &str) -> Result<String> {
        let made = self.node.run(command).await?;
        Ok(made[key].as_str().with_context(|| format!("{command:?}: {made}"))?.to_owned())
    }

    fn target(&self, directory: &Value) -> Result<Target> {
        let text = |key: &str| directory[key].as_str().with_context(|| format!("no {key} in {directory}"));
        let address = self.serving.as_ref().context("served")?.url();
        let path = text("scim_endpoint")?.split_once("/scim/").context("scim_endpoint")?.1;
        Ok(Target {
            scim: format!("{}/scim/{path}", address.trim_end_matches('/')).parse()?,
            token: text("bearer_token")?.to_owned(),
        })
    }
}

//! Served nodes in release form, with directories, from outside.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use chaos::gather::{Seat, Seen};
use chaos::subscription::Subscription;
use reqwest::Client;
use serde_json::Value;
use simulator::Target;
use simulator::load::{self, Amount, LoadPlan};
use tests::process::{Node, Serving};
use tests::{Database, Kind, Topic};

const DIRECTORIES: usize = 8;
const FLAGS: &[&str] = &["--allow-private-endpoints"];

/// What is to be measured.
pub(crate) struct Setup {
    pub(crate) kind: Kind,
    /// None: events go through memory.
    pub(crate) topic: Option<Topic>,
    pub(crate) nodes: usize,
    /// Whether a webhook endpoint hears of everything.
    pub(crate) webhook: bool,
}

pub(crate) struct House {
    pub(crate) database: Database,
    pub(crate) subscription: Option<Subscription>,
    client: Client,
    node: Node,
    serving: Vec<Serving>,
    environment: String,
    key: String,
    directories: Vec<String>,
    /// Each directory at each node.
    targets: Vec<Target>,
}

impl House {
    pub(crate) async fn open(setup: Setup) -> Result<Self> {
        let mut database = Database::empty(setup.kind)?;
        if let Some(topic) = setup.topic {
            database = database.with(topic);
        }
        let node = Node::on(&database).await?.with(FLAGS);
        let mut serving = vec![node.serve().await?];
        for _ in 1..setup.nodes {
            serving.push(node.beside()?.with(FLAGS).serve().await?);
        }
        let environment = made(&node, &["environment", "create", "--name", "Bench"], "id").await?;
        let key =
            made(&node, &["api-key", "create", "--environment", &environment, "--name", "bench"], "value").await?;
        let (client, directories, targets) = (Client::builder().build()?, Vec::new(), Vec::new());
        let mut house =
            Self { database, subscription: None, client, node, serving, environment, key, directories, targets };
        for number in 0..DIRECTORIES {
            let name = format!("Organization {number}");
            let organization = ["organization", "create", "--environment", &house.environment, "--name", &name];
            let organization = made(&house.node, &organization, "id").await?;
            let directory =
                ["directory", "create", "--organization", &organization, "--type", "okta", "--name", "People"];
            let directory = house.node.run(&directory).await?;
            house.directories.push(text(&directory, "id")?);
            for serving in &house.serving {
                house.targets.push(target(&directory, serving)?);
            }
        }
        if setup.webhook {
            house.subscription = Some(Subscription::take(&house.client, &house.api(), &house.key).await?);
        }
        Ok(house)
    }

    /// Clients take them in turn.
    pub(crate) fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// What a checker looks at afterwards.
    pub(crate) fn seen(&self) -> Result<Seen<'_>> {
        let seat = Seat {
            environment: &self.environment,
            key: &self.key,
            directories: self.directories.iter().map(String::as_str).collect(),
            subscription: self.subscription.as_ref().context("a subscription")?,
        };
        Ok(Seen { client: &self.client, api: self.api(), tenants: vec![seat], topic: self.database.topic() })
    }

    /// Base URL of the REST API.
    fn api(&self) -> String {
        self.serving[0].url().trim_end_matches('/').to_owned()
    }

    /// Users a second; every create must be answered 201.
    pub(crate) async fn load(&self, clients: usize, seconds: u64, seed: u64) -> Result<f64> {
        let plan = LoadPlan { clients, amount: Amount::For(Duration::from_secs(seconds)), seed };
        let report = load::run(&self.targets, &plan).await?;
        ensure!(report.failed.is_empty() && report.broken == 0, "{report:?}");
        Ok(f64::from(u32::try_from(report.ok)?) * 1000.0 / f64::from(u32::try_from(report.elapsed_ms)?))
    }

    /// What the nodes count under these names, together.
    pub(crate) async fn figures<const N: usize>(&self, names: [&str; N]) -> Result<[f64; N]> {
        let texts = self.metrics().await?;
        let lines = || texts.iter().flat_map(|text| text.lines());
        Ok(names.map(|name| {
            lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse::<f64>().ok()).sum()
        }))
    }

    /// How many batches had at most so many writes, all nodes together: `(bound, batches)`, rising.
    pub(crate) async fn batches(&self) -> Result<Vec<(String, f64)>> {
        const SERIES: &str = "rollcall_ingest_batch_writes_bucket{le=\"";
        let mut found: Vec<(String, f64)> = Vec::new();
        for text in self.metrics().await? {
            let buckets = text.lines().filter_map(|line| line.strip_prefix(SERIES)?.split_once("\"} "));
            for (bound, count) in buckets {
                let count: f64 = count.split(' ').next().unwrap_or_default().parse()?;
                match found.iter_mut().find(|(of, _)| of == bound) {
                    Some((_, sum)) => *sum += count,
                    None => found.push((bound.to_owned(), count)),
                }
            }
        }
        Ok(found)
    }

    async fn metrics(&self) -> Result<Vec<String>> {
        let mut texts = Vec::new();
        for serving in &self.serving {
            let url = format!("{}/metrics", serving.url().trim_end_matches('/'));
            texts.push(self.client.get(url).send().await?.error_for_status()?.text().await?);
        }
        Ok(texts)
    }

    pub(crate) async fn close(self) -> Result<()> {
        for serving in self.serving {
            ensure!(serving.terminate().await?.success(), "a node did not end in order");
        }
        if let Some(subscription) = self.subscription {
            subscription.receiver.stop().await;
        }
        Ok(())
    }
}

async fn made(node: &Node, command: &[&str], key: &str) -> Result<String> {
    text(&node.run(command).await?, key)
}

fn text(value: &Value, key: &str) -> Result<String> {
    Ok(value[key].as_str().with_context(|| format!("no {key} in {value}"))?.to_owned())
}

fn target(directory: &Value, serving: &Serving) -> Result<Target> {
    let endpoint = text(directory, "scim_endpoint")?;
    let path = endpoint.split_once("/scim/").context("scim_endpoint")?.1;
    Ok(Target {
        scim: format!("{}/scim/{path}", serving.url().trim_end_matches('/')).parse()?,
        token: text(directory, "bearer_token")?,
    })
}

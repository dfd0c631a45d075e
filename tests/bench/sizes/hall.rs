//! A served node in release form with its directories, from outside, and what it takes of memory.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use reqwest::{Client, Method, Response};
use serde_json::Value;
use tests::process::{Node, Serving};
use tests::{Database, Kind};

pub(crate) struct Hall {
    /// Kept while the node serves.
    _database: Database,
    node: Node,
    pub(crate) serving: Serving,
    client: Client,
    organization: String,
}

/// A directory as it was made.
pub(crate) struct Feed {
    path: String,
    token: String,
}

impl Hall {
    pub(crate) async fn open(kind: Kind) -> Result<Self> {
        let database = Database::empty(kind)?;
        let node = Node::on(&database).await?;
        let serving = node.serve().await?;
        let environment = text(&node.run(&["environment", "create", "--name", "Bench"]).await?, "id")?;
        let create = ["organization", "create", "--environment", &environment, "--name", "Bench"];
        let organization = text(&node.run(&create).await?, "id")?;
        Ok(Self { _database: database, node, serving, client: Client::builder().build()?, organization })
    }

    pub(crate) async fn feed(&self) -> Result<Feed> {
        let create =
            ["directory", "create", "--organization", &self.organization, "--type", "okta", "--name", "People"];
        let made = self.node.run(&create).await?;
        let endpoint = text(&made, "scim_endpoint")?;
        let key = endpoint.split_once("/scim/").context("scim_endpoint")?.1;
        Ok(Feed { path: format!("/scim/{key}"), token: text(&made, "bearer_token")? })
    }

    /// A SCIM request, and how long its answer took to the last byte.
    pub(crate) async fn ask(
        &self,
        feed: &Feed,
        method: Method,
        path: &str,
        body: Option<String>,
    ) -> Result<(Duration, String)> {
        let url = format!("{}{}{path}", self.serving.url(), feed.path);
        let request = self.client.request(method.clone(), url).bearer_auth(&feed.token);
        let request = match body {
            Some(body) => request.header("content-type", "application/scim+json").body(body),
            None => request,
        };
        let asked = Instant::now();
        let answer: Response = request.send().await?;
        let (status, answer) = (answer.status(), answer.text().await?);
        ensure!(status.is_success(), "{method} {path}: {status} {answer}");
        Ok((asked.elapsed(), answer))
    }

    /// The node is started anew, so that it remembers nothing.
    pub(crate) async fn begin_again(self) -> Result<Self> {
        ensure!(self.serving.terminate().await?.success(), "the node did not end in order");
        Ok(Self { serving: self.node.serve().await?, ..self })
    }

    pub(crate) async fn close(self) -> Result<()> {
        ensure!(self.serving.terminate().await?.success(), "the node did not end in order");
        Ok(())
    }
}

/// A member of the answer.
pub(crate) fn text(value: &Value, key: &str) -> Result<String> {
    Ok(value[key].as_str().with_context(|| format!("no {key} in {value}"))?.to_owned())
}

/// Megabytes above an earlier figure.
pub(crate) fn over(now: u64, before: u64) -> String {
    format!("{:.0} MB", f64::from(u32::try_from(now.saturating_sub(before) / 1024).unwrap_or(u32::MAX)) / 1024.0)
}

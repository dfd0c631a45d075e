//! A served node with an environment, a key and directories, from outside: the command line and HTTP alone.

use anyhow::{Context, Result, ensure};
use chaos::gather::{Seat, Seen};
use chaos::subscription::Subscription;
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use tests::process::{Node, Serving};
use tests::replay::Target;
use tests::{Database, Topic};

pub(crate) struct House {
    pub(crate) node: Node,
    pub(crate) serving: Serving,
    pub(crate) client: Client,
    /// Base URL of the REST API, where another node has that role.
    pub(crate) api: Option<String>,
}

/// One environment with its key.
pub(crate) struct Tenant {
    pub(crate) environment: String,
    pub(crate) key: String,
}

/// A directory as it was made: its SCIM endpoint and its first token.
#[derive(Clone)]
pub(crate) struct Feed {
    pub(crate) id: String,
    pub(crate) scim: String,
    pub(crate) token: String,
}

impl House {
    pub(crate) async fn open(database: &Database) -> Result<Self> {
        Self::of(Node::on(database).await?).await
    }

    pub(crate) async fn of(node: Node) -> Result<Self> {
        let node = node.with(&["--allow-private-endpoints"]);
        let serving = node.serve().await?;
        Ok(Self { node, serving, client: Client::builder().build()?, api: None })
    }

    /// SIGKILL; when it returns, the process is gone.
    pub(crate) async fn kill(&mut self) -> Result<()> {
        self.serving.kill_now().await
    }

    /// Up again at the address of the killed one.
    pub(crate) async fn serve_again(&mut self) -> Result<()> {
        self.serving = self.node.serve_at(self.serving.address()).await?;
        Ok(())
    }

    /// An application of this tenant.
    pub(crate) async fn subscribe(&self, tenant: &Tenant) -> Result<Subscription> {
        Subscription::take(&self.client, &self.api_url(), &tenant.key).await
    }

    /// What the checker looks at.
    pub(crate) fn seen<'a>(
        &'a self,
        tenant: &'a Tenant,
        feeds: &'a [Feed],
        subscription: &'a Subscription,
        topic: Option<&'a Topic>,
    ) -> Seen<'a> {
        let directories = feeds.iter().map(|feed| feed.id.as_str()).collect();
        let seat = Seat { environment: &tenant.environment, key: &tenant.key, directories, subscription };
        Seen { client: &self.client, api: self.api_url(), tenants: vec![seat], topic }
    }

    pub(crate) async fn tenant(&self) -> Result<Tenant> {
        let environment = text(&self.node.run(&["environment", "create", "--name", "Production"]).await?, "id")?;
        let key = self.node.run(&["api-key", "create", "--environment", &environment, "--name", "app"]).await?;
        Ok(Tenant { environment, key: text(&key, "value")? })
    }

    pub(crate) async fn feed(&self, tenant: &Tenant) -> Result<Feed> {
        let create = ["organization", "create", "--environment", &tenant.environment, "--name", "Acme"];
        let organization = text(&self.node.run(&create).await?, "id")?;
        self.feed_of(&organization).await
    }

    pub(crate) async fn feed_of(&self, organization: &str) -> Result<Feed> {
        let create = ["directory", "create", "--organization", organization, "--type", "generic", "--name", "People"];
        let directory = self.node.run(&create).await?;
        let path = text(&directory, "scim_endpoint")?;
        let path = path.split_once("/scim/").context("scim_endpoint")?.1.to_owned();
        Ok(Feed {
            id: text(&directory, "id")?,
            scim: format!("{}/scim/{path}", self.serving.url().trim_end_matches('/')),
            token: text(&directory, "bearer_token")?,
        })
    }

    pub(crate) async fn scim(&self, feed: &Feed, method: Method, path: &str, body: Option<Value>) -> Result<Response> {
        let request = self.client.request(method, format!("{}{path}", feed.scim)).bearer_auth(&feed.token);
        let request = match body {
            Some(body) => request.header("content-type", "application/scim+json").body(body.to_string()),
            None => request,
        };
        Ok(request.send().await?)
    }

    /// Creates a user and answers its id.
    pub(crate) async fn user(&self, feed: &Feed, user_name: &str) -> Result<String> {
        let made = self.scim(feed, Method::POST, "/Users", Some(json!({"userName": user_name}))).await?;
        ensure!(made.status() == 201, "{}", made.text().await?);
        text(&made.json().await?, "id")
    }

    pub(crate) async fn api(
        &self,
        tenant: &Tenant,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Response> {
        let url = format!("{}{path}", self.api_url());
        let request = self.client.request(method, url).bearer_auth(&tenant.key);
        Ok(match body {
            Some(body) => request.json(&body).send().await?,
            None => request.send().await?,
        })
    }

    fn api_url(&self) -> String {
        self.api.clone().unwrap_or_else(|| self.serving.url())
    }

    pub(crate) fn target(&self, tenant: &Tenant, feed: &Feed) -> Target {
        Target {
            scim: feed.scim.clone(),
            token: feed.token.clone(),
            api: self.api_url(),
            api_key: tenant.key.clone(),
            directory: feed.id.clone(),
        }
    }
}

pub(crate) fn text(value: &Value, key: &str) -> Result<String> {
    Ok(value[key].as_str().with_context(|| format!("no {key} in {value}"))?.to_owned())
}

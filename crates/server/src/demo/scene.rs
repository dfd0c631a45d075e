//! What the demo sets up: a node on embedded defaults, an organization with two directories, an application.

use std::sync::Arc;

use anyhow::Context;
use broker::Broker;
use serde_json::{Value, json};
use simulator::receiver::{Endpoint, Receiver, Sink};
use simulator::{Idp, Target};
use tempfile::TempDir;

use super::live::Live;
use super::pace::Pace;
use super::recorded;
use super::rest::Api;
use super::tally::Tally;
use crate::command::receive;
use crate::config::{Delivery, Http, Storage};
use crate::node::{Node, Plan};
use crate::state;

const HOOK: &str = "/hooks/rollcall";

pub(super) struct Scene {
    folder: TempDir,
    node: Node,
    pub(super) pace: Pace,
    receiver: Receiver,
    pub(super) api: Api,
    pub(super) feeds: [Feed; 2],
    /// The last event before the webhook endpoint was made.
    pub(super) before: Option<String>,
}

/// A directory and the provider that feeds it.
#[derive(Clone)]
pub(super) struct Feed {
    pub(super) idp: Idp,
    pub(super) directory_id: String,
    pub(super) target: Target,
}

impl Scene {
    pub(super) async fn set(tally: &Tally, live: &Arc<Live>) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("rollcall-demo-").tempdir()?;
        let store = state::make(&Storage::embedded(folder.path())).await?;
        let (http, delivery) = (Http::free_port(), Delivery::at_home());
        let node = Node::start(store.clone(), &Plan::embedded(&http, &delivery))?;

        let broker = Broker::new(store);
        let environment = broker.create_environment("demo").await?;
        let (_, key) = broker.create_api_key(environment.id, "demo").await?;
        let api = Api { address: node.address(), key: key.reveal().to_owned() };
        let organization = api.post("/organizations", &json!({ "name": "Fennimore Tidal" })).await?;
        let feeds = [feed(&api, Idp::Okta, &organization).await?, feed(&api, Idp::Entra, &organization).await?];
        let pace = Pace { status: node.delivery().context("the demo delivers")?, environment: environment.id };
        let before = recorded::last(&api).await?;
        let receiver = application(&api, sink(tally, live, &feeds)).await?;
        Ok(Self { folder, node, pace, receiver, api, feeds, before })
    }

    pub(super) fn public_url(&self) -> &str {
        self.node.public_url()
    }

    pub(super) fn hook_url(&self) -> String {
        self.receiver.url(HOOK)
    }

    /// Waits for what should never come: see [`Node::failure`].
    pub(super) async fn failure(&self) -> anyhow::Error {
        self.node.failure().await
    }

    /// Ends everything and removes the folder.
    pub(super) async fn strike(self) -> anyhow::Result<()> {
        self.node.drain().await?;
        self.receiver.stop().await;
        self.folder.close().context("cannot remove the temporary folder")
    }
}

async fn feed(api: &Api, idp: Idp, organization: &Value) -> anyhow::Result<Feed> {
    let wanted = json!({ "organization_id": organization["id"], "type": idp.directory_type(), "name": idp.name() });
    let made = api.post("/directories", &wanted).await?;
    let text = |name: &str| made[name].as_str().map(str::to_owned).with_context(|| format!("no {name} in {made}"));
    let target = Target { scim: text("scim_endpoint")?.parse()?, token: text("bearer_token")? };
    Ok(Feed { idp, directory_id: text("id")?, target })
}

/// A webhook endpoint, and the application behind it. The secret comes with the one, the address with the other: the
/// endpoint is made first and told its address afterwards.
async fn application(api: &Api, sink: Sink) -> anyhow::Result<Receiver> {
    let wanted = json!({ "endpoint_url": "http://127.0.0.1:9/", "events": recorded::carried() });
    let made = api.post("/webhook_endpoints", &wanted).await?;
    let (id, secret) = (made["id"].as_str().unwrap_or_default(), made["secret"].as_str().unwrap_or_default());
    let endpoint = Endpoint::new(HOOK, secret);
    let receiver = Receiver::start(([127, 0, 0, 1], 0).into(), vec![endpoint], receive::clock(), sink)?;
    api.patch(&format!("/webhook_endpoints/{id}"), &json!({ "endpoint_url": receiver.url(HOOK) })).await?;
    Ok(receiver)
}

fn sink(tally: &Tally, live: &Arc<Live>, feeds: &[Feed]) -> Sink {
    let (tally, live) = (tally.clone(), Arc::clone(live));
    let feeds: Vec<_> = feeds.iter().map(|feed| (feed.directory_id.clone(), feed.idp)).collect();
    Arc::new(move |received| {
        tally.add(&received);
        let feed = feeds.iter().find(|(id, _)| received.resource.directory_id.as_ref() == Some(id));
        live.event(feed.map(|(_, idp)| *idp), &received);
    })
}

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use simulator::Target;
use simulator::receiver::{Endpoint, Inbox, Receiver};

use super::{Member, Role, Scene};

const PATH: &str = "/hooks";
/// Where an endpoint is before its receiver has a port: nothing is sent before it has.
const NOWHERE: &str = "http://127.0.0.1:9/hooks";
pub const SUBSCRIBED: [&str; 8] = [
    "dsync.user.created",
    "dsync.user.updated",
    "dsync.user.deleted",
    "dsync.group.created",
    "dsync.group.updated",
    "dsync.group.deleted",
    "dsync.group.user_added",
    "dsync.group.user_removed",
];

/// An environment, with its application.
pub struct Tenant {
    pub environment: String,
    pub key: String,
    pub endpoint: String,
    /// Two of each organization, through different nodes: they share a stream.
    pub directories: Vec<(String, Target)>,
    pub inbox: Inbox,
    _receiver: Receiver,
}

impl Tenant {
    pub(super) async fn settle(scene: &Scene, name: &str) -> Result<Self> {
        let made = async |command: &[&str], key: &str| text(&scene.desk.run(command).await?, key);
        let environment = made(&["environment", "create", "--name", name], "id").await?;
        let key = made(&["api-key", "create", "--environment", &environment, "--name", "app"], "value").await?;
        let mut directories = Vec::new();
        for organization in ["North", "South"] {
            let organization = ["organization", "create", "--environment", &environment, "--name", organization];
            let organization = made(&organization, "id").await?;
            for ingress in scene.of(Role::Ingress) {
                let create =
                    ["directory", "create", "--organization", &organization, "--type", "okta", "--name", "People"];
                directories.push(directory(&scene.desk.run(&create).await?, ingress)?);
            }
        }
        let inbox = Inbox::default();
        let (endpoint, receiver) = subscribe(scene, &key, &inbox).await?;
        Ok(Self { environment, key, endpoint, directories, inbox, _receiver: receiver })
    }
}

fn directory(made: &Value, ingress: &Member) -> Result<(String, Target)> {
    let endpoint = text(made, "scim_endpoint")?;
    let path = endpoint.split_once("/scim/").context("scim_endpoint")?.1;
    let scim = format!("{}/scim/{path}", ingress.url()).parse()?;
    Ok((text(made, "id")?, Target { scim, token: text(made, "bearer_token")? }))
}

/// The receiver needs the endpoint's secret to start, and the endpoint the receiver's port: so it moves there.
async fn subscribe(scene: &Scene, key: &str, inbox: &Inbox) -> Result<(String, Receiver)> {
    let send = async |method: Method, path: &str, body: Value| -> Result<Value> {
        let request = scene.client.request(method, format!("{}{path}", scene.api())).bearer_auth(key).json(&body);
        let answer = request.send().await?;
        ensure!(answer.status().is_success(), "{path}: {}", answer.text().await?);
        Ok(answer.json().await?)
    };
    let body = json!({"endpoint_url": NOWHERE, "events": SUBSCRIBED});
    let made = send(Method::POST, "/webhook_endpoints", body).await?;
    let (id, endpoint) = (text(&made, "id")?, Endpoint::new(PATH, &text(&made, "secret")?));
    let receiver = Receiver::start(([127, 0, 0, 1], 0).into(), vec![endpoint], Arc::new(now_ms), inbox.sink())?;
    let body = json!({"endpoint_url": receiver.url(PATH)});
    send(Method::PATCH, &format!("/webhook_endpoints/{id}"), body).await?;
    Ok((id, receiver))
}

/// The real time: the receiver checks how old a signature is.
#[expect(clippy::disallowed_methods, reason = "a verifier of signatures needs the time of day")]
fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or_default()
}

fn text(value: &Value, key: &str) -> Result<String> {
    Ok(value[key].as_str().with_context(|| format!("no {key} in {value}"))?.to_owned())
}

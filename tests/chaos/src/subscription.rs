//! An application that hears everything.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use simulator::receiver::{Behaviour, Endpoint, Inbox, Receiver, Reply, VerifyError};

const PATH: &str = "/hooks";
/// Where an endpoint is before its receiver has a port: nobody listens there, and nothing is sent before it has.
const NOWHERE: &str = "http://127.0.0.1:9/hooks";
/// All that is told of people and groups.
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

/// A webhook endpoint and its receiver.
pub struct Subscription {
    /// The endpoint's id.
    pub endpoint: String,
    pub inbox: Inbox,
    pub receiver: Receiver,
}

impl Subscription {
    /// At the REST API at this base URL. The receiver needs the endpoint's secret to start, and the endpoint the receiver's port: so
    /// it moves there.
    pub async fn take(client: &Client, api: &str, key: &str) -> Result<Self> {
        let send = async |method: Method, path: &str, body: Value| -> Result<Value> {
            let answer = client.request(method, format!("{api}{path}")).bearer_auth(key).json(&body).send().await?;
            ensure!(answer.status().is_success(), "{path}: {}", answer.text().await?);
            Ok(answer.json().await?)
        };
        let made =
            send(Method::POST, "/webhook_endpoints", json!({"endpoint_url": NOWHERE, "events": SUBSCRIBED})).await?;
        let text = |key: &str| made[key].as_str().map(str::to_owned).with_context(|| format!("no {key} in {made}"));
        let (endpoint, inbox) = (text("id")?, Inbox::default());
        // What was signed at another time is taken too: the checker says what it thinks of it.
        let behaviour = Behaviour::script(|received| {
            let known = matches!(received.verified, Ok(()) | Err(VerifyError::Stale(_)));
            Reply::status(if known { 200 } else { 401 })
        });
        let doors = vec![Endpoint::new(PATH, &text("secret")?).behaving(behaviour)];
        let receiver = Receiver::start(([127, 0, 0, 1], 0).into(), doors, Arc::new(now_ms), inbox.sink())?;
        let there = json!({"endpoint_url": receiver.url(PATH)});
        send(Method::PATCH, &format!("/webhook_endpoints/{endpoint}"), there).await?;
        Ok(Self { endpoint, inbox, receiver })
    }
}

/// The real time: the receiver checks how old a signature is.
#[expect(clippy::disallowed_methods, reason = "a verifier of signatures needs the time of day")]
fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or_default()
}

//! What came to the receiver.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Result, ensure};
use reqwest::Method;
use sea_orm::FromQueryResult;
use serde_json::{Value, json};
use simulator::receiver::{Endpoint, Inbox, Received, Receiver};

use super::evidence::Evidence;
use crate::tenant::{House, Tenant, text};

const PATH: &str = "/hooks";
/// Where an endpoint is before its receiver has a port: nobody listens there, and nothing is sent before it has.
const NOWHERE: &str = "http://127.0.0.1:9/hooks";
const NAMES: [&str; 8] = [
    "dsync.user.created",
    "dsync.user.updated",
    "dsync.user.deleted",
    "dsync.group.created",
    "dsync.group.updated",
    "dsync.group.deleted",
    "dsync.group.user_added",
    "dsync.group.user_removed",
];

/// The receiver needs the endpoint's secret to start, and the endpoint the receiver's port: so it moves there.
pub(crate) async fn subscribe(house: &House, tenant: &Tenant) -> Result<(Receiver, Inbox)> {
    let body = json!({"endpoint_url": NOWHERE, "events": NAMES});
    let made: Value = house.api(tenant, Method::POST, "/webhook_endpoints", Some(body)).await?.json().await?;
    let (id, endpoint, inbox) = (text(&made, "id")?, Endpoint::new(PATH, &text(&made, "secret")?), Inbox::default());
    let receiver = Receiver::start(([127, 0, 0, 1], 0).into(), vec![endpoint], Arc::new(now_ms), inbox.sink())?;
    let body = json!({"endpoint_url": receiver.url(PATH)});
    let moved = house.api(tenant, Method::PATCH, &format!("/webhook_endpoints/{id}"), Some(body)).await?;
    ensure!(moved.status() == 200, "{}", moved.text().await?);
    Ok((receiver, inbox))
}

/// The real time: the receiver checks how old a signature is.
#[expect(clippy::disallowed_methods, reason = "a verifier of signatures needs the time of day")]
fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or_default()
}

/// All is verified, nothing is missing, first arrivals are in order.
pub(crate) async fn hold(evidence: &Evidence, inbox: &[Received]) -> Result<()> {
    all_delivered(evidence, inbox).await?;
    first_arrivals_in_order(inbox);
    Ok(())
}

#[derive(FromQueryResult)]
struct Id {
    id: String,
}

/// Each event that webhooks carry arrived, verified, or a revocation made it moot.
async fn all_delivered(evidence: &Evidence, inbox: &[Received]) -> Result<()> {
    assert!(inbox.iter().all(|received| received.verified.is_ok()));
    let arrived: HashSet<&str> = inbox.iter().filter_map(|received| received.event_id.as_deref()).collect();
    let sql = "SELECT e.id FROM events e WHERE (e.kind LIKE 'dsync.user.%' OR e.kind LIKE 'dsync.group.%') \
               AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.event_id = e.id AND d.state = 'superseded')";
    let owed: Vec<Id> = evidence.rows(sql).await?;
    let missing: Vec<_> =
        owed.iter().filter(|event| !arrived.contains(event.id.as_str())).map(|event| &event.id).collect();
    assert!(missing.is_empty(), "{} of {} never arrived: {missing:?}", missing.len(), owed.len());
    Ok(())
}

fn first_arrivals_in_order(inbox: &[Received]) {
    let mut seen = HashSet::new();
    let mut last: HashMap<(Option<String>, Option<String>), u64> = HashMap::new();
    for received in inbox.iter().filter(|received| seen.insert(received.event_id.clone())) {
        let resource = (received.resource.user_id.clone(), received.resource.group_id.clone());
        let version = received.version.unwrap_or_default();
        let before = last.insert(resource, version).unwrap_or(0);
        assert!(before < version, "{version} came after version {before}: {received:?}");
    }
}

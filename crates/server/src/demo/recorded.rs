//! What Rollcall says it has recorded: the events API, to its end.

use std::collections::HashMap;

use model::event::EventType;
use serde_json::Value;

use super::rest::Api;

/// Events by id, each with the directory it is about.
pub(super) type Recorded = HashMap<String, Option<String>>;

/// The event types that webhooks carry of directories and organizations.
pub(super) fn carried() -> Vec<&'static str> {
    EventType::ALL.iter().filter(|kind| kind.is_subscribable()).map(|kind| kind.as_str()).collect()
}

/// The last event there is now, of any type: where an endpoint that is made next begins to hear.
pub(super) async fn last(api: &Api) -> anyhow::Result<Option<String>> {
    let all: Vec<_> = EventType::ALL.iter().map(|kind| kind.as_str()).collect();
    let events = list(api, &all, None).await?;
    Ok(events.last().and_then(|event| event["id"].as_str()).map(str::to_owned))
}

/// All events that webhooks carry, past the given one.
pub(super) async fn read(api: &Api, past: Option<&str>) -> anyhow::Result<Recorded> {
    let events = list(api, &carried(), past.map(str::to_owned)).await?;
    Ok(events.iter().filter_map(|event| Some((event["id"].as_str()?.to_owned(), directory(event)))).collect())
}

async fn list(api: &Api, kinds: &[&str], past: Option<String>) -> anyhow::Result<Vec<Value>> {
    let path = format!("/events?limit=100&events={}", kinds.join(","));
    let (mut events, mut after) = (Vec::new(), past);
    loop {
        let cursor = after.map(|id| format!("&after={id}")).unwrap_or_default();
        let mut page = api.get(&format!("{path}{cursor}")).await?;
        events.extend(page["data"].as_array_mut().into_iter().flat_map(|data| data.drain(..)));
        after = page["list_metadata"]["after"].as_str().map(str::to_owned);
        if after.is_none() {
            return Ok(events);
        }
    }
}

fn directory(event: &Value) -> Option<String> {
    let data = &event["data"];
    let itself = data["id"].as_str().filter(|_| data["object"] == "directory");
    data["directory_id"].as_str().or(itself).map(str::to_owned)
}

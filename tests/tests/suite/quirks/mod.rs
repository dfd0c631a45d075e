//! Quirks of identity providers as a served node meets them, by the ids that `tests/idp/quirks.tsv` maps to tests.
//!
//! The cast: a [`Scene`] is a fresh directory as its identity provider and its application see it; [`table`] holds the file of ids to
//! the tests that it names.

mod groups;
mod people;
mod table;
mod wire;

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use tests::Database;
use url::form_urlencoded::byte_serialize;

use crate::tenant::{Feed, House, Tenant, text};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

/// Events of users, groups and members, without `dsync.`.
const KINDS: [&str; 8] = [
    "user.created",
    "user.updated",
    "user.deleted",
    "group.created",
    "group.updated",
    "group.deleted",
    "group.user_added",
    "group.user_removed",
];

struct Scene {
    house: House,
    tenant: Tenant,
    feed: Feed,
}

impl Scene {
    async fn set(database: &Database) -> Result<Self> {
        let house = House::open(database).await?;
        let tenant = house.tenant().await?;
        let feed = house.feed(&tenant).await?;
        Ok(Self { house, tenant, feed })
    }

    /// Status and body of a request to the directory; null when there is no body.
    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Result<(u16, Value)> {
        let response = self.house.scim(&self.feed, method, path, body).await?;
        let (status, body) = (response.status().as_u16(), response.text().await?);
        Ok((status, if body.is_empty() { Value::Null } else { serde_json::from_str(&body)? }))
    }

    /// Creates a resource and answers its id.
    async fn made(&self, list: &str, body: Value) -> Result<String> {
        let (status, made) = self.ask(Method::POST, list, Some(body)).await?;
        ensure!(status == 201, "{status} {made}");
        text(&made, "id")
    }

    async fn read(&self, path: &str) -> Result<Value> {
        let (status, read) = self.ask(Method::GET, path, None).await?;
        ensure!(status == 200, "{path}: {status} {read}");
        Ok(read)
    }

    async fn put(&self, path: &str, body: Value) -> Result<Value> {
        let (status, put) = self.ask(Method::PUT, path, Some(body)).await?;
        ensure!(status == 200, "{path}: {status} {put}");
        Ok(put)
    }

    /// Does the operations, and reads what came of it.
    async fn patch(&self, path: &str, operations: &Value) -> Result<Value> {
        let (status, told) = self.ask(Method::PATCH, path, Some(json!({"Operations": operations}))).await?;
        ensure!([200, 204].contains(&status), "{operations}: {status} {told}");
        self.read(path).await
    }

    /// The ids that a filter finds.
    async fn found(&self, list: &str, filter: &str) -> Result<Vec<String>> {
        let filter: String = byte_serialize(filter.as_bytes()).collect();
        ids(&self.read(&format!("{list}?filter={filter}")).await?["Resources"])
    }

    /// What the application is shown.
    async fn shown(&self, path: &str) -> Result<Value> {
        let shown = self.house.api(&self.tenant, Method::GET, path, None).await?;
        ensure!(shown.status() == 200, "{path}: {}", shown.text().await?);
        Ok(shown.json().await?)
    }

    /// The users whom the application sees in a group, sorted.
    async fn members(&self, group: &str) -> Result<Vec<String>> {
        let mut members = ids(&self.shown(&format!("/directory_users?group={group}")).await?["data"])?;
        members.sort();
        Ok(members)
    }

    /// All events until now, oldest first.
    async fn events(&self) -> Result<Vec<Value>> {
        let kinds = KINDS.map(|kind| format!("dsync.{kind}")).join(",");
        let mut page = self.shown(&format!("/events?limit=100&events={kinds}")).await?;
        ensure!(page["list_metadata"]["after"].is_null(), "there is more than a page");
        serde_json::from_value(page["data"].take()).context("events")
    }

    /// Their names, as in [`KINDS`].
    async fn news(&self) -> Result<Vec<String>> {
        let events = self.events().await?;
        events.iter().map(|event| Ok(text(event, "event")?.trim_start_matches("dsync.").to_owned())).collect()
    }
}

fn ids(list: &Value) -> Result<Vec<String>> {
    list.as_array().context("a list")?.iter().map(|one| text(one, "id")).collect()
}

//! What is seen of a run, from all sides. The cast: a [`Logged`] event as the database has it, an [`Arrival`] as an endpoint got it, a
//! [`Message`] as the topic holds it, [`Person`]s and groups as the REST API shows them, and the [`Times`] that rows bear.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Everything.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// What clients were promised, as [`Logged::says`] tells it: once each. None: nobody remembers.
    pub promised: Option<Vec<String>>,
    /// By environment, in the order of positions.
    pub log: BTreeMap<String, Vec<Logged>>,
    pub endpoints: Vec<Endpoint>,
    /// Partition by partition, in order. None: there is no topic.
    pub topic: Option<Vec<Vec<Message>>>,
    pub people: BTreeMap<Place, Person>,
    /// Their names.
    pub groups: BTreeMap<Place, String>,
    /// None: nobody looked.
    pub times: Option<Times>,
    /// Somebody's clock was off.
    pub clocks_differ: bool,
    /// How long after a fault's end all was still, in milliseconds.
    pub still_ms: u64,
}

/// Environment, directory and id: where something is shown.
pub type Place = [String; 3];

/// By the database's clock, in Unix milliseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Times {
    /// When all began, and when it was looked at.
    pub lived: (i64, i64),
    /// What bears a time, with the earliest and the latest of them.
    pub born: Vec<(String, i64, i64)>,
}

/// An event of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Logged {
    pub id: String,
    /// In its environment's log.
    pub position: u64,
    pub stream: String,
    pub sequence: u64,
    pub previous: u64,
    pub version: u64,
    pub kind: String,
    pub directory: Option<String>,
    pub user: Option<String>,
    pub group: Option<String>,
    /// As it is sent everywhere.
    pub body: String,
}

impl Logged {
    /// Of the JSON, `data`.
    pub fn data(&self) -> Value {
        serde_json::from_str::<Value>(&self.body).map(|mut event| event["data"].take()).unwrap_or_default()
    }

    /// Whether it takes away what the other one, which was recorded before it, tells.
    pub fn revokes(&self, other: &Self) -> bool {
        let (user, group) = (self.user == other.user, self.group == other.group);
        let covers = match self.kind.as_str() {
            "dsync.user.deleted" => user,
            "dsync.group.deleted" => group,
            "dsync.group.user_removed" => user && group,
            "dsync.user.updated" => user && group && self.says().ends_with(" inactive"),
            _ => false,
        };
        covers && self.stream == other.stream && self.sequence > other.sequence
    }

    /// The kind, whom it is about, and what changed: what a client can know of the event that its write makes.
    pub fn says(&self) -> String {
        let data = self.data();
        let changed = match data["previous_attributes"].as_object() {
            Some(before) if before.contains_key("state") => data["state"].as_str(),
            Some(_) => data["job_title"].as_str(),
            None => None,
        };
        says(&self.kind, self.user.as_deref(), self.group.as_deref(), changed)
    }
}

/// See [`Logged::says`].
pub fn says(kind: &str, user: Option<&str>, group: Option<&str>, changed: Option<&str>) -> String {
    [kind, user.unwrap_or("-"), group.unwrap_or("-"), changed.unwrap_or("-")].join(" ")
}

/// A webhook endpoint and what came to it.
#[derive(Debug, Clone, Default)]
pub struct Endpoint {
    pub name: String,
    pub environment: String,
    pub subscribed: BTreeSet<String>,
    /// In order.
    pub arrivals: Vec<Arrival>,
    /// Events whose deliveries a revocation has made moot.
    pub superseded: BTreeSet<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Arrival {
    pub event: String,
    /// By this endpoint's secret, at whatever time.
    pub verified: bool,
    /// Signed at another time than it came.
    pub stale: bool,
    pub body: String,
}

/// A message of the topic.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    pub key: String,
    pub event: String,
    pub sequence: u64,
    pub previous: u64,
    pub body: String,
}

/// A user as the REST API shows it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Person {
    pub state: String,
    pub user_name: String,
    pub job_title: Option<String>,
    pub groups: BTreeSet<String>,
}

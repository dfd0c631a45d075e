//! Users by the hundred thousand, over HTTP.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;
use futures::future::try_join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::hall::{Feed, Hall, text};

const CLIENTS: usize = 32;

/// What a provider sends of the user with this number.
pub(crate) fn body(number: usize) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": name(number), "externalId": format!("ext-{number}"), "displayName": format!("Person {number}"),
        "name": {"givenName": "Person", "familyName": number.to_string()}, "active": true,
        "emails": [{"value": name(number), "type": "work", "primary": true}], "title": "Harbour pilot",
    })
}

pub(crate) fn name(number: usize) -> String {
    format!("person{number}@example.com")
}

/// Creates the users with these numbers; their ids by number.
pub(crate) async fn create(hall: &Hall, feed: &Feed, from: usize, to: usize) -> Result<(Duration, Vec<String>)> {
    let (next, began) = (AtomicUsize::new(from), Instant::now());
    let client = async || {
        let mut made = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= to {
                return Ok::<_, anyhow::Error>(made);
            }
            let (_, answer) = hall.ask(feed, Method::POST, "/Users", Some(body(number).to_string())).await?;
            made.push((number, text(&serde_json::from_str(&answer)?, "id")?));
        }
    };
    let mut made: Vec<_> = try_join_all((0..CLIENTS).map(|_| client())).await?.into_iter().flatten().collect();
    let took = began.elapsed();
    made.sort_unstable();
    Ok((took, made.into_iter().map(|(_, id)| id).collect()))
}

//! Others' ids in paths and bodies, with our own token: told and done is what an absent id is told and does.

use anyhow::Result;
use reqwest::Method;
use serde_json::Value;
use tests::{Database, on_each_database};

use super::town::{Call, ENTERPRISE, METHODS, Town, absent, send};
use crate::anonymous::anonymous;

on_each_database!(others_ids_in_paths_are_absent, others_ids_in_bodies_are_absent);

const BODY: &str = r#"{"userName": "mine", "displayName": "mine", "Operations": [{"op": "replace", "value": {"displayName": "mine"}}]}"#;

async fn others_ids_in_paths_are_absent(database: Database) -> Result<()> {
    let town = Town::build(&database).await?;
    let before = town.state().await?;
    let bearer = format!("Bearer {}", town.ours.token);
    let mut walked = 0;
    for place in web::ingress::paths().filter(|place| place.contains("{}")) {
        for id in town.others().into_iter().flat_map(|of| [&of.user, &of.group, &of.feed.id]) {
            for (method, carries) in METHODS {
                let mut answers = Vec::new();
                for id in [id.as_str(), &absent(id)] {
                    let url = format!("{}/{}", town.ours.scim, place.replace("{}", id));
                    let body = carries.then_some(BODY);
                    let call = Call { method: &method, url, authorization: Some(&bearer), body };
                    let response = send(&town.house.client, call).await?;
                    let (status, told) = (response.status().as_u16(), response.text().await?);
                    town.hides(&told, id)?;
                    answers.push((status, told.replace(id, "ID")));
                }
                assert_eq!(answers[0], answers[1], "{method} {place} {id}");
                assert!([404, 405].contains(&answers[0].0), "{method} {place} {id}: {answers:?}");
                walked += 1;
            }
        }
    }
    assert!(walked >= 4 * 6 * 5, "{walked}");
    assert_eq!(town.state().await?, before);
    town.close().await
}

/// Method, path and body; `ID` is the id of others, `USER` and `GROUP` are ours, the user in the group.
fn bodies() -> Vec<(Method, &'static str, String)> {
    let operations = |operation: &str| format!(r#"{{"Operations": [{operation}]}}"#);
    let patch = |path, operation: &str| (Method::PATCH, path, operations(operation));
    let members = r#""members": [{"value": "USER"}, {"value": "ID"}]"#;
    let group = |members: &str| format!(r#"{{"displayName": "New", {members}}}"#);
    let user = |more: &str| format!(r#"{{"userName": "new", {more}}}"#);
    let manager = format!(r#""{ENTERPRISE}": {{"manager": {{"value": "ID"}}}}"#);
    vec![
        (Method::POST, "/Groups", group(members)),
        (Method::POST, "/Groups", group(r#""members": [{"value": "ID", "type": "Group"}]"#)),
        (Method::POST, "/Groups", group(r#""id": "ID""#)),
        (Method::POST, "/Groups", group(r#""externalId": "ID""#)),
        (Method::PUT, "/Groups/GROUP", group(members)),
        (Method::PUT, "/Groups/GROUP", group(r#""id": "ID""#)),
        patch("/Groups/GROUP", r#"{"op": "add", "path": "members", "value": [{"value": "ID"}]}"#),
        patch("/Groups/GROUP", r#"{"op": "add", "value": {"members": [{"value": "ID"}]}}"#),
        patch("/Groups/GROUP", r#"{"op": "replace", "path": "members", "value": [{"value": "ID"}]}"#),
        patch("/Groups/GROUP", r#"{"op": "remove", "path": "members[value eq \"ID\"]"}"#),
        patch("/Groups/GROUP", r#"{"op": "remove", "path": "members", "value": [{"value": "ID"}]}"#),
        patch("/Groups/GROUP", r#"{"op": "replace", "value": {"id": "ID", "displayName": "Other"}}"#),
        (Method::POST, "/Users", user(&manager)),
        (Method::POST, "/Users", user(r#""id": "ID""#)),
        (Method::POST, "/Users", user(r#""groups": [{"value": "ID"}]"#)),
        (Method::PUT, "/Users/USER", user(&manager)),
        (Method::PUT, "/Users/USER", user(r#""id": "ID", "groups": [{"value": "ID"}]"#)),
        patch("/Users/USER", &format!(r#"{{"op": "add", "path": "{ENTERPRISE}:manager", "value": "ID"}}"#)),
        patch("/Users/USER", &format!(r#"{{"op": "add", "path": "{ENTERPRISE}:manager.value", "value": "ID"}}"#)),
        patch("/Users/USER", &format!(r#"{{"op": "replace", "value": {{{manager}}}}}"#)),
        patch("/Users/USER", r#"{"op": "add", "path": "groups", "value": [{"value": "ID"}]}"#),
    ]
}

async fn others_ids_in_bodies_are_absent(database: Database) -> Result<()> {
    let town = Town::build(&database).await?;
    let before = town.others_state().await?;
    for (method, path, body) in bodies() {
        for id in town.others().into_iter().flat_map(|of| [&of.user, &of.group]) {
            let foreign = done(&town, &method, path, &body, id).await?;
            let nobodys = done(&town, &method, path, &body, &absent(id)).await?;
            assert_eq!(foreign, nobodys, "{method} {path} {body} {id}");
        }
    }
    assert_eq!(town.others_state().await?, before);
    town.close().await
}

/// What such a write is told, and what is there afterwards, of a fresh user and group; ids by order of appearance.
async fn done(town: &Town, method: &Method, path: &str, body: &str, id: &str) -> Result<(u16, String)> {
    let user = town.user("ann", None).await?;
    let group = town.group("Crew", &user).await?;
    let fill = |text: &str| text.replace("USER", &user).replace("GROUP", &group).replace("ID", id);
    let bearer = format!("Bearer {}", town.ours.token);
    let (url, body) = (format!("{}{}", town.ours.scim, fill(path)), fill(body));
    let call = Call { method, url, authorization: Some(&bearer), body: Some(&body) };
    let response = send(&town.house.client, call).await?;
    let status = response.status().as_u16();
    let mut all = response.text().await?;
    for list in ["/Users?count=100", "/Groups?count=100"] {
        all.push_str(&town.house.scim(&town.ours, Method::GET, list, None).await?.text().await?);
    }
    for list in ["directory_users", "directory_groups"] {
        let path = format!("/{list}?directory={}", town.ours.id);
        all.push_str(&town.house.api(&town.tenant, Method::GET, &path, None).await?.text().await?);
    }
    town.hides(&all, id)?;
    clear(town).await?;
    Ok((status, anonymous(&without_versions(&all))))
}

/// Resources' versions count the stream's changes: they differ from one try to the next.
fn without_versions(text: &str) -> String {
    let mut pieces = text.split(r#""version":"#);
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |all, piece| all + piece.find([',', '}']).map_or(piece, |end| &piece[end..]))
}

/// Deletes all that our directory has.
async fn clear(town: &Town) -> Result<()> {
    for kind in ["Groups", "Users"] {
        let list: Value = town.house.scim(&town.ours, Method::GET, &format!("/{kind}"), None).await?.json().await?;
        for resource in list["Resources"].as_array().into_iter().flatten() {
            let path = format!("/{kind}/{}", resource["id"].as_str().unwrap_or_default());
            town.house.scim(&town.ours, Method::DELETE, &path, None).await?.error_for_status()?;
        }
    }
    Ok(())
}

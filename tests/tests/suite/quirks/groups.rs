//! Groups and their members.

use anyhow::Result;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Database, on_each_database};

use super::Scene;

on_each_database!(
    a_group_is_made_with_members,
    a_group_is_made_empty,
    a_put_without_members_leaves_nobody,
    a_relative_link_is_ignored,
    members_are_removed_without_a_value,
    what_undoes_itself_is_no_news,
    a_group_that_is_unbound_stays,
);

impl Scene {
    async fn users(&self) -> Result<[String; 2]> {
        Ok([self.made("/Users", json!({"userName": "a"})).await?, self.made("/Users", json!({"userName": "b"})).await?])
    }

    /// A group of these, and where it is.
    async fn group(&self, name: &str, members: &[String]) -> Result<(String, String)> {
        let members: Vec<_> = members.iter().map(|id| json!({"value": id})).collect();
        let id = self.made("/Groups", json!({"displayName": name, "members": members})).await?;
        Ok((format!("/Groups/{id}"), id))
    }
}

fn sorted(ids: &[String]) -> Vec<String> {
    let mut ids = ids.to_vec();
    ids.sort();
    ids
}

/// `okta-group-create-with-members`, `okta-member-no-type`, `okta-group-no-external-id`.
async fn a_group_is_made_with_members(database: Database) -> Result<()> {
    let scene = Scene::set(&database).await?;
    let users = scene.users().await?;
    let members: Vec<_> = users.iter().map(|id| json!({"value": id, "display": "somebody@x.example"})).collect();
    let body = json!({"displayName": "Night Watch", "members": members});
    let (status, made) = scene.ask(Method::POST, "/Groups", Some(body)).await?;
    assert_eq!((status, made.get("externalId")), (201, None), "{made}");
    let id = made["id"].as_str().unwrap_or_default();
    for group in [&made, &scene.read(&format!("/Groups/{id}")).await?] {
        let members = group["members"].as_array().map(Vec::as_slice).unwrap_or_default();
        assert_eq!(members.len(), 2, "{group}");
        for member in members {
            let link = format!("{}/Users/{}", scene.feed.scim, member["value"].as_str().unwrap_or_default());
            assert_eq!((&member["type"], &member["$ref"]), (&json!("User"), &json!(link)), "{group}");
        }
    }
    assert_eq!(scene.members(id).await?, sorted(&users));
    let added = ["group.created", "group.user_added", "group.user_added"];
    assert_eq!(scene.news().await?[2..], added);
    let shown = scene.shown(&format!("/directory_groups/{id}")).await?;
    assert_eq!((&shown["idp_id"], shown["raw_attributes"].get("externalId")), (&json!("Night Watch"), None));
    let renamed = json!([{"op": "replace", "value": {"id": id, "displayName": "Night Watch West"}}]);
    scene.patch(&format!("/Groups/{id}"), &renamed).await?;
    assert_eq!(scene.shown(&format!("/directory_groups/{id}")).await?["idp_id"], "Night Watch", "it is the same group");
    assert_eq!(scene.found("/Groups", "displayName eq \"night watch west\"").await?, [id]);
    Ok(())
}

/// `entra-group-empty-members`, `entra-group-no-members-on-create`, `any-empty-members-array`.
async fn a_group_is_made_empty(database: Database) -> Result<()> {
    let scene = Scene::set(&database).await?;
    let users = scene.users().await?;
    for (name, members) in [("A", json!([])), ("B", Value::Null)] {
        let mut body = json!({"displayName": name, "members": members});
        if members.is_null() {
            body = json!({"displayName": name});
        }
        let (status, made) = scene.ask(Method::POST, "/Groups", Some(body)).await?;
        assert_eq!((status, &made["members"]), (201, &json!([])), "{made}");
    }
    let (path, id) = scene.group("C", &users).await?;
    let put = scene.put(&path, json!({"displayName": "C", "members": []})).await?;
    assert_eq!(put["members"], json!([]));
    assert_eq!(scene.members(&id).await?, [""; 0]);
    Ok(())
}

/// `keycloak-put-without-members-means-empty`.
async fn a_put_without_members_leaves_nobody(database: Database) -> Result<()> {
    let scene = Scene::set(&database).await?;
    let users = scene.users().await?;
    let (path, id) = scene.group("G", &users).await?;
    let put = scene.put(&path, json!({"displayName": "G", "externalId": "e"})).await?;
    assert_eq!((&put["members"], &put["externalId"]), (&json!([]), &json!("e")));
    assert_eq!(scene.members(&id).await?, [""; 0]);
    let news = scene.news().await?;
    assert_eq!(news[news.len() - 3..], ["group.updated", "group.user_removed", "group.user_removed"]);
    Ok(())
}

/// `keycloak-relative-ref`.
async fn a_relative_link_is_ignored(database: Database) -> Result<()> {
    let scene = Scene::set(&database).await?;
    let [a, b] = scene.users().await?;
    let (path, id) = scene.group("G", &[]).await?;
    let members = json!([{"value": a, "$ref": format!("Users/{a}")}, {"value": b, "$ref": "Users/1"}]);
    let put = scene.put(&path, json!({"displayName": "G", "members": members})).await?;
    for member in put["members"].as_array().map(Vec::as_slice).unwrap_or_default() {
        let link = format!("{}/Users/{}", scene.feed.scim, member["value"].as_str().unwrap_or_default());
        assert_eq!(member["$ref"], link);
    }
    assert_eq!(scene.members(&id).await?, sorted(&[a, b]));
    Ok(())
}

/// `keycloak-remove-members-no-value`.
async fn members_are_removed_without_a_value(database: Database) -> Result<()> {
    let scene = Scene::set(&database).await?;
    let users = scene.users().await?;
    let (path, id) = scene.group("G", &users).await?;
    let operations = json!([
        {"op": "replace", "path": "displayName", "value": "H"}, {"op": "replace", "path": "externalId", "value": "e"},
        {"op": "remove", "path": "members"},
    ]);
    let read = scene.patch(&path, &operations).await?;
    assert_eq!((&read["displayName"], &read["externalId"], &read["members"]), (&json!("H"), &json!("e"), &json!([])));
    assert_eq!(scene.members(&id).await?, [""; 0]);
    let news = scene.news().await?;
    assert_eq!(news[news.len() - 3..], ["group.updated", "group.user_removed", "group.user_removed"]);
    Ok(())
}

/// `any-ordered-ops`: only what is different in the end is told.
async fn what_undoes_itself_is_no_news(database: Database) -> Result<()> {
    let scene = Scene::set(&database).await?;
    let [a, b] = scene.users().await?;
    let (path, id) = scene.group("G", std::slice::from_ref(&a)).await?;
    let before = scene.news().await?.len();
    let operations = json!([
        {"op": "add", "path": "members", "value": [{"value": b}]}, {"op": "remove", "path": format!("members[value eq \"{b}\"]")},
        {"op": "remove", "path": format!("members[value eq \"{a}\"]")}, {"op": "add", "path": "members", "value": [{"value": a}]},
    ]);
    scene.patch(&path, &operations).await?;
    assert_eq!(scene.members(&id).await?, [a.as_str()]);
    assert_eq!(scene.news().await?.len(), before);
    let operations = json!([
        {"op": "add", "path": "title", "value": "1"}, {"op": "remove", "path": "title"}, {"op": "replace", "path": "title", "value": "2"},
    ]);
    let read = scene.patch(&format!("/Users/{a}"), &operations).await?;
    assert_eq!(read["title"], "2");
    assert_eq!(scene.news().await?[before..], ["user.updated"]);
    Ok(())
}

/// N25, `jumpcloud-group-detach-deactivates`: the users of a group that a client lets go are made inactive, one by one.
async fn a_group_that_is_unbound_stays(database: Database) -> Result<()> {
    let scene = Scene::set(&database).await?;
    let users = scene.users().await?;
    let (path, id) = scene.group("G", &users).await?;
    let before = scene.news().await?.len();
    for user in &users {
        let operations = json!([{"op": "replace", "path": "active", "value": false}]);
        assert_eq!(scene.patch(&format!("/Users/{user}"), &operations).await?["active"], false);
        let shown = scene.shown(&format!("/directory_users/{user}")).await?;
        assert_eq!((&shown["state"], &shown["groups"][0]["id"]), (&json!("inactive"), &json!(id)));
    }
    assert_eq!(scene.read(&path).await?["members"].as_array().map(Vec::len), Some(2));
    assert_eq!(scene.members(&id).await?, sorted(&users));
    assert_eq!(scene.found("/Users", "active eq false").await?.len(), 2);
    assert_eq!(scene.news().await?[before..], ["user.updated", "user.updated"]);
    Ok(())
}

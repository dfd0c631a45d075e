//! Versions of resources from outside (RFC 7644 section 3.14).

use anyhow::{Context, Result};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use tests::{Database, on_each_database};

use crate::tenant::{Feed, House};

on_each_database!(a_version_moves_with_its_resource, a_stale_version_writes_nothing, groups_have_versions);

/// A request with one header.
async fn ask(
    house: &House,
    feed: &Feed,
    (method, path): (Method, &str),
    (name, tag): (&str, &str),
    body: Option<Value>,
) -> Result<Response> {
    let request = house.client.request(method, format!("{}{path}", feed.scim)).bearer_auth(&feed.token);
    let request = request.header(name, tag);
    Ok(match body {
        Some(body) => request.header("content-type", "application/scim+json").body(body.to_string()).send().await?,
        None => request.send().await?,
    })
}

/// The `ETag` header, which `meta.version` repeats.
async fn version(response: Response) -> Result<String> {
    let tag = response.headers()["etag"].to_str()?.to_owned();
    assert!(tag.starts_with("W/\"") && tag.ends_with('"'), "{tag}");
    let body: Value = response.json().await?;
    assert_eq!(body["meta"]["version"], tag);
    Ok(tag)
}

fn title(title: &str) -> Value {
    json!({"Operations": [{"op": "replace", "path": "title", "value": title}]})
}

async fn a_version_moves_with_its_resource(database: Database) -> Result<()> {
    let house = House::open(&database).await?;
    let feed = house.feed(&house.tenant().await?).await?;
    let made = house.scim(&feed, Method::POST, "/Users", Some(json!({"userName": "u"}))).await?;
    let path = made.headers()["location"].to_str()?.split_once("/Users/").context("an id")?.1.to_owned();
    let path = format!("/Users/{path}");
    let first = version(made).await?;
    let get = async || version(house.scim(&feed, Method::GET, &path, None).await?).await;
    assert_eq!(get().await?, first);
    let same = house.scim(&feed, Method::PUT, &path, Some(json!({"userName": "u"}))).await?;
    assert_eq!(version(same).await?, first, "nothing has changed");
    let second = version(house.scim(&feed, Method::PATCH, &path, Some(title("T"))).await?).await?;
    assert_ne!(second, first);
    assert_eq!(get().await?, second);
    for (tag, status) in [(second.as_str(), 304), ("*", 304), (first.as_str(), 200), ("W/\"x\", W/\"y\"", 200)] {
        let read = ask(&house, &feed, (Method::GET, &path), ("If-None-Match", tag), None).await?;
        assert_eq!((read.status().as_u16(), read.headers()["etag"].to_str()?), (status, second.as_str()), "{tag}");
        assert_eq!(read.bytes().await?.is_empty(), status == 304);
    }
    let list: Value = house.scim(&feed, Method::GET, "/Users", None).await?.json().await?;
    assert_eq!(list["Resources"][0]["meta"]["version"], second);
    Ok(())
}

async fn a_stale_version_writes_nothing(database: Database) -> Result<()> {
    let house = House::open(&database).await?;
    let feed = house.feed(&house.tenant().await?).await?;
    let path = format!("/Users/{}", house.user(&feed, "u").await?);
    let stale = version(house.scim(&feed, Method::GET, &path, None).await?).await?;
    let now = version(house.scim(&feed, Method::PATCH, &path, Some(title("T"))).await?).await?;
    let requests = [
        (Method::PUT, Some(json!({"userName": "other"}))),
        (Method::PATCH, Some(title("U"))),
        (Method::DELETE, None),
        (Method::GET, None),
    ];
    for (method, body) in &requests {
        let refused = ask(&house, &feed, (method.clone(), &path), ("If-Match", &stale), body.clone()).await?;
        assert_eq!(refused.status(), 412, "{method}");
        assert!(refused.headers()["content-type"].to_str()?.starts_with("application/scim+json"));
        let told: Value = refused.json().await?;
        assert_eq!((told["status"].as_str(), told["scimType"].as_str()), (Some("412"), None), "{told}");
    }
    let refused = ask(&house, &feed, (Method::PUT, &path), ("If-None-Match", "*"), requests[0].1.clone()).await?;
    assert_eq!(refused.status(), 412);
    assert_eq!(version(house.scim(&feed, Method::GET, &path, None).await?).await?, now);
    let absent = "/Users/directory_user_01ARZ3NDEKTSV4RRFFQ69G5FAV";
    assert_eq!(ask(&house, &feed, (Method::PATCH, absent), ("If-Match", &now), Some(title("U"))).await?.status(), 404);
    let both = format!("{stale}, {now}");
    let patched = ask(&house, &feed, (Method::PATCH, &path), ("If-Match", &both), Some(title("U"))).await?;
    assert_eq!(patched.status(), 200);
    let now = version(patched).await?;
    assert_eq!(ask(&house, &feed, (Method::DELETE, &path), ("If-Match", &now), None).await?.status(), 204);
    Ok(())
}

/// A membership moves the group's version, and not the user's.
async fn groups_have_versions(database: Database) -> Result<()> {
    let house = House::open(&database).await?;
    let feed = house.feed(&house.tenant().await?).await?;
    let user = house.user(&feed, "u").await?;
    let made = house.scim(&feed, Method::POST, "/Groups", Some(json!({"displayName": "G"}))).await?;
    let body: Value = made.json().await?;
    let path = format!("/Groups/{}", body["id"].as_str().context("an id")?);
    let get = async |path: &str| version(house.scim(&feed, Method::GET, path, None).await?).await;
    let (first, of_user) = (get(&path).await?, get(&format!("/Users/{user}")).await?);
    let add = json!({"Operations": [{"op": "add", "path": "members", "value": [{"value": user}]}]});
    let added = ask(&house, &feed, (Method::PATCH, &path), ("If-Match", &first), Some(add.clone())).await?;
    assert_eq!(added.status(), 204);
    let second = added.headers()["etag"].to_str()?.to_owned();
    assert_eq!((get(&path).await?, get(&format!("/Users/{user}")).await?), (second.clone(), of_user));
    let again = house.scim(&feed, Method::PATCH, &path, Some(add)).await?;
    assert_eq!(again.headers()["etag"].to_str()?, second, "nobody has come");
    assert_eq!(house.scim(&feed, Method::DELETE, &format!("/Users/{user}"), None).await?.status(), 204);
    assert_ne!(get(&path).await?, second);
    Ok(())
}

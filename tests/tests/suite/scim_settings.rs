//! What a directory's owner may switch, and what conformance tools say of it.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use tests::conformance::{self, Profile, Target};
use tests::{Database, on_each_database};
use tokio::process::Command;

use crate::tenant::{Feed, House, Tenant};

on_each_database!(
    settings_are_shown_and_changed,
    a_switch_is_obeyed_at_once,
    members_that_a_put_leaves_out_may_stay,
    strict_is_the_letter,
    the_public_tool_finds_nothing,
    a_strict_directory_conforms,
    any_other_directory_conforms,
);

async fn set(house: &House, tenant: &Tenant, feed: &Feed, settings: Value) -> Result<Value> {
    let path = format!("/directories/{}", feed.id);
    let answer = house.api(tenant, Method::PATCH, &path, Some(json!({"settings": settings}))).await?;
    ensure!(answer.status() == 200, "{}", answer.text().await?);
    Ok(answer.json::<Value>().await?["settings"].take())
}

async fn settings_are_shown_and_changed(database: Database) -> Result<()> {
    let house = House::open(&database).await?;
    let tenant = house.tenant().await?;
    let feed = house.feed(&tenant).await?;
    let path = format!("/directories/{}", feed.id);
    let read = async || {
        let read: Value = house.api(&tenant, Method::GET, &path, None).await?.json().await?;
        anyhow::Ok(read["settings"].clone())
    };
    let mut expected = json!({
        "strict": false, "bare_token": true, "unknown_attributes": "drop", "empty_operations": "ignore",
        "group_put_without_members": "clear",
    });
    assert_eq!(read().await?, expected);
    assert_eq!(set(&house, &tenant, &feed, json!({})).await?, expected);
    expected["unknown_attributes"] = "reject".into();
    expected["bare_token"] = false.into();
    let change = json!({"unknown_attributes": "reject", "bare_token": false});
    assert_eq!(set(&house, &tenant, &feed, change).await?, expected);
    for wrong in [json!({"unknown_attributes": "keep"}), json!({"strict": "yes"}), json!({"lenient": true}), json!([])]
    {
        let body = Some(json!({"settings": wrong}));
        assert_eq!(house.api(&tenant, Method::PATCH, &path, body).await?.status(), 422, "{wrong}");
    }
    assert_eq!(read().await?, expected);
    Ok(())
}

/// Whatever a node remembers of the token.
async fn a_switch_is_obeyed_at_once(database: Database) -> Result<()> {
    let house = House::open(&database).await?;
    let tenant = house.tenant().await?;
    let feed = house.feed(&tenant).await?;
    let id = house.user(&feed, "u").await?;
    let unknown = json!({"Operations": [{"op": "replace", "path": "shoeSize", "value": 43}]});
    let cases = [
        ("unknown_attributes", "drop", "reject", unknown),
        ("empty_operations", "ignore", "reject", json!({"Operations": []})),
    ];
    for (name, off, on, body) in cases {
        for (value, status) in [(off, 200), (on, 400), (off, 200)] {
            set(&house, &tenant, &feed, json!({name: value})).await?;
            let path = format!("/Users/{id}");
            let answer = house.scim(&feed, Method::PATCH, &path, Some(body.clone())).await?;
            assert_eq!(answer.status(), status, "{name} {value}");
        }
    }
    let bare = async |method: Method, body: Option<Value>| {
        let request = house.client.request(method, format!("{}/Users", feed.scim)).header("authorization", &feed.token);
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        anyhow::Ok(request.header("content-type", "application/scim+json").body(body).send().await?.status().as_u16())
    };
    assert_eq!((bare(Method::GET, None).await?, bare(Method::POST, Some(json!({"userName": "v"}))).await?), (200, 201));
    set(&house, &tenant, &feed, json!({"bare_token": false})).await?;
    assert_eq!((bare(Method::GET, None).await?, bare(Method::POST, Some(json!({"userName": "w"}))).await?), (401, 401));
    assert_eq!(house.scim(&feed, Method::GET, "/Users", None).await?.status(), 200);
    Ok(())
}

async fn members_that_a_put_leaves_out_may_stay(database: Database) -> Result<()> {
    let house = House::open(&database).await?;
    let tenant = house.tenant().await?;
    let feed = house.feed(&tenant).await?;
    let user = house.user(&feed, "u").await?;
    let made = json!({"displayName": "G", "members": [{"value": user}]});
    let made: Value = house.scim(&feed, Method::POST, "/Groups", Some(made)).await?.json().await?;
    let path = format!("/Groups/{}", made["id"].as_str().context("an id")?);
    let put = async |body: Value| {
        let put: Value = house.scim(&feed, Method::PUT, &path, Some(body)).await?.json().await?;
        anyhow::Ok(put["members"].as_array().context("members")?.len())
    };
    set(&house, &tenant, &feed, json!({"group_put_without_members": "keep"})).await?;
    assert_eq!(put(json!({"displayName": "H"})).await?, 1);
    assert_eq!(put(json!({"displayName": "H", "members": []})).await?, 0);
    assert_eq!(put(json!({"displayName": "H", "members": [{"value": user}]})).await?, 1);
    set(&house, &tenant, &feed, json!({"group_put_without_members": "clear"})).await?;
    assert_eq!(put(json!({"displayName": "I"})).await?, 0);
    Ok(())
}

/// What every other directory forgives.
async fn strict_is_the_letter(database: Database) -> Result<()> {
    let house = House::open(&database).await?;
    let tenant = house.tenant().await?;
    let feed = house.feed(&tenant).await?;
    let id = house.user(&feed, "u").await?;
    set(&house, &tenant, &feed, json!({"strict": true})).await?;
    let core = json!(["urn:ietf:params:scim:schemas:core:2.0:User"]);
    let operation =
        |op: Value| json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [op]});
    let path = format!("/Users/{id}");
    let refused = [
        (Method::POST, "/Users", json!({"userName": "v"}), "invalidSyntax"),
        (Method::POST, "/Users", json!({"schemas": core, "userName": "v", "active": "True"}), "invalidValue"),
        (Method::POST, "/Users", json!({"schemas": core, "userName": "v", "shoeSize": 1}), "invalidSyntax"),
        (Method::PATCH, &path, operation(json!({"op": "Replace", "path": "title", "value": "x"})), "invalidSyntax"),
        (
            Method::PATCH,
            &path,
            operation(json!({"op": "add", "path": "emails[type eq \"work\"].value", "value": "x"})),
            "noTarget",
        ),
    ];
    for (method, path, body, scim_type) in refused {
        let answer = house.scim(&feed, method, path, Some(body.clone())).await?;
        assert_eq!(answer.status(), 400, "{body}");
        assert_eq!(answer.json::<Value>().await?["scimType"], scim_type, "{body}");
    }
    let list = house.scim(&feed, Method::GET, "/Users?filter=userName%20eq%20u", None).await?;
    assert_eq!(list.json::<Value>().await?["scimType"], "invalidFilter");
    let removed =
        house.scim(&feed, Method::PATCH, &path, Some(operation(json!({"op": "remove", "path": "active"})))).await?;
    assert_eq!(removed.json::<Value>().await?.get("active"), None);
    let user: Value = house.api(&tenant, Method::GET, &format!("/directory_users/{id}"), None).await?.json().await?;
    assert_eq!(user["state"], "inactive", "access does not come of what is not said");
    Ok(())
}

async fn conforms(database: &Database, profile: Profile) -> Result<()> {
    let house = House::open(database).await?;
    let tenant = house.tenant().await?;
    let feed = house.feed(&tenant).await?;
    set(&house, &tenant, &feed, json!({"strict": profile == Profile::Strict})).await?;
    let report = conformance::run(&Target { scim: feed.scim, token: feed.token }, profile).await?;
    assert!(report.failures().next().is_none() && report.outcomes.len() > 250, "{report}");
    Ok(())
}

async fn a_strict_directory_conforms(database: Database) -> Result<()> {
    conforms(&database, Profile::Strict).await
}

async fn any_other_directory_conforms(database: Database) -> Result<()> {
    conforms(&database, Profile::Lenient).await
}

/// Every check of it passes, and none is left out.
async fn the_public_tool_finds_nothing(database: Database) -> Result<()> {
    let house = House::open(&database).await?;
    let tenant = house.tenant().await?;
    let feed = house.feed(&tenant).await?;
    set(&house, &tenant, &feed, json!({"strict": true})).await?;
    let tool = Path::new(env!("CARGO_MANIFEST_DIR")).join("tester/run");
    let ran = Command::new(tool).args([&feed.scim, &feed.token]).stderr(Stdio::inherit()).kill_on_drop(true).output();
    let told = String::from_utf8(tokio::time::timeout(std::time::Duration::from_mins(5), ran).await??.stdout)?;
    let (passed, rest) = told.lines().last().and_then(|line| line.split_once(" passed, ")).context(told.clone())?;
    assert_eq!(rest, "0 failed, 0 skipped", "{told}");
    assert!(passed.parse::<u32>()? > 100, "{told}");
    Ok(())
}

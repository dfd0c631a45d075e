//! The SCIM door from outside: who gets in, what bad input is told, what another tenant sees.

use anyhow::Result;
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use tests::{Database, on_each_database};

use crate::tenant::{Feed, House};

on_each_database!(
    bad_bodies_are_refused_in_scim_form,
    bodies_have_a_limit,
    paths_and_methods_that_are_not_there,
    a_revoked_token_fails_at_once,
    a_failed_patch_changes_nothing,
    a_failed_patch_of_a_group_changes_nothing,
    a_query_is_understood_before_a_write,
    answers_to_writes_have_what_is_asked_for,
    names_have_a_limit,
);

/// Mirror `web::ingress`: the limits are part of what the door promises.
const MAX_BODY_BYTES: usize = 2 * 1024 * 1024;
const MAX_GROUP_BODY_BYTES: usize = 16 * 1024 * 1024;

/// Status and body, after checking that it is a SCIM error.
async fn error(response: Response) -> Result<(StatusCode, Value)> {
    let status = response.status();
    let media_type = response.headers()["content-type"].to_str()?.to_owned();
    assert!(media_type.starts_with("application/scim+json"), "{media_type}");
    let body: Value = response.json().await?;
    assert_eq!(body["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]));
    assert_eq!(body["status"], status.as_str());
    assert!(body["detail"].is_string());
    Ok((status, body))
}

async fn bad_bodies_are_refused_in_scim_form(database: Database) -> Result<()> {
    let house = House::open(&database).await?;
    let tenant = house.tenant().await?;
    let feed = house.feed(&tenant).await?;
    let deep = "[".repeat(100) + &"]".repeat(100);
    let cases = [
        ("{", 400, "invalidSyntax"),
        ("[]", 400, "invalidSyntax"),
        (r#"{"displayName": "x"}"#, 400, "invalidValue"),
        (r#"{"userName": "x", "active": "yes"}"#, 400, "invalidValue"),
        (r#"{"userName": "x\u0000"}"#, 400, "invalidValue"),
        (&format!(r#"{{"userName": "x", "urn:x:y": {{"a": {deep}}}}}"#), 400, "invalidSyntax"),
    ];
    for (body, status, scim_type) in cases {
        let request = house.client.post(format!("{}/Users", feed.scim)).bearer_auth(&feed.token).body(body.to_owned());
        let (got, told) = error(request.send().await?).await?;
        assert_eq!((got.as_u16(), told["scimType"].as_str()), (status, Some(scim_type)), "{body}: {told}");
    }
    let form = house.client.post(format!("{}/Users", feed.scim)).bearer_auth(&feed.token);
    let form = form.header("content-type", "application/x-www-form-urlencoded").body("userName=x");
    assert_eq!(error(form.send().await?).await?.0, 415);
    let list: Value = house.scim(&feed, Method::GET, "/Users", None).await?.json().await?;
    assert_eq!(list["totalResults"], 0);
    Ok(())
}

async fn bodies_have_a_limit(database: Database) -> Result<()> {
    let house = House::open(&database).await?;
    let tenant = house.tenant().await?;
    let feed = house.feed(&tenant).await?;
    let send = async |path: &str, start: &str, size: usize| {
        let body = format!("{start}{}\"}}", "x".repeat(size - start.len() - 2));
        house.client.post(format!("{}{path}", feed.scim)).bearer_auth(&feed.token).body(body).send().await
    };
    let user = r#"{"userName":"u","password":""#;
    let group = r#"{"displayName":"g","unknown":""#;
    for (path, start, limit) in [("/Users", user, MAX_BODY_BYTES), ("/Groups", group, MAX_GROUP_BODY_BYTES)] {
        assert_eq!(send(path, start, limit).await?.status(), 201, "{path}");
        assert_eq!(error(send(path, start, limit + 1).await?).await?.0, 413, "{path}");
    }
    let packed = house.client.post(format!("{}/Users", feed.scim)).bearer_auth(&feed.token);
    let packed = packed.header("content-encoding", "gzip").body("not JSON").send().await?;
    assert_eq!(error(packed).await?.0, 415);
    Ok(())
}

async fn paths_and_methods_that_are_not_there(database: Database) -> Result<()> {
    let house = House::open(&database).await?;
    let tenant = house.tenant().await?;
    let feed = house.feed(&tenant).await?;
    let cases = [
        (Method::GET, "/Users/0", 404, None),
        (Method::GET, "/Users/..%2f..", 404, None),
        (Method::GET, "/Devices", 404, None),
        (Method::GET, "/", 404, None),
        (Method::DELETE, "/Users", 405, Some("GET, POST")),
        (Method::POST, "/Users/directory_user_01ARZ3NDEKTSV4RRFFQ69G5FAV", 405, Some("GET, PUT, PATCH, DELETE")),
        (Method::PUT, "/Schemas", 405, Some("GET")),
        (Method::POST, "/Bulk", 501, None),
        (Method::GET, "/Me", 501, None),
        (Method::GET, "/Users?filter=nosuch%20eq%20%22x%22", 400, None),
        (Method::GET, "/Users?filter=userName%20eq", 400, None),
        (Method::GET, "/Users?count=lots", 400, None),
        (Method::GET, "/Users?filter=", 400, None),
        (Method::GET, "/Users?filter=%20", 400, None),
        (Method::GET, "/Schemas?filter=id%20eq%20%22x%22", 403, None),
    ];
    for (method, path, status, allow) in cases {
        let response = house.scim(&feed, method.clone(), path, None).await?;
        let allowed = response.headers().get("allow").map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(allowed.as_deref(), allow, "{method} {path}");
        assert_eq!(error(response).await?.0, status, "{method} {path}");
    }
    for path in ["//Users/", "/Users?", "/Users?&", "/ServiceProviderConfig", "/ResourceTypes/User", "/Schemas"] {
        assert_eq!(house.scim(&feed, Method::GET, path, None).await?.status(), 200, "{path}");
    }
    let root = Feed { scim: feed.scim.replace("/scim/", "//scim//"), ..feed };
    assert_eq!(house.scim(&root, Method::GET, "/Users", None).await?.status(), 200);
    Ok(())
}

async fn a_revoked_token_fails_at_once(database: Database) -> Result<()> {
    let house = House::open(&database).await?;
    let tenant = house.tenant().await?;
    let feed = house.feed(&tenant).await?;
    house.user(&feed, "a").await?;
    let tokens: Value =
        house.api(&tenant, Method::GET, &format!("/directories/{}/tokens", feed.id), None).await?.json().await?;
    let token = tokens["data"][0]["id"].as_str().unwrap().to_owned();
    let second = house
        .api(&tenant, Method::POST, &format!("/directories/{}/tokens", feed.id), Some(json!({"name": "next"})))
        .await?;
    let second: Value = second.json().await?;
    let next = Feed { token: second["bearer_token"].as_str().unwrap().to_owned(), ..feed.clone() };
    house.user(&next, "b").await?;
    let revoked = house.api(&tenant, Method::DELETE, &format!("/directories/{}/tokens/{token}", feed.id), None).await?;
    assert_eq!(revoked.status(), 204);
    for (method, body) in [(Method::POST, Some(json!({"userName": "c"}))), (Method::GET, None)] {
        assert_eq!(house.scim(&feed, method, "/Users", body).await?.status(), 401);
    }
    house.user(&next, "c").await?;
    Ok(())
}

async fn a_failed_patch_changes_nothing(database: Database) -> Result<()> {
    let house = House::open(&database).await?;
    let tenant = house.tenant().await?;
    let feed = house.feed(&tenant).await?;
    let id = house.user(&feed, "a").await?;
    let path = format!("/Users/{id}");
    let before: Value = house.scim(&feed, Method::GET, &path, None).await?.json().await?;
    let operations = json!([{"op": "add", "path": "title", "value": "T"}, {"op": "add", "path": "nickName", "value": "N"},
                            {"op": "add", "path": "emails[value co \"x\"].display", "value": "X"}]);
    let refused = house.scim(&feed, Method::PATCH, &path, Some(json!({"Operations": operations}))).await?;
    let (status, told) = error(refused).await?;
    assert_eq!((status.as_u16(), told["scimType"].as_str()), (400, Some("noTarget")), "{told}");
    assert!(told["detail"].as_str().unwrap().starts_with("operation 3: "), "{told}");
    let after: Value = house.scim(&feed, Method::GET, &path, None).await?.json().await?;
    assert_eq!(before, after);
    Ok(())
}

/// Members first, and at last a name that only the database knows to be taken.
async fn a_failed_patch_of_a_group_changes_nothing(database: Database) -> Result<()> {
    let house = House::open(&database).await?;
    let tenant = house.tenant().await?;
    let feed = house.feed(&tenant).await?;
    let user = house.user(&feed, "a").await?;
    let made = async |name: &str| {
        let made = house.scim(&feed, Method::POST, "/Groups", Some(json!({"displayName": name}))).await?;
        anyhow::Ok(format!("/Groups/{}", made.json::<Value>().await?["id"].as_str().unwrap()))
    };
    let (_, path) = (made("Taken").await?, made("Pilots").await?);
    let before: Value = house.scim(&feed, Method::GET, &path, None).await?.json().await?;
    let operations = json!([{"op": "add", "path": "members", "value": [{"value": user}]},
                            {"op": "add", "path": "externalId", "value": "e"},
                            {"op": "replace", "path": "displayName", "value": "TAKEN"}]);
    let refused = house.scim(&feed, Method::PATCH, &path, Some(json!({"Operations": operations}))).await?;
    assert_eq!(error(refused).await?.0, 409);
    let after: Value = house.scim(&feed, Method::GET, &path, None).await?.json().await?;
    assert_eq!(before, after);
    assert_eq!(after["members"], json!([]));
    Ok(())
}

async fn a_query_is_understood_before_a_write(database: Database) -> Result<()> {
    let house = House::open(&database).await?;
    let tenant = house.tenant().await?;
    let feed = house.feed(&tenant).await?;
    let names = vec!["title"; 201].join(",");
    let create = async |query: &str| {
        house.scim(&feed, Method::POST, &format!("/Users?{query}"), Some(json!({"userName": "u"}))).await
    };
    assert_eq!(error(create(&format!("attributes={names}")).await?).await?.0, 400);
    let list: Value = house.scim(&feed, Method::GET, "/Users", None).await?.json().await?;
    assert_eq!(list["totalResults"], 0);
    assert_eq!(create("count=lots&filter=").await?.status(), 201);
    Ok(())
}

async fn answers_to_writes_have_what_is_asked_for(database: Database) -> Result<()> {
    let house = House::open(&database).await?;
    let tenant = house.tenant().await?;
    let feed = house.feed(&tenant).await?;
    let body = json!({"userName": "u", "title": "T"});
    let made = house.scim(&feed, Method::POST, "/Users?attributes=groups", Some(body)).await?;
    let location = made.headers()["location"].to_str()?.to_owned();
    let made: Value = made.json().await?;
    let id = made["id"].as_str().unwrap();
    assert!(location.ends_with(&format!("/Users/{id}")), "{location}");
    assert_eq!((&made["groups"], &made["title"]), (&json!([]), &Value::Null));
    let group = json!({"displayName": "G", "members": [{"value": id}]});
    let group: Value = house.scim(&feed, Method::POST, "/Groups?attributes=id", Some(group)).await?.json().await?;
    let group = group["id"].as_str().unwrap();
    let body = json!({"Operations": [{"op": "replace", "path": "title", "value": "U"}]});
    let path = format!("/Users/{id}?attributes=groups,title");
    let patched: Value = house.scim(&feed, Method::PATCH, &path, Some(body)).await?.json().await?;
    assert_eq!((&patched["groups"][0]["value"], &patched["title"]), (&json!(group), &json!("U")));
    let body = json!({"Operations": [{"op": "replace", "path": "externalId", "value": "e"}]});
    let quiet = house.scim(&feed, Method::PATCH, &format!("/Groups/{group}"), Some(body.clone())).await?;
    assert_eq!(quiet.status(), 204);
    let path = format!("/Groups/{group}?attributes=members");
    let patched: Value = house.scim(&feed, Method::PATCH, &path, Some(body)).await?.json().await?;
    assert_eq!((&patched["members"][0]["value"], &patched["externalId"]), (&json!(id), &Value::Null));
    Ok(())
}

/// A body around a text.
type Body = fn(String) -> Value;

/// An index takes a short value only, on one of the databases.
async fn names_have_a_limit(database: Database) -> Result<()> {
    const MAX_NAME_BYTES: usize = 1024;
    let house = House::open(&database).await?;
    let tenant = house.tenant().await?;
    let feed = house.feed(&tenant).await?;
    // Without a pattern: a database may keep a compressed value in an index.
    let mut state = 1_u32;
    let mut noise = |length: usize| -> String {
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            char::from(b'a' + u8::try_from(state >> 24).unwrap_or(0) % 26)
        };
        (0..length).map(|_| next()).collect()
    };
    let bodies: [(&str, Body); 5] = [
        ("/Users", |text| json!({"userName": text})),
        ("/Users", |text| json!({"userName": &text[..9], "externalId": text})),
        ("/Users", |text| json!({"userName": &text[..9], "emails": [{"value": text}]})),
        ("/Groups", |text| json!({"displayName": text})),
        ("/Groups", |text| json!({"displayName": &text[..9], "externalId": text})),
    ];
    for (path, body) in bodies {
        let kept = house.scim(&feed, Method::POST, path, Some(body(noise(MAX_NAME_BYTES)))).await?;
        assert_eq!(kept.status(), 201, "{}", kept.text().await?);
        let (status, told) = error(house.scim(&feed, Method::POST, path, Some(body(noise(3000)))).await?).await?;
        assert_eq!((status.as_u16(), told["scimType"].as_str()), (400, Some("invalidValue")), "{told}");
    }
    Ok(())
}

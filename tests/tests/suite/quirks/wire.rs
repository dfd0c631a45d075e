//! Requests as they are spelled, and lists.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use reqwest::{Client, Method, redirect::Policy};
use serde_json::{Value, json};
use tests::{Database, on_each_database};

use super::{Scene, ids};

on_each_database!(
    a_plus_is_no_blank,
    nothing_is_redirected,
    every_answer_is_scim,
    an_address_is_found_in_all_spellings,
    rows_do_not_move_between_pages,
    all_groups_come_in_pages,
    a_probe_makes_no_noise,
);

/// Within which every client still waits.
const PATIENCE: Duration = Duration::from_secs(5);

/// N2, `any-filter-plus-encoding`.
async fn a_plus_is_no_blank(database: Database) -> Result<()> {
    let scene = Scene::set(&database).await?;
    let plus = scene.made("/Users", json!({"userName": "a+b@x.example"})).await?;
    let blank = scene.made("/Users", json!({"userName": "a b@x.example"})).await?;
    for (query, expected) in [
        ("filter=userName+eq+%22a%2Bb%40x.example%22", &plus),
        ("FILTER=userName%20eq%20%22a%2bb@x.example%22", &plus),
        ("filter=userName%20eq%20%22a+b@x.example%22", &blank),
        ("Filter=userName+eq+%22a%20b%40x.example%22&", &blank),
    ] {
        let page = scene.read(&format!("/Users?{query}")).await?;
        assert_eq!(ids(&page["Resources"])?, [expected.as_str()], "{query}");
    }
    Ok(())
}

/// N1 and N5.
async fn nothing_is_redirected(database: Database) -> Result<()> {
    let scene = Scene::set(&database).await?;
    let id = scene.made("/Users", json!({"userName": "u"})).await?;
    let client = Client::builder().redirect(Policy::none()).timeout(PATIENCE).build()?;
    for path in [
        "/Users/".to_owned(),
        "//Users".to_owned(),
        "/Users?".to_owned(),
        "/Users?&".to_owned(),
        "/Users?aadOptscim062020".to_owned(),
        "/Users?aadOptscim062020=true&colour=red&".to_owned(),
        format!("//Users//{id}//?"),
        "/Groups/".to_owned(),
        "/ServiceProviderConfig/".to_owned(),
        "/Schemas//".to_owned(),
        "/ResourceTypes/User/".to_owned(),
    ] {
        let url = format!("{}{path}", scene.feed.scim);
        let answer = client.get(url).bearer_auth(&scene.feed.token).send().await?;
        assert_eq!(answer.status(), 200, "{path}");
    }
    Ok(())
}

/// N3: whatever is asked for and whatever becomes of it.
async fn every_answer_is_scim(database: Database) -> Result<()> {
    let scene = Scene::set(&database).await?;
    scene.made("/Users", json!({"userName": "u"})).await?;
    let bearer = format!("Bearer {}", scene.feed.token);
    let media_type = "application/json; charset=UTF-8";
    let cases = [
        (Method::GET, "/Users", bearer.as_str(), "", "", 200),
        (Method::POST, "/Users", &bearer, media_type, r#"{"userName": "v"}"#, 201),
        (Method::POST, "/Users", &bearer, media_type, "{", 400),
        (Method::GET, "/Users", "non-token", "", "", 401),
        (Method::GET, "/Nobody", &bearer, "", "", 404),
        (Method::DELETE, "/Users", &bearer, "", "", 405),
        (Method::POST, "/Users", &bearer, media_type, r#"{"userName": "U"}"#, 409),
        (Method::POST, "/Users", &bearer, "multipart/form-data; boundary=x", "--x--", 415),
        (Method::GET, "/Me", &bearer, "", "", 501),
    ];
    for (method, path, authorization, content_type, body, status) in cases {
        for accept in ["text/html", "application/json"] {
            let request = scene.house.client.request(method.clone(), format!("{}{path}", scene.feed.scim));
            let request = request.header("authorization", authorization).header("accept", accept);
            let request = if body.is_empty() { request } else { request.header("content-type", content_type) };
            let answer = request.body(body).send().await?;
            let (got, typed) = (answer.status().as_u16(), answer.headers()["content-type"].to_str()?.to_owned());
            let told: Value = answer.json().await?;
            // The second of the two finds what the first has made.
            let status = if status == 201 && accept != "text/html" { 409 } else { status };
            assert_eq!(got, status, "{method} {path}: {told}");
            assert!(typed.starts_with("application/scim+json"), "{method} {path}: {typed}");
            let error = told["schemas"][0] == "urn:ietf:params:scim:api:messages:2.0:Error";
            assert_eq!(error, status >= 400, "{method} {path}: {told}");
        }
    }
    Ok(())
}

/// `rippling-email-match`, `ping-emails-eq`.
async fn an_address_is_found_in_all_spellings(database: Database) -> Result<()> {
    let scene = Scene::set(&database).await?;
    let emails =
        json!([{"value": "h@x.example", "type": "home"}, {"value": "Ann@x.example", "type": "work", "primary": true}]);
    let ann = scene.made("/Users", json!({"userName": "ann", "emails": emails})).await?;
    let other = json!([{"value": "bob@x.example", "primary": true}, {"value": "h@x.example"}]);
    scene.made("/Users", json!({"userName": "bob", "emails": other})).await?;
    for filter in
        ["emails eq", "emails.value eq", "emails[primary eq true].value eq", "emails[type eq \"work\"].value eq"]
    {
        let found = scene.found("/Users", &format!("{filter} \"ann@x.example\"")).await?;
        assert_eq!(found, [ann.as_str()], "{filter}");
    }
    assert_eq!(scene.found("/Users", "emails[primary eq true].value eq \"h@x.example\"").await?, [""; 0]);
    assert_eq!(scene.found("/Users", "emails eq \"h@x.example\"").await?.len(), 2);
    Ok(())
}

/// N29, `okta-stable-paging`: a client comes back for the next page after others have changed what was on the last.
async fn rows_do_not_move_between_pages(database: Database) -> Result<()> {
    let scene = Scene::set(&database).await?;
    for n in 0..11 {
        scene.made("/Users", json!({"userName": format!("user{n}")})).await?;
    }
    let whole = ids(&scene.read("/Users?count=100").await?["Resources"])?;
    let mut walked = Vec::new();
    for start in [1, 5, 9] {
        let page = scene.read(&format!("/Users?startIndex={start}&count=4")).await?;
        assert_eq!(page["totalResults"], 11);
        walked.extend(ids(&page["Resources"])?);
        let (first, last) = (walked.first().context("a user")?, walked.last().context("a user")?);
        let renamed = json!([{"op": "replace", "value": {"userName": format!("a{start}"), "title": "T"}}]);
        scene.patch(&format!("/Users/{first}"), &renamed).await?;
        scene.patch(&format!("/Users/{last}"), &json!([{"op": "replace", "value": {"active": false}}])).await?;
    }
    assert_eq!(walked, whole);
    Ok(())
}

/// `ping-list-all-groups`: who cannot filter groups reads all of them.
async fn all_groups_come_in_pages(database: Database) -> Result<()> {
    let scene = Scene::set(&database).await?;
    let user = scene.made("/Users", json!({"userName": "u"})).await?;
    for n in 0..101 {
        scene.made("/Groups", json!({"displayName": format!("Group {n}"), "members": [{"value": user}]})).await?;
    }
    let first = scene.read("/Groups").await?;
    assert_eq!((&first["totalResults"], &first["itemsPerPage"]), (&json!(101), &json!(100)));
    let rest = scene.read("/Groups?startIndex=101").await?;
    assert_eq!((&rest["totalResults"], &rest["itemsPerPage"]), (&json!(101), &json!(1)));
    let mut all = [ids(&first["Resources"])?, ids(&rest["Resources"])?].concat();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 101);
    let groups = first["Resources"].as_array().context("groups")?;
    ensure!(groups.iter().all(|group| group["members"][0]["value"] == user), "{first}");
    Ok(())
}

/// `entra-probe-random-guid`.
async fn a_probe_makes_no_noise(database: Database) -> Result<()> {
    let scene = Scene::set(&database).await?;
    for (list, attribute) in [("/Users", "userName"), ("/Users", "externalId"), ("/Groups", "displayName")] {
        let filter = format!("{attribute} eq \"7c1f0d0e-3f54-4b0e-9a57-5b3e8a1d6c42\"");
        assert_eq!(scene.found(list, &filter).await?, [""; 0], "{filter}");
    }
    assert_eq!(scene.news().await?, [""; 0]);
    let printed = scene.house.serving.output();
    assert!(!printed.contains("ERROR"), "{printed}");
    Ok(())
}

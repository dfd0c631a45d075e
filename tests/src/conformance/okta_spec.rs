//! The requests of Okta's public SCIM 2.0 specification test, put together by hand; each assertion bears the name of its published
//! check. The pauses between them are left out.

use std::time::{Duration, Instant};

use anyhow::Result;
use reqwest::Method;
use serde_json::{Value, json};

use super::probe::{Answer, ERROR, LIST, Probe, USER, query};

const SECTION: &str = "Okta SPEC";

/// The headers of a request that reads; it has a content type though it has no body.
const READS: [(&str, &str); 4] = [
    ("accept", "application/scim+json"),
    ("accept-charset", "utf-8"),
    ("content-type", "application/scim+json; charset=utf-8"),
    ("user-agent", "OKTA SCIM Integration"),
];

const WRITES: [(&str, &str); 2] =
    [("accept", "application/scim+json; charset=utf-8"), ("content-type", "application/json")];

const SLOWEST: Duration = Duration::from_millis(600);

/// Asked first: the list of an empty directory begins with the user that is made here.
pub(super) async fn check(probe: &mut Probe) -> Result<()> {
    let somebody = realistic(probe);
    probe.post("/Users", &somebody).await?;
    listed(probe).await?;
    absent(probe).await?;
    created(probe).await?;
    groups(probe).await?;
    refused(probe).await
}

async fn read(probe: &Probe, path: &str) -> Result<Answer> {
    probe.send((Method::GET, path), &READS, None).await
}

async fn find(probe: &Probe, name: &str) -> Result<Answer> {
    read(probe, &query("/Users", &[("filter", &format!("userName eq \"{name}\""))])).await
}

/// What one published check asserts.
fn assert_all(probe: &mut Probe, check: &str, answer: &Answer, parts: &[(&str, bool)]) {
    for (part, holds) in parts {
        probe.must(SECTION, format!("{check}: {part}"), *holds, answer.seen());
    }
}

fn realistic(probe: &mut Probe) -> Value {
    let name = format!("{}@spec.example", probe.name("ida.ekdal"));
    json!({
        "schemas": [USER], "userName": name, "name": { "givenName": "Ida", "familyName": "Ekdal" },
        "emails": [{ "primary": true, "value": name, "type": "work" }], "displayName": "Ida Ekdal", "active": true,
    })
}

/// What must not be empty of a user.
fn profile(user: &Value) -> [(&'static str, bool); 6] {
    let filled = |pointer: &str| user.pointer(pointer).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
    [
        ("id is not empty", filled("/id")),
        ("name.familyName is not empty", filled("/name/familyName")),
        ("name.givenName is not empty", filled("/name/givenName")),
        ("userName is not empty", filled("/userName")),
        ("active is not empty", user["active"].is_boolean()),
        ("emails[0].value is not empty", filled("/emails/0/value")),
    ]
}

async fn listed(probe: &mut Probe) -> Result<()> {
    let check = "Required Test: Test Users endpoint";
    let users = read(probe, "/Users?count=1&startIndex=1").await?;
    let parts = [
        ("status is 200", users.status == 200),
        ("Resources is not empty", !users.all("/Resources").is_empty()),
        ("schemas has ListResponse", users.all("/schemas").contains(&json!(LIST))),
        ("itemsPerPage is a number", users.at("/itemsPerPage").is_number()),
        ("startIndex is a number", users.at("/startIndex").is_number()),
        ("totalResults is a number", users.at("/totalResults").is_number()),
    ];
    assert_all(probe, check, &users, &parts);
    assert_all(probe, check, &users, &profile(users.at("/Resources/0")));
    let check = "Required Test: Get Users/{{id}}";
    let id = users.text("/Resources/0/id");
    let user = read(probe, &format!("/Users/{id}")).await?;
    assert_all(probe, check, &user, &[("status is 200", user.status == 200), ("id is equal", user.text("/id") == id)]);
    assert_all(probe, check, &user, &profile(&user.body));
    Ok(())
}

async fn absent(probe: &mut Probe) -> Result<()> {
    let random = format!("{}@spec.example", probe.name("random"));
    for (check, name) in [
        ("Required Test: Test invalid User by username", "nobody@spec.example"),
        ("Required Test: Make sure random user doesn't exist", &random),
    ] {
        let found = find(probe, name).await?;
        let parts = [
            ("status is 200", found.status == 200),
            ("schemas has ListResponse", found.all("/schemas").contains(&json!(LIST))),
            ("totalResults is 0", found.at("/totalResults") == &json!(0)),
        ];
        assert_all(probe, check, &found, &parts);
    }
    let check = "Required Test: Test invalid User by ID";
    let nobody = read(probe, "/Users/010101001010101011001010101011").await?;
    let parts = [
        ("status is 404", nobody.status == 404),
        ("detail is not empty", !nobody.text("/detail").is_empty()),
        ("schemas has Error", nobody.all("/schemas").contains(&json!(ERROR))),
    ];
    assert_all(probe, check, &nobody, &parts);
    Ok(())
}

async fn created(probe: &mut Probe) -> Result<()> {
    let body = realistic(probe);
    let name = body["userName"].as_str().unwrap_or_default();
    let is_the_one = |user: &Answer| {
        [
            ("userName is equal", user.text("/userName") == name),
            ("name.familyName is equal", user.text("/name/familyName") == "Ekdal"),
            ("name.givenName is equal", user.text("/name/givenName") == "Ida"),
        ]
    };
    let check = "Required Test: Create Okta user with realistic values";
    let made = probe.post_with("/Users", &WRITES, &body).await?;
    let parts = [
        ("status is 201", made.status == 201),
        ("active is true", made.at("/active") == &json!(true)),
        ("id is not empty", !made.id().is_empty()),
        ("schemas contains User", made.all("/schemas").contains(&json!(USER))),
    ];
    assert_all(probe, check, &made, &parts);
    assert_all(probe, check, &made, &is_the_one(&made));
    let check = "Required Test: Verify that user was created";
    let user = read(probe, &format!("/Users/{}", made.id())).await?;
    assert_all(probe, check, &user, &[("status is 200", user.status == 200)]);
    assert_all(probe, check, &user, &is_the_one(&user));
    let check = "Required Test: Expect failure when recreating user with same values";
    let again = probe.post_with("/Users", &WRITES, &body).await?;
    assert_all(probe, check, &again, &[("status is 409", again.status == 409)]);
    let check = "Required Test: Username Case Sensitivity Check";
    let found = find(probe, &name.to_uppercase()).await?;
    assert_all(probe, check, &found, &[("status is 200", found.status == 200)]);
    Ok(())
}

async fn timed(probe: &Probe, path: &str) -> Result<(Answer, Duration)> {
    let begun = Instant::now();
    let answer = read(probe, path).await?;
    Ok((answer, begun.elapsed()))
}

async fn groups(probe: &mut Probe) -> Result<()> {
    let check = "Optional Test: Verify Groups endpoint";
    let (mut groups, mut took) = timed(probe, "/Groups").await?;
    // The quickest of three: the machine may be busy with something else.
    for _ in 0..2 {
        let again = timed(probe, "/Groups").await?;
        if again.1 < took {
            (groups, took) = again;
        }
    }
    let none = groups.at("/totalResults") == &json!(0);
    let parts = [
        ("status is 200", groups.status == 200),
        ("response time is less than 600 ms", took < SLOWEST),
        ("Resources is of type Array", none || groups.at("/Resources").is_array()),
    ];
    assert_all(probe, check, &groups, &parts);
    Ok(())
}

async fn refused(probe: &mut Probe) -> Result<()> {
    let mut stranger = READS.to_vec();
    stranger.push(("authorization", "non-token"));
    let path = query("/Users", &[("filter", "userName eq \"NOBODY@SPEC.EXAMPLE\"")]);
    let cases = [
        ("Required Test: Check status 401", 401, probe.send((Method::GET, &path), &stranger, None).await?),
        ("Required Test: Check status 404", 404, read(probe, "/Users/00919288221112222").await?),
    ];
    for (check, status, answer) in cases {
        let parts = [
            ("status is as expected", answer.status == status),
            ("detail is not empty", !answer.text("/detail").is_empty()),
            ("status in the body is equal", answer.text("/status") == status.to_string()),
            ("schemas has Error", answer.all("/schemas").contains(&json!(ERROR))),
        ];
        assert_all(probe, check, &answer, &parts);
    }
    Ok(())
}

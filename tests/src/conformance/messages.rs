//! RFC 7643 section 3, RFC 7644 sections 2, 3.1, 3.8, 3.11 and 3.12: the form of every kind of answer, and of requests.

use anyhow::Result;
use reqwest::Method;
use serde_json::{Value, json};

use super::probe::{Answer, GROUP, LIST, Probe, USER, query};

/// RFC 7644 section 3.12, table 9, and RFC 9865 section 2.1.
const SCIM_TYPES: [&str; 13] = [
    "invalidFilter",
    "tooMany",
    "uniqueness",
    "mutability",
    "invalidSyntax",
    "invalidPath",
    "noTarget",
    "invalidValue",
    "invalidVers",
    "sensitive",
    "invalidCursor",
    "expiredCursor",
    "invalidCount",
];

pub(super) async fn check(probe: &mut Probe) -> Result<()> {
    answers(probe).await?;
    errors(probe).await?;
    strangers(probe).await?;
    media_types(probe).await?;
    methods(probe).await
}

fn formed(probe: &mut Probe, what: &str, schema: &str, status: u16, answer: &Answer) {
    let typed = answer.header("content-type").to_owned();
    probe.must("RFC 7644 3.1", format!("{what}: application/scim+json"), answer.is_scim(), typed);
    let named = answer.all("/schemas").contains(&json!(schema));
    probe.must("RFC 7643 3", format!("{what}: schemas names {schema}"), named, answer.seen());
    probe.must("RFC 7644 3", format!("{what}: {status}"), answer.status == status, answer.seen());
}

async fn answers(probe: &mut Probe) -> Result<()> {
    let user = probe.user(&json!({ "title": "T" })).await?;
    let group = probe.group(&json!({ "members": [{ "value": user.id() }] })).await?;
    formed(probe, "POST of a user", USER, 201, &user);
    formed(probe, "POST of a group", GROUP, 201, &group);
    let (at, group_at) = (format!("/Users/{}", user.id()), format!("/Groups/{}", group.id()));
    let body = json!({ "schemas": [USER], "userName": user.text("/userName"), "title": "U" });
    let group_body = json!({ "schemas": [GROUP], "displayName": group.text("/displayName"), "externalId": "e" });
    let change = json!([{ "op": "replace", "path": "externalId", "value": "f" }]);
    let one = json!({ "count": 1 });
    let answers = [
        ("GET of a user", USER, probe.get(&at).await?),
        ("PUT of a user", USER, probe.put(&at, &body).await?),
        ("GET of a group", GROUP, probe.get(&group_at).await?),
        ("PUT of a group", GROUP, probe.put(&group_at, &group_body).await?),
        ("a list of users", LIST, probe.get("/Users?count=1").await?),
        ("a list of groups", LIST, probe.get("/Groups?count=1").await?),
        ("a search of users", LIST, probe.search("/Users/.search", &one).await?),
        ("a search of groups", LIST, probe.search("/Groups/.search", &one).await?),
        ("a search of all", LIST, probe.search("/.search", &one).await?),
        ("resource types", LIST, probe.get("/ResourceTypes").await?),
        ("schemas", LIST, probe.get("/Schemas").await?),
        // RFC 7644 section 3.5.2: 200 where `attributes` is asked for.
        ("PATCH of a user", USER, probe.patch(&query(&at, &[("attributes", "externalId")]), &change).await?),
        ("PATCH of a group", GROUP, probe.patch(&query(&group_at, &[("attributes", "externalId")]), &change).await?),
    ];
    for (what, schema, answer) in answers {
        formed(probe, what, schema, 200, &answer);
    }
    for (what, path) in [("a group", group_at), ("a user", at)] {
        let gone = probe.delete(&path).await?;
        let empty = gone.status == 204 && gone.length == 0;
        probe.must("RFC 7644 3.6", format!("DELETE of {what}: 204"), empty, gone.seen());
    }
    Ok(())
}

async fn errors(probe: &mut Probe) -> Result<()> {
    let user = probe.user(&json!({})).await?;
    let taken = json!({ "userName": user.text("/userName") });
    let answers = [
        (400, probe.get("/Users?filter=x").await?),
        (400, probe.user(&json!({ "active": 7 })).await?),
        (400, probe.patch(&format!("/Users/{}", user.id()), &json!([{ "op": "remove" }])).await?),
        (404, probe.get("/Users/0").await?),
        (404, probe.get("/Groups/0").await?),
        (404, probe.get("/Users/0/groups").await?),
        (404, probe.delete("/Groups/0").await?),
        (404, probe.put("/Groups/0", &json!({ "schemas": [GROUP], "displayName": "x" })).await?),
        (404, probe.patch("/Groups/0", &json!([{ "op": "add", "path": "externalId", "value": "x" }])).await?),
        (404, probe.get("/Devices").await?),
        (409, probe.user(&taken).await?),
    ];
    for (status, answer) in answers {
        probe.refused("RFC 7644 3.12", "a SCIM error", &answer, status, "");
        let scim_type = answer.text("/scimType").to_owned();
        let known = scim_type.is_empty() || SCIM_TYPES.contains(&scim_type.as_str());
        probe.must("RFC 7644 3.12", format!("{status}: scimType is none or known"), known, scim_type);
    }
    Ok(())
}

/// Whatever they want to do.
async fn strangers(probe: &mut Probe) -> Result<()> {
    let user = probe.user(&json!({})).await?;
    let path = format!("/Users/{}", user.id());
    let body = json!({ "schemas": [USER], "userName": "stranger" }).to_string();
    for (method, path) in [
        (Method::GET, path.as_str()),
        (Method::PUT, &path),
        (Method::PATCH, &path),
        (Method::DELETE, &path),
        (Method::POST, "/Users"),
        (Method::POST, "/Users/.search"),
        (Method::GET, "/Groups"),
    ] {
        let body = (method != Method::GET && method != Method::DELETE).then(|| body.clone());
        for authorization in ["", "Bearer nobody"] {
            let headers = [("authorization", authorization)];
            let answer = probe.send((method.clone(), path), &headers, body.clone()).await?;
            probe.refused("RFC 7644 2", &format!("a stranger's {method}"), &answer, 401, "");
        }
    }
    let kept = probe.get(&path).await?;
    probe.must("RFC 7644 2", "strangers change nothing", kept.body == user_read(&user, &kept), kept.seen());
    Ok(())
}

/// The user as it was made, with the groups that a read adds.
fn user_read(made: &Answer, read: &Answer) -> Value {
    let mut user = made.body.clone();
    if let Some(groups) = read.body.get("groups") {
        user["groups"] = groups.clone();
    }
    user
}

async fn media_types(probe: &mut Probe) -> Result<()> {
    for accept in [
        "application/scim+json",
        "application/json",
        "application/scim+json, application/json;q=0.5",
        "application/*",
        "*/*",
        "",
    ] {
        let answer = probe.send((Method::GET, "/Users?count=1"), &[("accept", accept)], None).await?;
        let read = answer.status == 200 && answer.text("/schemas/0") == LIST;
        probe.must("RFC 7644 3.8", format!("Accept: {accept}"), read, answer.seen());
    }
    let name = probe.name("conformance");
    let text = format!(r#"{{"schemas":["{USER}"],"userName":"{name}","displayName":"Zoë \u00e9 \ud83d\ude00 日本"}}"#);
    let answer = probe.send((Method::POST, "/Users"), &[], Some(text)).await?;
    let whole = answer.text("/displayName") == "Zoë é 😀 日本";
    probe.must("RFC 7644 3.8", "UTF-8 and JSON's escapes are read", whole, answer.seen());
    probe.delete(&format!("/Users/{}", answer.id())).await?;
    Ok(())
}

async fn methods(probe: &mut Probe) -> Result<()> {
    let user = format!("/Users/{}", probe.user(&json!({})).await?.id());
    let group = format!("/Groups/{}", probe.group(&json!({})).await?.id());
    let cases: [(Method, &str, &[&str]); 6] = [
        (Method::POST, &user, &["GET", "PUT", "PATCH", "DELETE"]),
        (Method::POST, &group, &["GET", "PUT", "PATCH", "DELETE"]),
        (Method::DELETE, "/Groups", &["GET", "POST"]),
        (Method::PATCH, "/Groups", &["GET", "POST"]),
        (Method::PUT, "/.search", &["POST"]),
        (Method::DELETE, "/Users/.search", &["POST"]),
    ];
    for (method, path, allowed) in cases {
        let what = format!("{method} of {}", path.split_inclusive('/').take(2).collect::<String>());
        let answer = probe.send((method, path), &[], Some("{}".to_owned())).await?;
        probe.refused("RFC 9110 15.5.6", &what, &answer, 405, "");
        let allow = answer.header("allow").to_owned();
        let all = allowed.iter().all(|method| allow.split(", ").any(|one| one == *method));
        probe.must("RFC 9110 15.5.6", format!("{what}: Allow names what is allowed"), all, allow);
    }
    if probe.get("/Me").await?.status == 501 {
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let answer = probe.send((method.clone(), "/Me"), &[], None).await?;
            probe.refused("RFC 7644 3.11", &format!("{method} of /Me"), &answer, 501, "");
        }
    }
    Ok(())
}

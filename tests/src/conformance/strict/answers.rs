//! What the letter demands of answers, and of the values that are taken.

use anyhow::Result;
use serde_json::json;

use crate::conformance::probe::{ENTERPRISE, GROUP, Probe, USER, query};

pub(super) async fn check(probe: &mut Probe) -> Result<()> {
    locations(probe).await?;
    whole(probe).await?;
    values(probe).await?;
    kept(probe).await?;
    filters(probe).await
}

/// RFC 7643 section 3.1: `meta.location` is what `Content-Location` says.
async fn locations(probe: &mut Probe) -> Result<()> {
    let user = probe.user(&json!({})).await?;
    let path = format!("/Users/{}", user.id());
    let body = json!({ "schemas": [USER], "userName": user.text("/userName"), "title": "T" });
    let change = json!([{ "op": "replace", "path": "title", "value": "U" }]);
    for (what, answer) in [
        ("POST", user),
        ("GET", probe.get(&path).await?),
        ("PUT", probe.put(&path, &body).await?),
        ("PATCH", probe.patch(&path, &change).await?),
    ] {
        let header = answer.header("content-location").to_owned();
        let same = !header.is_empty() && header == answer.text("/meta/location");
        probe.must("RFC 7643 3.1", format!("{what}: Content-Location is meta.location"), same, format!("{header:?}"));
    }
    Ok(())
}

/// RFC 7644 sections 3.5.1 and 3.5.2: what is answered is the resource, with what others have set.
async fn whole(probe: &mut Probe) -> Result<()> {
    let user = probe.user(&json!({})).await?;
    let group = probe.group(&json!({ "members": [{ "value": user.id() }] })).await?.id();
    let path = format!("/Users/{}", user.id());
    let body = json!({ "schemas": [USER], "userName": user.text("/userName"), "title": "T" });
    let change = json!([{ "op": "replace", "path": "title", "value": "U" }]);
    for (section, what, answer) in [
        ("RFC 7644 3.5.1", "PUT", probe.put(&path, &body).await?),
        ("RFC 7644 3.5.2", "PATCH", probe.patch(&path, &change).await?),
    ] {
        let same = answer.text("/groups/0/value") == group;
        probe.must(section, format!("{what} answers the user's groups"), same, answer.seen());
    }
    Ok(())
}

/// What a service provider keeps of what it is sent.
async fn kept(probe: &mut Probe) -> Result<()> {
    let manager = format!("/{ENTERPRISE}/manager/displayName");
    let body = json!({
        "schemas": [USER, ENTERPRISE],
        "emails": [
            { "value": "a@x.example", "type": "work" }, { "value": "a@x.example", "type": "work", "display": "A" },
            { "value": "a@x.example", "type": "home" },
        ],
        ENTERPRISE: { "manager": { "value": "m", "displayName": "M" } },
    });
    let user = probe.user(&body).await?;
    let types: Vec<_> = user.all("/emails").iter().map(|email| email["type"].clone()).collect();
    probe.must(
        "RFC 7643 2.4",
        "one value of one type is one entry",
        types == [json!("work"), json!("home")],
        user.seen(),
    );
    let ignored = user.at(&manager).is_null();
    probe.must("RFC 7643 4.3", "manager.displayName is readOnly, and ignored in a POST", ignored, user.seen());
    let change = json!([{ "op": "replace", "path": format!("{ENTERPRISE}:manager.displayName"), "value": "M" }]);
    let refused = probe.patch(&format!("/Users/{}", user.id()), &change).await?;
    probe.refused("RFC 7644 3.5.2", "a PATCH of the readOnly manager.displayName", &refused, 400, "mutability");
    let user = user.id();
    for (filter, expected) in [
        ("emails[type eq \"work\" and primary eq false]", 1),
        ("emails.primary eq false", 1),
        ("emails[type eq \"work\" and primary eq true]", 0),
    ] {
        let filter = format!("id eq \"{user}\" and {filter}");
        let answer = probe.get(&query("/Users", &[("filter", &filter)])).await?;
        let same = answer.at("/totalResults") == &json!(expected);
        probe.must("RFC 7643 2.4", format!("primary is false where it is not said: {filter}"), same, answer.seen());
    }
    Ok(())
}

async fn values(probe: &mut Probe) -> Result<()> {
    let unnamed = probe.post("/Users", &json!({ "schemas": [USER], "userName": "" })).await?;
    probe.refused("RFC 7643 4.1.1", "an empty userName", &unnamed, 400, "invalidValue");
    let user = probe.user(&json!({})).await?;
    let path = format!("/Users/{}", user.id());
    let unnamed = probe.put(&path, &json!({ "schemas": [USER], "userName": "" })).await?;
    probe.refused("RFC 7643 4.1.1", "a PUT with an empty userName", &unnamed, 400, "invalidValue");
    let unnamed = probe.patch(&path, &json!([{ "op": "replace", "path": "userName", "value": "" }])).await?;
    probe.refused("RFC 7643 4.1.1", "a PATCH with an empty userName", &unnamed, 400, "");
    let name = probe.name("conformance");
    for (what, path, body) in [
        (
            "an extension that schemas does not name",
            "/Users",
            json!({ "schemas": [USER], "userName": name, ENTERPRISE: { "department": "D" } }),
        ),
        (
            "an extension that nobody knows",
            "/Users",
            json!({ "schemas": [USER], "userName": name, "urn:x:Harbour:2.0:User": { "berth": 7 } }),
        ),
        (
            "a sub-attribute that there is not",
            "/Users",
            json!({ "schemas": [USER], "userName": name, "name": { "shoe": "x" } }),
        ),
        ("a group that says it is a user", "/Groups", json!({ "schemas": [USER], "displayName": name })),
    ] {
        let answer = probe.post(path, &body).await?;
        probe.refused("RFC 7643 3", what, &answer, 400, "invalidSyntax");
    }
    for (what, members) in
        [("a member that is a string", json!([user.id()])), ("one member for a list", json!({ "value": user.id() }))]
    {
        let body = json!({ "schemas": [GROUP], "displayName": name, "members": members });
        let answer = probe.post("/Groups", &body).await?;
        probe.refused("RFC 7643 2.4", what, &answer, 400, "invalidValue");
    }
    Ok(())
}

async fn filters(probe: &mut Probe) -> Result<()> {
    for filter in
        ["active eq \"true\"", "title eq 7", "title eq true", "nickName gt 7", "meta.created gt 7", "manager eq \"x\""]
    {
        let answer = probe.get(&query("/Users", &[("filter", filter)])).await?;
        probe.refused("RFC 7644 3.4.2.2", filter, &answer, 400, "invalidFilter");
    }
    Ok(())
}

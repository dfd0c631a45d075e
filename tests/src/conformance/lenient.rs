//! The rules N1-N30 that satisfy every identity provider at once (`idp/quirks.md`).

mod bodies;
mod edges;

use anyhow::Result;
use reqwest::Method;
use serde_json::json;

use super::probe::{ENTERPRISE, Probe, query};

pub(super) async fn check(probe: &mut Probe) -> Result<()> {
    transport(probe).await?;
    bodies::bodies(probe).await?;
    bodies::patches(probe).await?;
    members(probe).await?;
    reads(probe).await?;
    writes(probe).await?;
    edges::check(probe).await
}

/// N1 to N4.
async fn transport(probe: &mut Probe) -> Result<()> {
    let user = probe.user(&json!({})).await?;
    let (id, name) = (user.id(), user.text("/userName").to_owned());
    for path in [
        format!("//Users/{id}"),
        format!("/Users/{id}/"),
        format!("/Users/{id}?"),
        format!("/Users/{id}?aadOptscim062020"),
    ] {
        let answer = probe.get(&path).await?;
        probe.must("N1", path.replace(&id, "…"), answer.status == 200, answer.seen());
    }
    for filter in [
        format!("userName+eq+%22{name}%22"),
        format!("userName%20eq%20%22{name}%22&"),
        format!("userName%20eq%20%22{name}%22&&x=1"),
    ] {
        let answer = probe.get(&format!("/Users?FILTER={filter}")).await?;
        probe.must("N2", filter.replace(&name, "…"), answer.at("/totalResults") == &json!(1), answer.seen());
    }
    for media_type in ["application/json", "text/plain", "application/vnd.x+json"] {
        let body = json!({ "userName": probe.name("conformance") }).to_string();
        let answer = probe.send((Method::POST, "/Users"), &[("content-type", media_type)], Some(body)).await?;
        probe.must("N3", format!("{media_type} is read as JSON"), answer.status == 201, answer.seen());
        probe.delete(&format!("/Users/{}", answer.id())).await?;
    }
    for accept in ["text/html", "application/xml"] {
        let answer = probe.send((Method::GET, "/Users?count=1"), &[("accept", accept)], None).await?;
        probe.must("N3", format!("Accept: {accept} is never 406"), answer.status == 200, answer.seen());
    }
    let form = probe
        .send((Method::POST, "/Users"), &[("content-type", "application/x-www-form-urlencoded")], Some("a=b".into()))
        .await?;
    probe.refused("N3", "a form", &form, 415, "");
    let token = probe.token().to_owned();
    for authorization in [token.clone(), format!("bearer {token}"), format!("Bearer  {token}")] {
        let answer = probe.send((Method::GET, "/Users?count=1"), &[("authorization", &authorization)], None).await?;
        probe.must("N4", authorization.replace(&token, "…"), answer.status == 200, answer.seen());
    }
    Ok(())
}

/// N19, N20, N22 and N24.
async fn members(probe: &mut Probe) -> Result<()> {
    let ids = [probe.user(&json!({})).await?.id(), probe.user(&json!({})).await?.id()];
    let both = json!([{ "value": ids[0] }, { "value": ids[1] }]);
    let nobody = json!({ "value": "nobody" });
    let cases = [
        ("N19", json!({ "op": "Remove", "path": "members", "value": [{ "value": ids[0] }] }), 1),
        ("N19", json!({ "op": "remove", "path": "members", "value": [] }), 2),
        ("N19", json!({ "op": "remove", "path": "members" }), 0),
        ("N20", json!({ "op": "replace", "path": "members", "value": [{ "value": ids[1] }] }), 1),
        ("N20", json!({ "op": "replace", "path": "members", "value": null }), 0),
        ("N20", json!({ "op": "replace", "value": { "externalId": "e" } }), 2),
        (
            "N22",
            json!({ "op": "replace", "path": "members", "value": [{ "value": ids[0] }, nobody, { "value": ids[0] }] }),
            1,
        ),
    ];
    for (rule, operation, left) in cases {
        let group = probe.group(&json!({ "members": both })).await?;
        let path = format!("/Groups/{}", group.id());
        let answer = probe.patch(&path, &json!([operation])).await?;
        let read = probe.get(&path).await?;
        let count = read.at("/members").as_array().map(Vec::len);
        probe.must(
            rule,
            operation.to_string(),
            answer.status == 204 && count == Some(left),
            format!("{} then {}", answer.seen(), read.seen()),
        );
    }
    let group = probe.group(&json!({ "members": both })).await?;
    let put =
        probe.put(&format!("/Groups/{}", group.id()), &json!({ "displayName": group.text("/displayName") })).await?;
    probe.must("N24", "a PUT without members clears them", put.at("/members") == &json!([]), put.seen());
    let user = probe.user(&json!({ "active": false, "title": "T" })).await?;
    let put = probe
        .put(&format!("/Users/{}", user.id()), &json!({ "id": "other", "userName": user.text("/userName") }))
        .await?;
    let kept = put.at("/active") == &json!(false) && put.body.get("title").is_none() && put.id() == user.id();
    probe.must("N24", "a PUT without active keeps it; the id is the path's", kept, put.seen());
    Ok(())
}

/// N25 to N29.
async fn reads(probe: &mut Probe) -> Result<()> {
    let user = probe
        .user(
            &json!({ "active": false, "externalId": "Ex", "emails": [{ "value": "Mail@x.example", "type": "work" }] }),
        )
        .await?;
    let (id, name) = (user.id(), user.text("/userName").to_owned());
    let boss = probe.user(&json!({ ENTERPRISE: { "manager": { "value": id } } })).await?.id();
    let group = probe.group(&json!({ "members": [{ "value": id }] })).await?.id();
    let scoped = |filter: &str| format!("id eq \"{id}\" and {filter}");
    let cases = [
        ("N25", "/Users", scoped("active eq false"), 1),
        ("N26", "/Users", "userName eq \"nobody at all\"".to_owned(), 0),
        ("N27", "/Users", format!("userName eq {name}"), 1),
        ("N27", "/Users", format!("userName eq \"{}\"", name.to_uppercase()), 1),
        ("N27", "/Users", scoped("emails[type eq \"work\"].value eq \"mail@x.example\""), 1),
        ("N27", "/Users", scoped("emails eq \"mail@x.example\""), 1),
        ("N27", "/Users", scoped("externalId eq \"Ex\""), 1),
        ("N27", "/Users", scoped("externalId eq \"ex\""), 0),
        ("N27", "/Users", format!("id eq \"{boss}\" and manager eq \"{id}\""), 1),
        ("N27", "/Users", format!("manager eq \"{id}\" and id eq \"{boss}\""), 1),
        ("N27", "/Groups", format!("id eq \"{group}\" and members eq \"{id}\""), 1),
    ];
    for (rule, path, filter, count) in cases {
        let answer = probe.get(&query(path, &[("filter", &filter)])).await?;
        probe.must(rule, filter, answer.at("/totalResults") == &json!(count), answer.seen());
    }
    for filter in ["userName eq", "shoeSize eq 1"] {
        let answer = probe.get(&query("/Users", &[("filter", filter)])).await?;
        probe.refused("N26", filter, &answer, 400, "invalidFilter");
    }
    let empty = probe.group(&json!({})).await?;
    probe.must("N28", "members is an array, never null", empty.at("/members") == &json!([]), empty.seen());
    for (start, count) in [("0", "1"), ("-1", "1")] {
        let page = probe.get(&query("/Users", &[("startIndex", start), ("count", count)])).await?;
        probe.must("N29", format!("startIndex {start}"), page.at("/startIndex") == &json!(1), page.seen());
    }
    Ok(())
}

/// N30.
async fn writes(probe: &mut Probe) -> Result<()> {
    let user = probe.user(&json!({ "title": "T" })).await?;
    let path = format!("/Users/{}", user.id());
    let same = json!([{ "op": "replace", "path": "title", "value": "T" }]);
    let again = probe.patch(&path, &same).await?;
    let unmoved = again.status == 200 && again.text("/meta/version") == user.text("/meta/version");
    probe.must("N30", "the same state again changes nothing", unmoved, again.seen());
    let taken = probe.user(&json!({ "userName": user.text("/userName").to_uppercase() })).await?;
    probe.refused("N30", "a userName in another case", &taken, 409, "uniqueness");
    let group = probe.group(&json!({})).await?;
    let taken = probe.group(&json!({ "displayName": group.text("/displayName").to_uppercase() })).await?;
    probe.refused("N30", "a group's name in another case", &taken, 409, "uniqueness");
    probe.delete(&path).await?;
    let again = probe.user(&json!({ "userName": user.text("/userName") })).await?;
    probe.must(
        "N30",
        "a deleted userName is free at once",
        again.status == 201 && again.id() != user.id(),
        again.seen(),
    );
    Ok(())
}

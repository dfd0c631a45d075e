//! RFC 7643 section 3.1: `meta` and `id` of every resource, wherever it is answered.

use anyhow::Result;
use serde_json::json;

use super::probe::{Answer, GROUP, Probe, USER, query};

pub(super) async fn check(probe: &mut Probe) -> Result<()> {
    let more =
        json!({ "title": "T", "meta": { "resourceType": "Group", "location": "https://x.example/", "version": "x" } });
    let user = probe.user(&more).await?;
    everywhere(probe, "User", &user).await?;
    let group = probe.group(&json!({ "meta": { "resourceType": "User" } })).await?;
    everywhere(probe, "Group", &group).await?;
    probe.must("RFC 7643 3.1", "an id is given once", user.id() != group.id(), format!("{} {}", user.id(), group.id()));
    unmoved(probe).await?;
    permanent(probe).await
}

/// An xsd:dateTime (section 2.3.5) in UTC.
fn is_date_time(text: &str) -> bool {
    let shape: String = text.chars().take(19).map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let zone = text.get(19..).unwrap_or_default().trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    shape == "0000-00-00T00:00:00" && matches!(zone, "Z" | "+00:00")
}

async fn everywhere(probe: &mut Probe, kind: &str, made: &Answer) -> Result<()> {
    let (endpoint, by_id) = (format!("/{kind}s"), format!("id eq \"{}\"", made.id()));
    let path = format!("{endpoint}/{}", made.id());
    let read = probe.get(&path).await?;
    let list = probe.get(&query(&endpoint, &[("filter", &by_id)])).await?;
    let search = probe.search(&format!("{endpoint}/.search"), &json!({ "filter": by_id })).await?;
    let put = probe.put(&path, &read.body).await?;
    let location = format!("{}{path}", probe.base());
    let answers = [
        ("POST", &made.body),
        ("GET", &read.body),
        ("list", list.at("/Resources/0")),
        ("search", search.at("/Resources/0")),
        ("PUT", &put.body),
    ];
    for (what, resource) in answers {
        let meta = &resource["meta"];
        let what = format!("{what} of a {kind}");
        let typed = meta["resourceType"] == kind;
        probe.must("RFC 7643 3.1", format!("{what}: meta.resourceType"), typed, meta.to_string());
        probe.must("RFC 7643 3.1", format!("{what}: meta.location"), meta["location"] == location, meta.to_string());
        let dated = ["created", "lastModified"].iter().all(|name| meta[*name].as_str().is_some_and(is_date_time));
        probe.must("RFC 7643 2.3.5", format!("{what}: created and lastModified, in UTC"), dated, meta.to_string());
        let same = resource["id"] == made.body["id"] && meta["created"] == made.body["meta"]["created"];
        probe.must("RFC 7643 3.1", format!("{what}: id and created stay"), same, resource.to_string());
    }
    let fresh = made.text("/meta/created") == made.text("/meta/lastModified");
    probe.must("RFC 7643 3.1", format!("a new {kind}: lastModified is created"), fresh, made.seen());
    probe.must("RFC 7644 3.3", format!("a new {kind}: Location"), made.header("location") == location, made.seen());
    let plain = read.id() == made.id() && !made.id().is_empty() && !made.id().contains("bulkId");
    probe.must("RFC 7643 3.1", format!("the id of a {kind} is no bulkId"), plain, made.id());
    probe.must("RFC 7644 3.5.1", format!("a {kind} can be put as it was read"), put.status == 200, put.seen());
    Ok(())
}

/// RFC 7644 section 3.5.2.1: what is there already does not change the time of the last change.
async fn unmoved(probe: &mut Probe) -> Result<()> {
    let mails = json!([{ "value": "a@x.example", "type": "work" }]);
    let user = probe.user(&json!({ "title": "T", "emails": mails })).await?;
    let member = probe.user(&json!({})).await?.id();
    let group = probe.group(&json!({ "members": [{ "value": member }] })).await?;
    let cases = [
        (format!("/Users/{}", user.id()), json!({ "op": "add", "path": "title", "value": "T" })),
        (format!("/Users/{}", user.id()), json!({ "op": "add", "path": "emails", "value": mails })),
        (format!("/Users/{}", user.id()), json!({ "op": "add", "value": { "title": "T" } })),
        (format!("/Groups/{}", group.id()), json!({ "op": "add", "path": "members", "value": [{ "value": member }] })),
    ];
    for (path, operation) in cases {
        let before = probe.get(&path).await?;
        let done = probe.patch(&path, &json!([operation])).await?;
        let after = probe.get(&path).await?;
        let same = matches!(done.status, 200 | 204) && before.body == after.body;
        probe.must("RFC 7644 3.5.2.1", format!("nothing new: {operation}"), same, after.seen());
    }
    Ok(())
}

async fn permanent(probe: &mut Probe) -> Result<()> {
    let user = probe.user(&json!({ "externalId": "E" })).await?;
    let path = format!("/Users/{}", user.id());
    let name = probe.name("renamed");
    let renamed = json!([{ "op": "replace", "path": "userName", "value": name }]);
    probe.patch(&path, &renamed).await?;
    let meta =
        json!({ "created": "2000-01-01T00:00:00Z", "lastModified": "2000-01-01T00:00:00Z", "resourceType": "Group" });
    let body = json!({ "schemas": [USER], "id": "other", "userName": name, "externalId": "F", "meta": meta });
    let put = probe.put(&path, &body).await?;
    let same = put.id() == user.id() && put.text("/meta/location") == user.text("/meta/location");
    probe.must("RFC 7643 3.1", "a new name leaves the id and the location", same, put.seen());
    let own = put.text("/meta/created") == user.text("/meta/created") && put.text("/meta/resourceType") == "User";
    let later = put.text("/meta/lastModified") >= user.text("/meta/lastModified");
    probe.must("RFC 7643 3.1", "meta in a PUT is ignored", own && later, put.seen());
    probe.must("RFC 7643 3.1", "externalId is the client's to change", put.text("/externalId") == "F", put.seen());
    let group = probe.group(&json!({ "externalId": "Ex" })).await?;
    probe.must("RFC 7643 3.1", "a group has an externalId", group.text("/externalId") == "Ex", group.seen());
    let named = group.at("/schemas") == &json!([GROUP]);
    probe.must("RFC 7643 3", "a group's schemas name the core schema alone", named, group.seen());
    Ok(())
}

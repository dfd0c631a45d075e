//! RFC 7644 section 3.14: versions.

use anyhow::Result;
use reqwest::Method;
use serde_json::json;

use super::probe::{Answer, GROUP, PATCH, Probe, USER, query};

const SECTION: &str = "RFC 7644 3.14";

pub(super) async fn check(probe: &mut Probe) -> Result<()> {
    let config = probe.get("/ServiceProviderConfig").await?;
    if config.at("/etag/supported") != &json!(true) {
        return Ok(());
    }
    let made = probe.user(&json!({})).await?;
    let (path, first) = (format!("/Users/{}", made.id()), made.header("etag").to_owned());
    probe.must("RFC 7644 3.14", "a new resource has an ETag", !first.is_empty(), made.seen());
    probe.must("RFC 7644 3.14", "meta.version is the ETag", made.text("/meta/version") == first, made.seen());
    probe.must("RFC 7644 3.14", "it is weak", first.starts_with("W/\""), first.clone());
    let unchanged = probe.send((Method::GET, &path), &[("if-none-match", &first)], None).await?;
    probe.must(
        "RFC 7644 3.14",
        "If-None-Match of what is known: 304",
        unchanged.status == 304 && unchanged.length == 0,
        unchanged.seen(),
    );
    let changed = probe.patch(&path, &json!([{ "op": "replace", "path": "title", "value": "T" }])).await?;
    let second = changed.header("etag").to_owned();
    probe.must("RFC 7644 3.14", "a change moves the version", !second.is_empty() && second != first, changed.seen());
    let read = probe.send((Method::GET, &path), &[("if-none-match", &first)], None).await?;
    probe.must(
        "RFC 7644 3.14",
        "If-None-Match of what is old: 200",
        read.status == 200 && read.header("etag") == second,
        read.seen(),
    );
    let put = json!({ "schemas": [USER], "userName": made.text("/userName") }).to_string();
    let change =
        json!({ "schemas": [PATCH], "Operations": [{ "op": "replace", "path": "title", "value": "U" }] }).to_string();
    for (method, body) in [(Method::PUT, Some(put)), (Method::PATCH, Some(change)), (Method::DELETE, None)] {
        let stale = probe.send((method.clone(), &path), &[("if-match", &first)], body.clone()).await?;
        probe.refused("RFC 7644 3.14", &format!("a {method} of an old version"), &stale, 412, "");
        let now = probe.get(&path).await?.header("etag").to_owned();
        let done = probe.send((method.clone(), &path), &[("if-match", &now)], body).await?;
        probe.must(
            "RFC 7644 3.14",
            format!("a {method} of this version is done"),
            matches!(done.status, 200 | 204),
            done.seen(),
        );
    }
    tags(probe).await?;
    everywhere(probe).await?;
    groups(probe).await
}

/// Several tags in one header, and any (RFC 9110 sections 13.1.1 and 13.1.2).
async fn tags(probe: &mut Probe) -> Result<()> {
    let made = probe.user(&json!({})).await?;
    let (path, version) = (format!("/Users/{}", made.id()), made.header("etag").to_owned());
    let other = "W/\"another\"";
    for (tags, status) in
        [("*".to_owned(), 304), (format!("{other}, {version}"), 304), (format!("{other}, W/\"third\""), 200)]
    {
        let read = probe.send((Method::GET, &path), &[("if-none-match", &tags)], None).await?;
        let told = read.status == status && read.header("etag") == version;
        probe.must(SECTION, format!("If-None-Match: {tags}"), told, read.seen());
    }
    let change = json!({ "schemas": [PATCH], "Operations": [{ "op": "replace", "path": "title", "value": "T" }] });
    let change = Some(change.to_string());
    let refused = probe.send((Method::PATCH, &path), &[("if-match", other)], change.clone()).await?;
    probe.refused(SECTION, "If-Match of what never was", &refused, 412, "");
    let read = probe.get(&path).await?;
    probe.must(SECTION, "a stale write changes nothing", read.header("etag") == version, read.seen());
    for tags in [format!("{other}, {version}"), "*".to_owned()] {
        let done = probe.send((Method::PATCH, &path), &[("if-match", &tags)], change.clone()).await?;
        let done_at_all = matches!(done.status, 200 | 204);
        probe.must(SECTION, format!("If-Match: {tags}"), done_at_all, done.seen());
    }
    let absent = probe.send((Method::PATCH, "/Users/nobody"), &[("if-match", "*")], change).await?;
    probe.must(SECTION, "nothing matches what is not there", matches!(absent.status, 404 | 412), absent.seen());
    Ok(())
}

/// Each answer that holds a resource tells its version, in `meta.version` as in the header.
async fn everywhere(probe: &mut Probe) -> Result<()> {
    let user = probe.user(&json!({ "title": "T" })).await?;
    let path = format!("/Users/{}", user.id());
    let body = json!({ "schemas": [USER], "userName": user.text("/userName"), "title": "U" });
    let change = json!([{ "op": "replace", "path": "title", "value": "V" }]);
    for (what, answer) in [
        ("PUT", probe.put(&path, &body).await?),
        ("PATCH", probe.patch(&query(&path, &[("attributes", "meta")]), &change).await?),
        ("GET", probe.get(&path).await?),
    ] {
        let tag = answer.header("etag");
        let told = tag.starts_with("W/\"") && answer.text("/meta/version") == tag;
        probe.must(SECTION, format!("{what}: meta.version is the ETag"), told, answer.seen());
    }
    let now = probe.get(&path).await?.header("etag").to_owned();
    let list = probe.get(&query("/Users", &[("filter", &format!("id eq \"{}\"", user.id()))])).await?;
    probe.must(SECTION, "a list tells versions", list.text("/Resources/0/meta/version") == now, list.seen());
    let bare = probe.get(&query(&path, &[("attributes", "title")])).await?;
    probe.must(SECTION, "the ETag is there whatever is asked for", bare.header("etag") == now, bare.seen());
    Ok(())
}

async fn groups(probe: &mut Probe) -> Result<()> {
    let member = probe.user(&json!({})).await?.id();
    let group = probe.group(&json!({})).await?;
    let path = format!("/Groups/{}", group.id());
    let first = group.header("etag").to_owned();
    let add = json!([{ "op": "add", "path": "members", "value": [{ "value": member }] }]);
    let added = probe.patch(&path, &add).await?;
    let read = probe.get(&path).await?;
    let version = |answer: &Answer| answer.header("etag").to_owned();
    let told =
        !first.is_empty() && version(&read) == read.text("/meta/version") && group.text("/meta/version") == first;
    probe.must(SECTION, "a group has a version", told, read.seen());
    probe.must(SECTION, "a new member moves it", version(&read) != first, read.seen());
    probe.must(SECTION, "a PATCH without a body tells it", version(&added) == version(&read), added.seen());
    let body = json!({ "schemas": [GROUP], "displayName": group.text("/displayName") }).to_string();
    let change = json!({ "schemas": [PATCH], "Operations": add }).to_string();
    for (method, body) in [(Method::PUT, Some(body)), (Method::PATCH, Some(change)), (Method::DELETE, None)] {
        let stale = probe.send((method.clone(), &path), &[("if-match", &first)], body).await?;
        probe.refused(SECTION, &format!("a {method} of an old version of a group"), &stale, 412, "");
    }
    let unchanged = probe.send((Method::GET, &path), &[("if-none-match", &version(&read))], None).await?;
    probe.must(
        SECTION,
        "a group that is known is 304",
        unchanged.status == 304 && unchanged.length == 0,
        unchanged.seen(),
    );
    Ok(())
}

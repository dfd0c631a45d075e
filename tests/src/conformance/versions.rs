//! RFC 7644 section 3.14: versions.

use anyhow::Result;
use reqwest::Method;
use serde_json::json;

use super::probe::{PATCH, Probe, USER};

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
    Ok(())
}

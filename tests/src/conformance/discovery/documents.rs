//! RFC 7643 sections 3, 3.1 and 5 to 7, RFC 7644 section 4, RFC 9865 section 4: what discovery says of itself, and what is done to it.

use anyhow::Result;
use reqwest::Method;
use serde_json::{Value, json};

use crate::conformance::probe::{ENTERPRISE, GROUP, Probe, USER, query};

const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0";

pub(super) async fn check(probe: &mut Probe) -> Result<()> {
    let documents = [
        ("ServiceProviderConfig", "/ServiceProviderConfig".to_owned()),
        ("ResourceType", "/ResourceTypes/User".to_owned()),
        ("ResourceType", "/ResourceTypes/Group".to_owned()),
        ("Schema", format!("/Schemas/{USER}")),
        ("Schema", format!("/Schemas/{GROUP}")),
        ("Schema", format!("/Schemas/{ENTERPRISE}")),
    ];
    for (kind, path) in documents {
        document(probe, kind, &path).await?;
        read_only(probe, &path).await?;
    }
    for path in ["/ResourceTypes", "/Schemas"] {
        list(probe, path).await?;
    }
    config(probe).await?;
    resource_types(probe).await
}

async fn document(probe: &mut Probe, kind: &str, path: &str) -> Result<()> {
    let answer = probe.get(path).await?;
    probe.must("RFC 7644 4", format!("{path} is there"), answer.status == 200, answer.seen());
    let named = answer.at("/schemas") == &json!([format!("{CORE}:{kind}")]);
    probe.must("RFC 7643 3", format!("{path} names its schema"), named, answer.seen());
    let located = answer.text("/meta/location") == format!("{}{path}", probe.base());
    let typed = answer.text("/meta/resourceType") == kind;
    probe.must("RFC 7643 3.1", format!("{path}: meta has resourceType and location"), located && typed, answer.seen());
    probe.must("RFC 7644 3.1", format!("{path} is application/scim+json"), answer.is_scim(), answer.seen());
    if kind == "Schema" {
        let told = path == format!("/Schemas/{}", answer.text("/id")) && !answer.text("/name").is_empty();
        probe.must("RFC 7643 7", format!("{path}: id is its URN, and it has a name"), told, answer.seen());
    }
    Ok(())
}

async fn read_only(probe: &mut Probe, path: &str) -> Result<()> {
    for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
        let answer = probe.send((method.clone(), path), &[], Some("{}".to_owned())).await?;
        probe.refused("RFC 7644 4", &format!("{method} of {path}"), &answer, 405, "");
        let allow = answer.header("allow").to_owned();
        probe.must("RFC 9110 15.5.6", format!("{method} of {path}: Allow names GET"), allow.contains("GET"), allow);
    }
    Ok(())
}

/// Everything, whatever else is asked for.
async fn list(probe: &mut Probe, path: &str) -> Result<()> {
    let whole = probe.get(path).await?;
    for (name, value) in [
        ("count", "1"),
        ("count", "x"),
        ("startIndex", "2"),
        ("startIndex", "x"),
        ("sortBy", "id"),
        ("sortOrder", "descending"),
        ("sortOrder", "sideways"),
        ("attributes", "id"),
    ] {
        let asked = probe.get(&query(path, &[(name, value)])).await?;
        let ignored = asked.status == 200 && asked.body == whole.body;
        probe.must("RFC 7644 4", format!("{path} ignores {name} {value}"), ignored, asked.seen());
    }
    for entry in whole.all("/Resources") {
        let location = entry["meta"]["location"].as_str().unwrap_or_default();
        let one = probe.get(location.trim_start_matches(probe.base())).await?;
        let same = one.status == 200 && one.body == entry;
        probe.must("RFC 7643 3.1", format!("{path}: an entry is found at its location"), same, one.seen());
    }
    Ok(())
}

async fn config(probe: &mut Probe) -> Result<()> {
    let config = probe.get("/ServiceProviderConfig").await?;
    let schemes = config.all("/authenticationSchemes");
    let known = ["oauth", "oauth2", "oauthbearertoken", "httpbasic", "httpdigest"];
    let typed = schemes.iter().all(|scheme| known.iter().any(|name| scheme["type"] == *name));
    probe.must("RFC 7643 5", "authenticationSchemes have known types", typed && !schemes.is_empty(), config.seen());
    let primaries = schemes.iter().filter(|scheme| scheme["primary"] == true).count();
    probe.must("RFC 7643 2.4", "one authentication scheme at most is primary", primaries < 2, config.seen());
    let number = |name: &str| config.body.pointer(&format!("/pagination/{name}")).map(Value::as_u64);
    for name in ["defaultPageSize", "maxPageSize", "cursorTimeout"] {
        let positive = number(name).is_none_or(|number| number.is_some_and(|number| number > 0));
        probe.must("RFC 9865 4", format!("pagination.{name}, if any, is positive"), positive, config.seen());
    }
    if let (Some(default), Some(most)) = (number("defaultPageSize"), number("maxPageSize")) {
        probe.must("RFC 9865 4", "defaultPageSize is within maxPageSize", default <= most, config.seen());
    }
    let method = config.at("/pagination/defaultPaginationMethod");
    let known = method.is_null() || method == "index" || method == "cursor";
    probe.must("RFC 9865 4", "defaultPaginationMethod is index or cursor", known, config.seen());
    Ok(())
}

async fn resource_types(probe: &mut Probe) -> Result<()> {
    let schemas = probe.get("/Schemas").await?.all("/Resources");
    let is_described = |urn: &Value| schemas.iter().any(|schema| schema["id"] == *urn);
    let types = probe.get("/ResourceTypes").await?.all("/Resources");
    for entry in types {
        let name = entry["name"].as_str().unwrap_or_default();
        let endpoint = entry["endpoint"].as_str().unwrap_or_default();
        let list = probe.get(&query(endpoint, &[("count", "1")])).await?;
        probe.must("RFC 7643 6", format!("{name}: its endpoint is there"), list.status == 200, list.seen());
        probe.must(
            "RFC 7643 6",
            format!("{name}: its schema is there"),
            is_described(&entry["schema"]),
            entry.to_string(),
        );
        let extensions = entry["schemaExtensions"].as_array().cloned().unwrap_or_default();
        let described = extensions.iter().all(|one| is_described(&one["schema"]) && one["required"].is_boolean());
        probe.must("RFC 7643 6", format!("{name}: its extensions are there"), described, entry.to_string());
    }
    Ok(())
}

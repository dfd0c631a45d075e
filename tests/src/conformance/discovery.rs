//! RFC 7643 sections 5 to 7, RFC 7644 section 4, RFC 9865 section 4.

mod characteristics;
mod documents;

use anyhow::Result;
use reqwest::Method;
use serde_json::Value;

use super::probe::{ENTERPRISE, GROUP, LIST, Probe, USER, query};

pub(super) async fn check(probe: &mut Probe) -> Result<()> {
    config(probe).await?;
    resource_types(probe).await?;
    schemas(probe).await?;
    documents::check(probe).await?;
    characteristics::check(probe).await?;
    for path in ["/ResourceTypes", "/Schemas"] {
        let filtered = probe.get(&query(path, &[("filter", "name eq \"User\"")])).await?;
        probe.refused("RFC 7644 4", &format!("a filter on {path}"), &filtered, 403, "");
        let posted = probe.send((Method::POST, path), &[], Some("{}".to_owned())).await?;
        probe.refused("RFC 7644 4", &format!("{path} is read only"), &posted, 405, "");
        probe.must(
            "RFC 9110 15.5.6",
            "405 tells the methods in Allow",
            posted.header("allow").contains("GET"),
            posted.header("allow"),
        );
    }
    Ok(())
}

async fn config(probe: &mut Probe) -> Result<()> {
    let config = probe.get("/ServiceProviderConfig").await?;
    let media_type = config.header("content-type").starts_with("application/scim+json");
    probe.must("RFC 7644 3.1", "answers are application/scim+json", media_type, config.header("content-type"));
    probe.must("RFC 7644 4", "there is a /ServiceProviderConfig", config.status == 200, config.seen());
    let schema = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";
    probe.must("RFC 7643 5", "it names its schema", config.text("/schemas/0") == schema, config.seen());
    for name in ["patch", "bulk", "filter", "changePassword", "sort", "etag"] {
        let supported = config.at(&format!("/{name}/supported")).is_boolean();
        probe.must("RFC 7643 5", format!("{name}.supported is a boolean"), supported, config.seen());
    }
    for name in ["/bulk/maxOperations", "/bulk/maxPayloadSize", "/filter/maxResults"] {
        probe.must("RFC 7643 5", format!("{name} is an integer"), config.at(name).is_u64(), config.seen());
    }
    for name in ["type", "name", "description"] {
        let text = config.at(&format!("/authenticationSchemes/0/{name}")).is_string();
        probe.must("RFC 7643 5", format!("authenticationSchemes.{name} is there"), text, config.seen());
    }
    let location = config.text("/meta/location") == format!("{}/ServiceProviderConfig", probe.base());
    probe.must("RFC 7643 3.1", "its meta.location is where it was read", location, config.seen());
    for name in ["cursor", "index"] {
        let supported = config.at(&format!("/pagination/{name}")).is_boolean();
        probe.must("RFC 9865 4", format!("pagination.{name} is a boolean"), supported, config.seen());
    }
    let default = config.text("/pagination/defaultPaginationMethod");
    probe.must("RFC 9865 2.4", "pages are by index unless asked for else", default == "index", default);
    Ok(())
}

async fn resource_types(probe: &mut Probe) -> Result<()> {
    let list = probe.get("/ResourceTypes").await?;
    probe.must("RFC 7644 4", "resource types are a ListResponse", list.text("/schemas/0") == LIST, list.seen());
    let entries = list.at("/Resources").as_array().cloned().unwrap_or_default();
    let total = list.at("/totalResults").as_u64() == Some(entries.len() as u64);
    probe.must("RFC 7644 3.4.2", "totalResults counts all of them", total, list.seen());
    for (name, endpoint, schema) in [("User", "/Users", USER), ("Group", "/Groups", GROUP)] {
        let entry = entries.iter().find(|entry| entry["name"] == name).cloned().unwrap_or_default();
        let described = entry["endpoint"] == endpoint && entry["schema"] == schema;
        probe.must("RFC 7643 6", format!("{name} has its endpoint and schema"), described, entry.to_string());
        let one = probe.get(&format!("/ResourceTypes/{name}")).await?;
        probe.must("RFC 7644 4", format!("/ResourceTypes/{name} is that of the list"), one.body == entry, one.seen());
    }
    let extended = entries.iter().any(|entry| entry["schemaExtensions"][0]["schema"] == ENTERPRISE);
    probe.must("RFC 7643 6", "the extensions of a type are listed", extended, list.seen());
    let unknown = probe.get("/ResourceTypes/Ship").await?;
    probe.refused("RFC 7644 3.12", "an unknown resource type", &unknown, 404, "");
    Ok(())
}

async fn schemas(probe: &mut Probe) -> Result<()> {
    let list = probe.get("/Schemas").await?;
    probe.must("RFC 7644 4", "schemas are a ListResponse", list.text("/schemas/0") == LIST, list.seen());
    for urn in [USER, GROUP, ENTERPRISE] {
        let entries = list.at("/Resources").as_array().cloned().unwrap_or_default();
        let entry = entries.into_iter().find(|entry| entry["id"] == urn).unwrap_or_default();
        let one = probe.get(&format!("/Schemas/{urn}")).await?;
        probe.must(
            "RFC 7644 4",
            format!("/Schemas/{urn} is that of the list"),
            one.body == entry && one.status == 200,
            one.seen(),
        );
        let attributes = entry["attributes"].as_array().cloned().unwrap_or_default();
        let wrong: Vec<_> = attributes.iter().flat_map(undescribed).collect();
        probe.must(
            "RFC 7643 7",
            format!("{urn} describes every attribute"),
            wrong.is_empty() && !attributes.is_empty(),
            wrong.join(", "),
        );
    }
    let user = probe.get(&format!("/Schemas/{USER}")).await?;
    let row = |name: &str| {
        let attributes = user.at("/attributes").as_array().cloned().unwrap_or_default();
        attributes.into_iter().find(|row| row["name"] == name).unwrap_or_default()
    };
    let cases = [
        ("userName", "required", Value::Bool(true)),
        ("userName", "uniqueness", "server".into()),
        ("userName", "caseExact", Value::Bool(false)),
        ("password", "mutability", "writeOnly".into()),
        ("password", "returned", "never".into()),
        ("groups", "mutability", "readOnly".into()),
        ("emails", "multiValued", Value::Bool(true)),
        ("active", "type", "boolean".into()),
    ];
    for (name, characteristic, expected) in cases {
        let holds = row(name)[characteristic] == expected;
        probe.must("RFC 7643 8.7.1", format!("{name}.{characteristic} is {expected}"), holds, row(name).to_string());
    }
    let unknown = probe.get("/Schemas/urn:nobody:has:it").await?;
    probe.refused("RFC 7644 3.12", "an unknown schema", &unknown, 404, "");
    Ok(())
}

/// The attribute and its sub-attributes that lack a characteristic.
fn undescribed(attribute: &Value) -> Vec<String> {
    let texts = ["name", "type", "description", "mutability", "returned", "uniqueness"];
    let flags = ["multiValued", "required", "caseExact"];
    let described =
        |row: &Value| texts.iter().all(|name| row[name].is_string()) && flags.iter().all(|name| row[name].is_boolean());
    let subs = attribute["subAttributes"].as_array().cloned().unwrap_or_default();
    let rows = subs.iter().chain([attribute]);
    rows.filter(|row| !described(row)).map(|row| row["name"].to_string()).collect()
}

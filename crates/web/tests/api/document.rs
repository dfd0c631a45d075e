//! The OpenAPI document against its committed copy and against the running application, both ways.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use anyhow::Result;
use std::collections::BTreeSet;
use std::path::Path;
use tests::{Database, on_each_database};

use crate::shape::{DOCUMENT, operations};
use crate::world::{MIGRATED, World};

on_each_database!(MIGRATED: every_documented_operation_is_routed, every_route_is_documented, other_methods_are_refused);

const METHODS: [Method; 5] = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

#[test]
fn the_committed_document_is_the_generated_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi/rollcall.json");
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(committed == web::openapi::text(), "out of date: run `rollcall openapi >openapi/rollcall.json`");
}

#[test]
fn lists_are_documented_with_their_parameters() {
    let parameters = |operation: &serde_json::Value| {
        operation["parameters"].as_array().map_or(0, |all| all.iter().filter(|one| one["in"] == "query").count())
    };
    let lists = operations().filter(|(method, path, _)| *method == Method::GET && !path.contains('{'));
    let counts: Vec<_> = lists.map(|(_, path, operation)| (path, parameters(operation))).collect();
    let expected = [
        ("/directories", 7),
        ("/directory_groups", 6),
        ("/directory_users", 8),
        ("/events", 6),
        ("/openapi.json", 0),
        ("/organizations", 6),
        ("/webhook_endpoints", 4),
    ];
    assert_eq!(counts, expected);
}

/// Every operation but this document's own wants a key, and says so.
async fn every_documented_operation_is_routed(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    for (method, path, operation) in operations() {
        let reply = world.send(method, path, TestRequest::default()).await?;
        let public = operation["security"][0] == serde_json::json!({});
        assert_eq!(reply.status, if public { 200 } else { 401 }, "{path}");
    }
    Ok(())
}

async fn every_route_is_documented(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let reply = world.send(Method::GET, "/openapi.json", TestRequest::default()).await?;
    assert_eq!(reply.text, web::openapi::text());
    let documented: BTreeSet<_> = operations().map(|(_, path, _)| path.to_owned()).collect();
    assert_eq!(routes(&reply.routes), documented);
    Ok(())
}

/// The patterns that a printed resource map holds, but SCIM's.
fn routes(map: &str) -> BTreeSet<String> {
    let patterns = map.split("Single(\"").skip(1).filter_map(|rest| rest.split('"').next());
    patterns.filter(|path| !path.is_empty() && !path.contains("scim/")).map(str::to_owned).collect()
}

async fn other_methods_are_refused(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    for (path, item) in DOCUMENT["paths"].as_object().into_iter().flatten() {
        let known = |method: &Method| item.get(method.as_str().to_lowercase()).is_some();
        let allowed: BTreeSet<_> = METHODS.iter().filter(|method| known(method)).map(Method::as_str).collect();
        for method in METHODS.iter().filter(|method| !known(method)) {
            let reply = world.send(method.clone(), path, TestRequest::default()).await?;
            assert_eq!(reply.refused(405)?.0, "method_not_allowed");
            assert_eq!(reply.header("allow").split(", ").collect::<BTreeSet<_>>(), allowed, "{path}");
        }
    }
    for path in ["/", "/nothing", "/organizations/", "/organizations/a/b", "/organizations/external_id/a/b", "//"] {
        let reply = world.send(Method::GET, path, TestRequest::default()).await?;
        assert_eq!(reply.refused(404)?.0, "not_found", "{path}");
    }
    Ok(())
}

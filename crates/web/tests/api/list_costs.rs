//! A page costs few statements, whichever list and filter, and as many in a large environment as in a small one.

use std::collections::BTreeMap;

use actix_web::http::Method;
use anyhow::Result;
use futures::future::try_join_all;
use serde_json::json;
use tests::{Database, on_each_database};

use crate::shape::operations;
use crate::tenant::{Tenant, id};
use crate::world::{MIGRATED, World};

on_each_database!(MIGRATED: a_page_costs_the_same_whatever_is_there);

/// The request's authentication apart.
const MOST: u64 = 4;
/// Users of a directory, all of them in one group and one of them in as many; as many who are waited for, and organizations.
const FEW: usize = 3;
const MANY: usize = 400;

/// So many are made at once.
const CROWD: usize = 32;

/// Every list of the document, with every filter that names an id or a text: ids are filled in.
const PAGES: [&str; 23] = [
    "/organizations?limit=100",
    "/organizations?limit=100&search=acme",
    "/organizations?limit=100&domains=ours.example",
    "/organizations?limit=100&order=asc&after={organization}",
    "/directories?limit=100",
    "/directories?limit=100&organization_id={organization}",
    "/directories?limit=100&search=people",
    "/directories?limit=100&domain=ours.example",
    "/directories?limit=100&before={directory}",
    "/directories/{directory}/tokens",
    "/directories/{directory}/parked?limit=100",
    "/directory_users?limit=100&directory={directory}",
    "/directory_users?limit=100&group={group}",
    "/directory_users?limit=100&directory={directory}&email=0%40x.example",
    "/directory_users?limit=100&directory={directory}&order=asc&after={user}",
    "/directory_users?limit=100",
    "/directory_groups?limit=100&directory={directory}",
    "/directory_groups?limit=100&user={user}",
    "/directory_groups?limit=100&directory={directory}&before={group}",
    "/directory_groups?limit=100",
    "/webhook_endpoints?limit=100",
    "/events?limit=100&events=dsync.user.created",
    "/events?limit=100&events=dsync.user.created&organization_id={organization}&range_start=2020-01-01T00%3A00%3A00Z",
];

struct Ids {
    organization: String,
    directory: String,
    user: String,
    group: String,
}

/// A tenant of that size.
async fn fill(tenant: &Tenant, size: usize) -> Result<Ids> {
    let organization = json!({ "name": "Acme", "domains": ["ours.example"] });
    let organization = id(&tenant.post("/organizations", organization).await?.expect(201)?);
    let directory = json!({ "organization_id": organization, "name": "People", "type": "generic scim v2.0" });
    let directory = id(&tenant.post("/directories", directory).await?.expect(201)?);
    let names: Vec<_> = (0..size).map(|n| n.to_string()).collect();
    let body = |name: &String| json!({ "userName": name, "emails": [{ "value": format!("{name}@x.example") }] });
    let mut users = Vec::new();
    for some in names.chunks(CROWD) {
        users.extend(try_join_all(some.iter().map(|name| tenant.user(&directory, body(name)))).await?);
    }
    // So that a page after the first holds the others.
    users.sort();
    let late: Vec<_> = names.iter().map(|name| format!("late {name}")).collect();
    let all: Vec<_> = users.iter().chain(&late).map(String::as_str).collect();
    let group = tenant.group(&directory, "All", &all).await?;
    let one = &all[..1];
    for some in names.chunks(CROWD) {
        try_join_all(some.iter().map(|name| tenant.group(&directory, name, one))).await?;
    }
    for name in &names {
        tenant.organization(name).await?;
    }
    let endpoint = json!({ "endpoint_url": "https://ours.example", "events": ["dsync.user.created"] });
    tenant.post("/webhook_endpoints", endpoint).await?.expect(201)?;
    Ok(Ids { organization, directory, user: users[0].clone(), group })
}

async fn costs(tenant: &Tenant, ids: &Ids) -> Result<BTreeMap<&'static str, u64>> {
    let mut costs = BTreeMap::new();
    for page in PAGES {
        let path = page.replace("{organization}", &ids.organization).replace("{directory}", &ids.directory);
        let path = path.replace("{user}", &ids.user).replace("{group}", &ids.group);
        let before = tenant.world.store.statements();
        tenant.get(&path).await?.expect(200)?;
        costs.insert(page, tenant.world.store.statements() - before - 1);
    }
    Ok(costs)
}

async fn a_page_costs_the_same_whatever_is_there(database: Database) -> Result<()> {
    let lists = operations().filter(|(method, path, _)| *method == Method::GET && !path.ends_with('}'));
    for (_, list, _) in lists.filter(|(_, path, _)| !path.contains("external_id") && *path != "/openapi.json") {
        let list = list.replace("{id}", "{directory}");
        assert!(PAGES.iter().any(|page| page.split('?').next() == Some(&*list)), "{list} is not counted");
    }
    let world = World::new(&database).await?;
    let (small, large) = (world.tenant().await?, world.tenant().await?);
    let few = costs(&small, &fill(&small, FEW).await?).await?;
    let many = costs(&large, &fill(&large, MANY).await?).await?;
    assert_eq!(few, many);
    assert!(few.values().all(|statements| *statements <= MOST), "{few:#?}");
    Ok(())
}

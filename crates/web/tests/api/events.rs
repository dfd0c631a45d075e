//! `/events`.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use model::event::EventType;
use serde_json::{Value, json};
use tests::{Database, on_each_database};

use crate::shape::{DOCUMENT, conforms};
use crate::tenant::{Tenant, id};
use crate::world::{MIGRATED, World};

on_each_database!(MIGRATED:
    the_log_is_read_oldest_first,
    cursors_lead_through_without_holes,
    events_are_filtered,
    bad_questions_are_refused,
    every_type_has_the_shape_that_is_documented,
);

const ORGANIZATIONS: &str = "events=organization.created";

fn names(page: &Value) -> Vec<String> {
    let events = page["data"].as_array().into_iter().flatten();
    events.map(|event| event["data"]["name"].as_str().unwrap_or_default().to_owned()).collect()
}

async fn read(tenant: &Tenant, query: &str) -> Result<Value> {
    tenant.get(&format!("/events?{query}")).await?.expect(200)
}

async fn the_log_is_read_oldest_first(database: Database) -> Result<()> {
    let tenant = World::new(&database).await?.tenant().await?;
    for name in ["A", "B"] {
        tenant.organization(name).await?;
    }
    for order in
        ["", "&order=desc", "&order=asc", "&order=normal", "&limit=10&order=desc", "&order=sideways", "&before=event_x"]
    {
        let page = read(&tenant, &format!("{ORGANIZATIONS}{order}")).await?;
        assert_eq!(names(&page), ["A", "B"], "{order}");
        assert_eq!(page["list_metadata"], json!({ "after": null }));
    }
    let event = read(&tenant, ORGANIZATIONS).await?["data"][0].take();
    assert_eq!((&event["object"], &event["event"]), (&json!("event"), &json!("organization.created")));
    assert_eq!(event["data"]["object"], "organization");
    assert_eq!(event["context"], json!({ "sequence": 1, "previous": 0, "version": 1 }));
    Ok(())
}

async fn cursors_lead_through_without_holes(database: Database) -> Result<()> {
    let tenant = World::new(&database).await?.tenant().await?;
    let expected: Vec<_> = (0..7).map(|n| n.to_string()).collect();
    for name in &expected[..5] {
        tenant.organization(name).await?;
    }
    let (mut seen, mut after) = (Vec::new(), String::new());
    for page in 0.. {
        let page_read = read(&tenant, &format!("{ORGANIZATIONS}&limit=2{after}")).await?;
        seen.extend(names(&page_read));
        if page == 0 {
            tenant.organization("5").await?;
            tenant.organization("6").await?;
        }
        let Some(cursor) = page_read["list_metadata"]["after"].as_str() else { break };
        after = format!("&after={cursor}");
    }
    assert_eq!(seen, expected);
    let last = read(&tenant, "events=organization.created&limit=100").await?["data"][6]["id"].take();
    let caught_up = read(&tenant, &format!("{ORGANIZATIONS}&after={}", last.as_str().unwrap_or_default())).await?;
    assert_eq!((names(&caught_up), &caught_up["list_metadata"]["after"]), (Vec::new(), &Value::Null));
    Ok(())
}

async fn events_are_filtered(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let tenant = world.tenant().await?;
    let first = tenant.organization("A").await?;
    world.clock.advance(60_000);
    tenant.put(&format!("/organizations/{first}"), json!({ "name": "B" })).await?.expect(200)?;
    world.clock.advance(60_000);
    tenant.organization("C").await?;
    let all = read(&tenant, "events=organization.created,organization.updated").await?;
    let times: Vec<_> = (0..3).filter_map(|n| all["data"][n]["created_at"].as_str()).collect();
    // PostgreSQL's clock cannot be moved: two of them may fall into one millisecond.
    let when = |is: fn(&str, &str) -> bool| {
        ["A", "B", "C"].into_iter().zip(&times).filter(|(_, time)| is(time, times[1])).map(|(name, _)| name).collect()
    };
    assert_eq!(all["data"][1]["data"]["previous_attributes"]["name"], "A");
    for (query, expected) in [
        ("events=organization.updated".to_owned(), vec!["B"]),
        ("events[]=organization.updated&events[]=organization.created".to_owned(), vec!["A", "B", "C"]),
        ("events=organization.updated&events=organization.created".to_owned(), vec!["A", "B", "C"]),
        ("events=user.created,connection.activated".to_owned(), vec![]),
        (format!("events=organization.created&organization_id={first}"), vec!["A"]),
        ("events=organization.created&organization_id=org_01HF7YAT00Z2RAY2RMT8R4QZ7A".to_owned(), vec![]),
        ("events=organization.created&organization_id=bogus".to_owned(), vec![]),
        (format!("events=organization.created,organization.updated&range_start={}", times[1]), when(|a, b| a >= b)),
        (format!("events=organization.created,organization.updated&range_end={}", times[1]), when(|a, b| a < b)),
    ] {
        assert_eq!(names(&read(&tenant, &query).await?), expected, "{query}");
    }
    Ok(())
}

async fn bad_questions_are_refused(database: Database) -> Result<()> {
    let tenant = World::new(&database).await?.tenant().await?;
    tenant.organization("A").await?;
    let own = read(&tenant, ORGANIZATIONS).await?["data"][0]["id"].take();
    let own = own.as_str().unwrap_or_default();
    let none = tenant.get("/events").await?.expect(422)?;
    assert_eq!(none["message"], "Validation failed.");
    assert_eq!((&none["errors"][0]["code"], &none["errors"][0]["field"]), (&json!("required"), &json!("events")));
    for (query, code, field) in [
        ("events=", "required", "events"),
        ("events=dsync.deactivated", "unknown_event_type", "events"),
        ("events=organization.created,bogus", "unknown_event_type", "events"),
        ("events=organization.create", "unknown_event_type", "events"),
        ("events=user.crated", "unknown_event_type", "events"),
        ("events=organization.created&limit=0", "invalid", "limit"),
        ("events=organization.created&limit=101", "invalid", "limit"),
        ("events=organization.created&range_start=yesterday", "invalid", "range_start"),
        ("events=organization.created&range_end=2026-01-15T12:00:00%2B00:00", "invalid", "range_end"),
        (&format!("{ORGANIZATIONS}&after={own}&range_start=2026-01-15T12:00:00Z"), "invalid", "range_start"),
    ] {
        let refused = tenant.get(&format!("/events?{query}")).await?.refused(422)?;
        assert_eq!(refused, (code.to_owned(), field.to_owned()), "{query}");
    }
    for cursor in ["event_01HF7YAT00Z2RAY2RMT8R4QZ7A", "bogus", &own.to_lowercase()] {
        let refused = tenant.get(&format!("/events?{ORGANIZATIONS}&after={cursor}")).await?.refused(400)?;
        assert_eq!(refused.0, "bad_request", "{cursor}");
    }
    Ok(())
}

/// Does everything that is recorded, once.
async fn do_everything(tenant: &Tenant) -> Result<()> {
    let organization = json!({ "name": "Acme", "domains": ["acme.example"], "metadata": { "tier": "gold" } });
    let organization = id(&tenant.post("/organizations", organization).await?.expect(201)?);
    tenant.put(&format!("/organizations/{organization}"), json!({ "name": "Acme & Sons" })).await?.expect(200)?;
    let directory = json!({ "organization_id": organization, "name": "People", "type": "generic scim v2.0" });
    let made = tenant.post("/directories", directory).await?.expect(201)?;
    let (key, token) =
        (made["external_key"].as_str().context("a key")?, made["bearer_token"].as_str().context("a token")?);
    broker::Authenticator::new(tenant.world.broker.clone()).directory(key, token).await?;
    let directory = id(&made);
    let person = json!({
        "userName": "ann@acme.example", "externalId": "1", "name": { "givenName": "Ann" },
        "emails": [{ "value": "ann@acme.example", "type": "work", "primary": true }]
    });
    let ann = tenant.user(&directory, person).await?;
    let group = tenant.group(&directory, "Pilots", &[&ann]).await?;
    tenant
        .patch_user(&directory, &ann, json!({ "Operations": [{ "op": "replace", "value": { "title": "x" } }] }))
        .await?;
    let remove =
        json!([{ "op": "remove", "path": "members" }, { "op": "replace", "path": "displayName", "value": "Crew" }]);
    tenant.patch_group(&directory, &group, json!({ "Operations": remove })).await?;
    tenant.delete_group(&directory, &group).await?;
    tenant.delete_user(&directory, &ann).await?;
    let tokens = format!("/directories/{directory}/tokens");
    let token = tenant.ids(&tokens).await?.remove(0);
    tenant.delete(&format!("{tokens}/{token}")).await?.expect(204)?;
    tenant.delete(&format!("/organizations/{organization}")).await?.expect(202).map(drop)
}

/// [`World::send`] holds each to one of the shapes; here it is its own, and none is missing.
async fn every_type_has_the_shape_that_is_documented(database: Database) -> Result<()> {
    let tenant = World::new(&database).await?.tenant().await?;
    do_everything(&tenant).await?;
    let all: BTreeSet<_> = EventType::ALL.iter().map(|kind| kind.as_str()).collect();
    let names: Vec<_> = all.iter().copied().collect();
    let page = read(&tenant, &format!("limit=100&events={}", names.join(","))).await?;
    let mut seen = BTreeSet::new();
    for event in page["data"].as_array().into_iter().flatten() {
        let name = event["event"].as_str().context("a name")?;
        conforms(schema_of(name).context("a schema")?, event, name)?;
        seen.insert(name);
    }
    assert_eq!(seen, all);
    Ok(())
}

fn schema_of(name: &str) -> Option<&'static Value> {
    let mut schemas = DOCUMENT["components"]["schemas"].as_object()?.values();
    schemas.find(|schema| schema["properties"]["event"]["enum"] == json!([name]))
}

//! `/organizations`.

use anyhow::Result;
use broker::OrganizationChange;
use serde_json::{Value, json};
use tests::{Database, on_each_database};

use crate::tenant::id;
use crate::world::{MIGRATED, World};

on_each_database!(MIGRATED:
    an_organization_is_created_found_updated_and_deleted,
    domains_come_in_two_spellings,
    external_ids_and_domains_are_taken_once,
    bad_organizations_are_refused,
    an_organization_needs_its_environment,
    lists_are_filtered,
    what_is_kept_for_the_application_comes_back,
    names_are_found_without_case_in_every_script,
);

async fn an_organization_is_created_found_updated_and_deleted(database: Database) -> Result<()> {
    let tenant = World::new(&database).await?.tenant().await?;
    let body =
        json!({ "name": " Acme ", "external_id": "a/b", "metadata": { "tier": "gold", "2": "x" }, "unknown": 1 });
    let made = tenant.post("/organizations", body).await?.expect(201)?;
    assert!(id(&made).starts_with("org_"));
    let expected = json!({
        "object": "organization", "id": id(&made), "name": "Acme", "domains": [],
        "metadata": { "2": "x", "tier": "gold" }, "external_id": "a/b",
        "created_at": made["created_at"], "updated_at": made["updated_at"]
    });
    assert_eq!(made, expected);
    let path = format!("/organizations/{}", id(&made));
    assert_eq!(tenant.get(&path).await?.expect(200)?, made);
    assert_eq!(tenant.get("/organizations/external_id/a%2Fb").await?.expect(200)?, made);
    assert_eq!(tenant.put(&path, json!({})).await?.expect(200)?, made);

    let update = json!({ "name": null, "metadata": { "tier": null, "plan": "new" }, "external_id": null });
    let updated = tenant.put(&path, update).await?.expect(200)?;
    assert_eq!(updated["metadata"], json!({ "2": "x", "plan": "new" }));
    assert_eq!((&updated["name"], &updated["external_id"]), (&json!("Acme"), &Value::Null));
    assert_eq!(tenant.get("/organizations/external_id/a%2Fb").await?.refused(404)?.0, "entity_not_found");

    assert_eq!(tenant.delete(&path).await?.expect(202)?, Value::Null);
    let gone = tenant.get(&path).await?.expect(404)?;
    assert_eq!((&gone["code"], &gone["entity_id"]), (&json!("entity_not_found"), &made["id"]));
    assert_eq!(gone["message"], format!("Could not find an organization with the id, {}.", id(&made)));
    assert_eq!(tenant.delete(&path).await?.refused(404)?.0, "entity_not_found");
    assert_eq!(tenant.put(&path, json!({ "name": "x" })).await?.refused(404)?.0, "entity_not_found");
    Ok(())
}

async fn domains_come_in_two_spellings(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let tenant = world.tenant().await?;
    let states = |organization: &Value| -> Vec<(String, String)> {
        let domains = organization["domains"].as_array().cloned().unwrap_or_default();
        let text = |domain: &Value, name: &str| domain[name].as_str().unwrap_or_default().to_owned();
        domains.iter().map(|domain| (text(domain, "domain"), text(domain, "state"))).collect()
    };
    let pair = |domain: &str, state: &str| (domain.to_owned(), state.to_owned());
    let body = json!({
        "name": "Acme", "domains": ["Acme.example", "b.example"],
        "domain_data": [{ "domain": "acme.example", "state": "verified" }]
    });
    let made = tenant.post("/organizations", body).await?.expect(201)?;
    assert_eq!(states(&made), [pair("acme.example", "verified"), pair("b.example", "pending")]);

    world.clock.advance(60_000);
    let path = format!("/organizations/{}", id(&made));
    let reordered = tenant.put(&path, json!({ "domains": ["b.example", "acme.example"] })).await?.expect(200)?;
    assert_eq!(reordered, made);
    assert_eq!(tenant.ids("/events?events=organization.updated").await?, [""; 0]);
    let more =
        tenant.put(&path, json!({ "domains": ["c.example", "b.example", "acme.example"] })).await?.expect(200)?;
    assert_eq!(tenant.get(&path).await?.expect(200)?, more);
    let kept = tenant.put(&path, json!({ "domains": ["acme.example"] })).await?.expect(200)?;
    assert_eq!(kept["domains"], json!([made["domains"][0]]));
    let data = json!({ "domain_data": [{ "domain": "acme.example", "state": "pending" }] });
    let changed = tenant.put(&path, data).await?.expect(200)?;
    assert_eq!(states(&changed), [pair("acme.example", "pending")]);
    assert_eq!(changed["domains"][0]["id"], made["domains"][0]["id"]);
    assert_eq!(states(&tenant.put(&path, json!({ "domains": [] })).await?.expect(200)?), []);
    Ok(())
}

async fn external_ids_and_domains_are_taken_once(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let (tenant, other) = (world.tenant().await?, world.tenant().await?);
    let body = json!({ "name": "Acme", "external_id": "1", "domains": ["acme.example"] });
    let first = tenant.post("/organizations", body.clone()).await?.expect(201)?;
    let second = tenant.organization("Beta").await?;
    let path = format!("/organizations/{second}");
    for (taken, status, code) in [
        (json!({ "name": "x", "external_id": "1" }), 400, "external_id_already_used"),
        (json!({ "name": "x", "domains": ["ACME.example"] }), 409, "domain_already_exists"),
        (json!({ "name": "x", "external_id": "2", "domains": ["acme.example"] }), 409, "domain_already_exists"),
    ] {
        assert_eq!(tenant.post("/organizations", taken.clone()).await?.refused(status)?.0, code, "{taken}");
        assert_eq!(tenant.put(&path, taken.clone()).await?.refused(status)?.0, code, "{taken}");
    }
    assert_eq!(tenant.get(&path).await?.expect(200)?["name"], "Beta");
    other.post("/organizations", body.clone()).await?.expect(201)?;
    tenant.put(&format!("/organizations/{}", id(&first)), body.clone()).await?.expect(200)?;
    tenant.delete(&format!("/organizations/{}", id(&first))).await?.expect(202)?;
    tenant.post("/organizations", body).await?.expect(201)?;
    Ok(())
}

async fn what_is_kept_for_the_application_comes_back(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let (tenant, other) = (world.tenant().await?, world.tenant().await?);
    let (stripe, allow) = ("stripe_customer_id", "allow_profiles_outside_organization");
    let made = tenant.post("/organizations", json!({ "name": "Acme", allow: false })).await?.expect(201)?;
    assert_eq!((made.get(stripe), &made[allow]), (None, &json!(false)));
    let path = format!("/organizations/{}", id(&made));
    let updated = tenant.put(&path, json!({ stripe: "cus_1", allow: true })).await?.expect(200)?;
    assert_eq!((&updated[stripe], &updated[allow]), (&json!("cus_1"), &json!(true)));
    assert_eq!(tenant.get(&path).await?.expect(200)?, updated);
    let second = format!("/organizations/{}", tenant.organization("Beta").await?);
    assert_eq!(tenant.get(&second).await?.expect(200)?.get(allow), None);
    let taken = tenant.put(&second, json!({ stripe: "cus_1", "external_id": "2" })).await?;
    assert_eq!(taken.refused(400)?.0, "stripe_customer_id_already_used");
    other.post("/organizations", json!({ "name": "Acme", stripe: "cus_1" })).await?.expect(201)?;
    assert_eq!(tenant.put(&path, json!({ stripe: null })).await?.expect(200)?.get(stripe), None);
    tenant.put(&second, json!({ stripe: "cus_1" })).await?.expect(200)?;
    tenant.delete(&second).await?.expect(202)?;
    tenant.put(&path, json!({ stripe: "cus_1" })).await?.expect(200)?;
    Ok(())
}

async fn bad_organizations_are_refused(database: Database) -> Result<()> {
    let tenant = World::new(&database).await?.tenant().await?;
    let made = tenant.organization("Acme").await?;
    let path = format!("/organizations/{made}");
    let long = |length: usize| "x".repeat(length);
    let keys = |count: usize| (0..count).map(|n| (n.to_string(), json!("x"))).collect::<serde_json::Map<_, _>>();
    let missing = tenant.post("/organizations", json!({})).await?.refused(422)?;
    assert_eq!(missing, ("required".to_owned(), "name".to_owned()));
    for (body, status, what) in [
        (json!({ "name": "" }), 422, "name"),
        (json!({ "name": 7 }), 422, "name"),
        (json!({ "name": long(256) }), 422, "name"),
        (json!({ "name": "x", "external_id": long(129) }), 422, "external_id"),
        (json!({ "name": "x", "external_id": "é" }), 422, "external_id"),
        (json!({ "name": "x", "external_id": 7 }), 422, "external_id"),
        (json!({ "name": "x", "stripe_customer_id": "" }), 422, "stripe_customer_id"),
        (
            json!({ "name": "x", "allow_profiles_outside_organization": "yes" }),
            422,
            "allow_profiles_outside_organization",
        ),
        (json!({ "name": "x", "metadata": [] }), 400, "invalid_metadata"),
        (json!({ "name": "x", "metadata": { "a": 1 } }), 400, "invalid_metadata"),
        (json!({ "name": "x", "metadata": { "a": long(601) } }), 400, "invalid_metadata"),
        (json!({ "name": "x", "metadata": keys(51) }), 400, "invalid_metadata"),
        (json!({ "name": "x", "domains": ["no domain"] }), 422, "domains"),
        (json!({ "name": "x", "domains": "a.example" }), 422, "domains"),
        (json!({ "name": "x", "domain_data": [{ "domain": "a.example" }] }), 422, "domain_data"),
        (json!({ "name": "x", "domain_data": [{ "domain": "none", "state": "pending" }] }), 422, "domain_data"),
        (json!({ "name": "x", "domain_data": [{ "domain": "a.example", "state": "failed" }] }), 422, "domain_data"),
    ] {
        for reply in [tenant.post("/organizations", body.clone()).await?, tenant.put(&path, body.clone()).await?] {
            let (code, field) = reply.refused(status)?;
            assert!(code == what || field == what, "{body}: {reply:?}");
        }
    }
    assert_eq!(tenant.ids("/organizations").await?, [made]);
    Ok(())
}

/// A key opens an environment that is there; a command line may name any.
async fn an_organization_needs_its_environment(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let nowhere = "environment_01HF7YAT00Z2RAY2RMT8R4QZ7A";
    let change = OrganizationChange { name: Some("Acme".to_owned()), ..OrganizationChange::default() };
    let refused = world.broker.create_organization(nowhere.parse()?, change).await.map(drop).unwrap_err();
    assert_eq!(refused.to_string(), format!("Could not find an environment with the id, {nowhere}."));
    Ok(())
}

async fn lists_are_filtered(database: Database) -> Result<()> {
    let tenant = World::new(&database).await?.tenant().await?;
    let mut ids = Vec::new();
    for (name, domain) in [("Acme One", "one.example"), ("ACME_Two", "two.example"), ("Other", "three.example")] {
        let body = json!({ "name": name, "domains": [domain] });
        ids.push(id(&tenant.post("/organizations", body).await?.expect(201)?));
    }
    for (query, expected) in [
        ("", vec![2, 1, 0]),
        ("?search=acme", vec![1, 0]),
        ("?search=acme_", vec![1]),
        ("?search=%25", vec![]),
        ("?search=acme&order=asc", vec![0, 1]),
        ("?domains=one.example%2CTHREE.example", vec![2, 0]),
        ("?domains=one.example&domains=two.example", vec![1, 0]),
        ("?domains[]=one.example&domains[]=none.example", vec![0]),
        ("?domains=none.example", vec![]),
        ("?domains=one.example&search=other", vec![]),
        ("?search=&domains=&limit=&order=&unknown=x", vec![2, 1, 0]),
    ] {
        let expected: Vec<_> = expected.into_iter().map(|n: usize| ids[n].clone()).collect();
        assert_eq!(tenant.ids(&format!("/organizations{query}")).await?, expected, "{query}");
    }
    Ok(())
}

async fn names_are_found_without_case_in_every_script(database: Database) -> Result<()> {
    let tenant = World::new(&database).await?.tenant().await?;
    let organization = tenant.organization("Ørsted ÅNGSTRÖM").await?;
    let body = json!({ "organization_id": organization, "name": "Åsgårdstrand", "type": "generic scim v2.0" });
    let directory = id(&tenant.post("/directories", body).await?.expect(201)?);
    // Encoded by hand: "ørsted", "Ørsted", "ångström", "ÅNG".
    for term in ["%C3%B8rsted", "%C3%98rsted", "%C3%A5ngstr%C3%B6m", "%C3%85NG"] {
        let found = tenant.ids(&format!("/organizations?search={term}")).await?;
        assert_eq!(found, std::slice::from_ref(&organization), "{term}");
    }
    for (term, expected) in
        [("%C3%A5SG%C3%85RD", vec![directory.clone()]), ("asg", vec![]), ("%25", vec![]), ("_", vec![])]
    {
        assert_eq!(tenant.ids(&format!("/directories?search={term}")).await?, expected, "{term}");
    }
    let renamed = format!("/directories/{directory}");
    tenant.patch(&renamed, json!({ "name": "Ærø" })).await?.expect(200)?;
    assert_eq!(tenant.ids("/directories?search=%C3%A6R%C3%98").await?, [directory]);
    Ok(())
}

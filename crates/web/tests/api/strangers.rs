//! Another tenant, with its own valid key and our ids: for every operation of the document, ours are absent.

use actix_web::http::Method;
use anyhow::{Context, Result, bail};
use model::event::EventType;
use serde_json::{Value, json};
use tests::{Database, on_each_database};

use crate::shape::operations;
use crate::tenant::{Tenant, id};
use crate::world::{MIGRATED, World};

on_each_database!(MIGRATED: foreign_ids_in_paths_are_absent, foreign_ids_in_filters_are_absent, foreign_ids_in_bodies_are_absent);

/// What one tenant has, one of each.
struct Belongings {
    organization: String,
    directory: String,
    token: String,
    user: String,
    group: String,
    endpoint: String,
    event: String,
}

/// An id that nobody has, for each kind of path.
const ABSENT: &str = "01HF7YAT00Z2RAY2RMT8R4QZ7A";
const EXTERNAL_ID: &str = "ours/1";
const DOMAIN: &str = "ours.example";

impl Belongings {
    async fn of(tenant: &Tenant) -> Result<Self> {
        let organization = json!({ "name": "Ours", "external_id": EXTERNAL_ID, "domains": [DOMAIN] });
        let organization = id(&tenant.post("/organizations", organization).await?.expect(201)?);
        let directory = json!({ "organization_id": organization, "name": "Ours", "type": "generic scim v2.0" });
        let directory = id(&tenant.post("/directories", directory).await?.expect(201)?);
        let user = json!({ "userName": "ours@ours.example", "externalId": "1" });
        let user = tenant.user(&directory, user).await?;
        let group = tenant.group(&directory, "Ours", &[&user]).await?;
        let endpoint = json!({ "endpoint_url": "https://ours.example", "events": ["dsync.activated"] });
        let endpoint = id(&tenant.post("/webhook_endpoints", endpoint).await?.expect(201)?);
        let event = tenant.ids("/events?events=organization.created").await?.remove(0);
        let token = tenant.ids(&format!("/directories/{directory}/tokens")).await?.remove(0);
        Ok(Self { organization, directory, token, user, group, endpoint, event })
    }

    fn ids(&self) -> [&str; 7] {
        [&self.organization, &self.directory, &self.token, &self.user, &self.group, &self.endpoint, &self.event]
    }

    /// The path of an operation with our ids in it, and with ids that nobody has.
    fn paths(&self, pattern: &str) -> Option<(String, String)> {
        let noun = pattern.split('/').nth(1).unwrap_or_default();
        let (own, kind) = match noun {
            "organizations" => (&self.organization, "org"),
            "directories" => (&self.directory, "directory"),
            "directory_users" => (&self.user, "directory_user"),
            "directory_groups" => (&self.group, "directory_group"),
            "webhook_endpoints" => (&self.endpoint, "we"),
            _ => return None,
        };
        let fill = |id: &str, token: &str, external_id: &str| {
            pattern.replace("{id}", id).replace("{token_id}", token).replace("{external_id}", external_id)
        };
        let absent = fill(&format!("{kind}_{ABSENT}"), &format!("directory_token_{ABSENT}"), "ours%2F2");
        Some((fill(own, &self.token, "ours%2F1"), absent))
    }
}

impl Belongings {
    /// Our id that a parameter of a list may hold, with its prefix; none: the parameter holds no id.
    fn named(&self, list: &str, parameter: &str) -> Result<Option<(&String, &'static str)>> {
        Ok(Some(match (list, parameter) {
            ("/organizations", "before" | "after") | (_, "organization_id") => (&self.organization, "org"),
            ("/directories", "before" | "after") | (_, "directory") => (&self.directory, "directory"),
            ("/directory_users", "before" | "after") | (_, "user") => (&self.user, "directory_user"),
            ("/directory_groups", "before" | "after") | (_, "group") => (&self.group, "directory_group"),
            ("/webhook_endpoints", "before" | "after") => (&self.endpoint, "we"),
            ("/events", "after") => (&self.event, "event"),
            (
                _,
                "limit" | "order" | "search" | "events" | "range_start" | "range_end" | "domain" | "domains" | "idp_id"
                | "email",
            ) => return Ok(None),
            _ => bail!("no id is known for {parameter} of {list}"),
        }))
    }
}

/// A body that would do something, were the path one's own.
fn body(method: &Method, pattern: &str) -> Option<Value> {
    Some(match (method.as_str(), pattern) {
        ("PUT", "/organizations/{id}") => json!({ "name": "Taken", "domains": [] }),
        ("PATCH", "/directories/{id}") | ("POST", "/directories/{id}/tokens") => json!({ "name": "Taken" }),
        ("PATCH", "/webhook_endpoints/{id}") => json!({ "status": "disabled" }),
        ("GET" | "DELETE", _) => return None,
        _ => Value::Null,
    })
}

/// Everything that a tenant sees, as text.
async fn everything(tenant: &Tenant) -> Result<String> {
    let mut all = String::new();
    let kinds: Vec<_> = EventType::ALL.iter().map(|kind| kind.as_str()).collect();
    for list in ["/organizations", "/directories", "/directory_users", "/directory_groups", "/webhook_endpoints"] {
        all.push_str(&tenant.get(&format!("{list}?limit=100")).await?.text);
    }
    all.push_str(&tenant.get(&format!("/events?limit=100&events={}", kinds.join(","))).await?.text);
    Ok(all)
}

/// The refusal without the id that was asked for.
fn without(text: &str, path: &str) -> String {
    let last = path.rsplit('/').find(|part| *part != "tokens").unwrap_or_default().replace("%2F", "/");
    let parts = path.split('/').filter(|part| part.contains('_')).chain([last.as_str()]);
    parts.fold(text.to_owned(), |text, part| text.replace(part, "ID"))
}

async fn foreign_ids_in_paths_are_absent(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let (we, they) = (world.tenant().await?, world.tenant().await?);
    let ours = Belongings::of(&we).await?;
    let before = everything(&we).await?;
    let mut walked = 0;
    for (method, pattern, _) in operations().filter(|(_, pattern, _)| pattern.contains('{')) {
        let (own, absent) = ours.paths(pattern).with_context(|| format!("no ids are known for {pattern}"))?;
        let body = body(&method, pattern).map(|body| body.to_string());
        let foreign = they.call(method.clone(), &own, body.clone()).await?;
        let nobodys = they.call(method.clone(), &absent, body).await?;
        assert_eq!(foreign.refused(404)?.0, "entity_not_found", "{method} {pattern}");
        assert_eq!(nobodys.status, 404, "{method} {pattern}");
        assert_eq!(without(&foreign.text, &own), without(&nobodys.text, &absent), "{method} {pattern}");
        walked += 1;
    }
    assert!(walked >= 14, "{walked}");
    let theirs = they.directory().await?;
    let mixed = they.delete(&format!("/directories/{theirs}/tokens/{}", ours.token)).await?;
    assert_eq!(mixed.refused(404)?.0, "entity_not_found");
    assert_eq!(everything(&we).await?, before);
    let seen = everything(&they).await?;
    assert!(ours.ids().iter().all(|id| !seen.contains(id)));
    Ok(())
}

async fn foreign_ids_in_filters_are_absent(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let (we, they) = (world.tenant().await?, world.tenant().await?);
    let (ours, _) = (Belongings::of(&we).await?, Belongings::of(&they).await?);
    let mut walked = 0;
    for (_, pattern, operation) in operations().filter(|(_, pattern, _)| !pattern.contains('{')) {
        let always = if pattern == "/events" { "events=organization.created&" } else { "" };
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        for parameter in parameters.filter(|parameter| parameter["in"] == "query") {
            let name = parameter["name"].as_str().unwrap_or_default();
            let Some((own, kind)) = ours.named(pattern, name)? else { continue };
            let absent = format!("{kind}_{ABSENT}");
            let foreign = they.get(&format!("{pattern}?{always}{name}={own}")).await?;
            let nobodys = they.get(&format!("{pattern}?{always}{name}={absent}")).await?;
            assert_eq!(foreign.status, nobodys.status, "{pattern} {name}");
            assert!(ours.ids().iter().all(|id| id == own || !foreign.text.contains(id)), "{pattern} {name}");
            if matches!(name, "before" | "after") && pattern != "/events" {
                // A cursor is a place in the order of ids, whoever has the id: it shows one's own rows only.
                assert_eq!(foreign.status, 200);
            } else {
                assert_eq!(foreign.text.replace(own, "ID"), nobodys.text.replace(&absent, "ID"), "{pattern} {name}");
            }
            walked += 1;
        }
    }
    assert!(walked >= 17, "{walked}");
    let people = format!("/directory_users?directory={}&email=ours%40ours.example", ours.directory);
    assert_eq!(they.ids(&people).await?, [""; 0]);
    Ok(())
}

async fn foreign_ids_in_bodies_are_absent(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let (we, they) = (world.tenant().await?, world.tenant().await?);
    let ours = Belongings::of(&we).await?;
    let before = everything(&we).await?;
    let body =
        |organization: &str| json!({ "organization_id": organization, "name": "Taken", "type": "generic scim v2.0" });
    let absent = format!("org_{ABSENT}");
    let foreign = they.post("/directories", body(&ours.organization)).await?;
    let nobodys = they.post("/directories", body(&absent)).await?;
    assert_eq!(foreign.refused(404)?.0, "entity_not_found");
    assert_eq!(foreign.text.replace(&ours.organization, "ID"), nobodys.text.replace(&absent, "ID"));
    assert_eq!(everything(&we).await?, before);
    Ok(())
}

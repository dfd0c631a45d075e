//! RFC 7643 section 7 and RFC 7644 section 3.9: what of a resource is answered, by every operation that answers one.

use anyhow::Result;
use serde_json::{Value, json};

use super::probe::{Answer, ENTERPRISE, Probe, USER, query};

const PASSWORD: &str = "t1meMa$heen";

pub(super) async fn check(probe: &mut Probe) -> Result<()> {
    let body = json!({
        "schemas": [USER, ENTERPRISE], "userName": probe.name("conformance"), "title": "T", "nickName": "N", "password": PASSWORD,
        "name": { "givenName": "G", "familyName": "F" }, ENTERPRISE: { "department": "D", "employeeNumber": "1" },
        "emails": [{ "value": "w@x.example", "type": "work", "primary": true }, { "value": "h@x.example", "type": "home" }],
    });
    let user = probe.post("/Users", &body).await?;
    by_default(probe, &body, &user).await?;
    asked_for(probe, &body, &user).await?;
    excluded(probe, &body, &user).await?;
    of_groups(probe).await
}

/// The user by each operation with this parameter, or with one that says nothing.
async fn everywhere(
    probe: &mut Probe,
    body: &Value,
    id: &str,
    (name, value): (&str, &str),
) -> Result<Vec<(&'static str, Value)>> {
    let parameter = [(name, value)];
    let (at, by_id) = (query(&format!("/Users/{id}"), &parameter), format!("id eq \"{id}\""));
    let change = json!([{ "op": "replace", "path": "nickName", "value": "N" }]);
    let mut another = body.clone();
    another["userName"] = probe.name("conformance").into();
    let list = probe.get(&query("/Users", &[("filter", &by_id), (name, value)])).await?;
    let names: Vec<_> = value.split(',').collect();
    let search = probe.search("/Users/.search", &json!({ "filter": by_id, name: names })).await?;
    Ok(vec![
        ("GET", probe.get(&at).await?.body),
        ("PUT", probe.put(&at, body).await?.body),
        ("PATCH", probe.patch(&at, &change).await?.body),
        ("POST", probe.post(&query("/Users", &parameter), &another).await?.body),
        ("list", list.at("/Resources/0").clone()),
        ("search", search.at("/Resources/0").clone()),
    ])
}

/// `returned` is `always` or `never`.
fn keeps_its_word(probe: &mut Probe, what: &str, resource: &Value) {
    let always = resource["id"].as_str().is_some_and(|id| !id.is_empty())
        && resource["schemas"].as_array().is_some_and(|schemas| schemas.contains(&json!(USER)));
    probe.must("RFC 7643 7", format!("{what}: id and schemas are always there"), always, resource.to_string());
    let never = resource.get("password").is_none() && !resource.to_string().contains(PASSWORD);
    probe.must("RFC 7643 7", format!("{what}: a password never is"), never, resource.to_string());
}

async fn by_default(probe: &mut Probe, body: &Value, user: &Answer) -> Result<()> {
    for (what, resource) in everywhere(probe, body, &user.id(), ("excludedAttributes", "profileUrl")).await? {
        keeps_its_word(probe, &format!("all of a {what}"), &resource);
        let kept = ["title", "nickName", "name", "emails", ENTERPRISE];
        let whole = kept.iter().all(|name| resource[*name] == body[*name]);
        probe.must("RFC 7643 7", format!("{what}: the rest is there by default"), whole, resource.to_string());
        let meta = resource["meta"].is_object() && resource["userName"].is_string();
        probe.must("RFC 7643 7", format!("{what}: meta and userName are there by default"), meta, resource.to_string());
    }
    Ok(())
}

async fn asked_for(probe: &mut Probe, body: &Value, user: &Answer) -> Result<()> {
    let department = format!("{ENTERPRISE}:department");
    let cases = [
        ("title", json!({ "title": "T" })),
        ("TITLE,name.familyName", json!({ "title": "T", "name": { "familyName": "F" } })),
        ("emails.value", json!({ "emails": [{ "value": "w@x.example" }, { "value": "h@x.example" }] })),
        (&department, json!({ ENTERPRISE: { "department": "D" } })),
        ("meta.resourceType", json!({ "meta": { "resourceType": "User" } })),
        ("id", json!({})),
        ("password", json!({})),
    ];
    for (names, expected) in cases {
        for (what, mut resource) in everywhere(probe, body, &user.id(), ("attributes", names)).await? {
            let what = format!("attributes={names} of a {what}");
            keeps_its_word(probe, &what, &resource);
            let seen = resource.to_string();
            if let Value::Object(members) = &mut resource {
                members.retain(|name, _| !["id", "schemas"].contains(&name.as_str()));
            }
            probe.must("RFC 7644 3.9", format!("{what}: those alone"), resource == expected, seen);
        }
    }
    Ok(())
}

async fn excluded(probe: &mut Probe, body: &Value, user: &Answer) -> Result<()> {
    let names = format!("name.familyName,{ENTERPRISE}:department");
    let number = format!("/{ENTERPRISE}/employeeNumber");
    let cases = [
        ("title", vec!["/title"], vec!["/nickName", "/name/familyName", "/meta/location"]),
        ("TITLE", vec!["/title"], vec!["/nickName"]),
        ("emails.type", vec!["/emails/0/type", "/emails/1/type"], vec!["/emails/0/value", "/emails/1/value"]),
        (&names, vec!["/name/familyName"], vec!["/name/givenName", &number]),
        ("id,schemas,meta", vec!["/meta"], vec!["/title"]),
    ];
    for (names, gone, kept) in cases {
        for (what, resource) in everywhere(probe, body, &user.id(), ("excludedAttributes", names)).await? {
            let what = format!("excludedAttributes={names} of a {what}");
            keeps_its_word(probe, &what, &resource);
            let all_but = gone.iter().all(|at| resource.pointer(at).is_none())
                && kept.iter().all(|at| resource.pointer(at).is_some());
            probe.must("RFC 7644 3.9", format!("{what}: all but those"), all_but, resource.to_string());
        }
    }
    Ok(())
}

async fn of_groups(probe: &mut Probe) -> Result<()> {
    let member = probe.user(&json!({})).await?.id();
    let group = probe.group(&json!({ "externalId": "e", "members": [{ "value": member }] })).await?;
    let (path, by_id) = (format!("/Groups/{}", group.id()), format!("id eq \"{}\"", group.id()));
    for (parameter, names, shown, named) in [
        ("attributes", "members", true, false),
        ("attributes", "displayName", false, true),
        ("attributes", "members.value,displayName", true, true),
        ("excludedAttributes", "members", false, true),
    ] {
        let one = probe.get(&query(&path, &[(parameter, names)])).await?;
        let list = probe.get(&query("/Groups", &[("filter", &by_id), (parameter, names)])).await?;
        let split: Vec<_> = names.split(',').collect();
        let search = probe.search("/Groups/.search", &json!({ "filter": by_id, parameter: split })).await?;
        for (what, found) in
            [("GET", &one.body), ("list", list.at("/Resources/0")), ("search", search.at("/Resources/0"))]
        {
            let holds = found.pointer("/members/0/value").is_some() == shown
                && found.get("displayName").is_some() == named
                && found["id"] == group.body["id"];
            probe.must("RFC 7644 3.9", format!("{parameter}={names} of a {what}"), holds, found.to_string());
        }
    }
    Ok(())
}

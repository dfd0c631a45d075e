//! RFC 7643 sections 2 to 4: what may be said, and that it is kept.

use anyhow::Result;
use serde_json::{Value, json};

use super::probe::{ENTERPRISE, GROUP, Probe, USER};

pub(super) async fn check(probe: &mut Probe) -> Result<()> {
    every_attribute(probe).await?;
    schemas(probe).await?;
    unassigned(probe).await?;
    texts(probe).await?;
    required(probe).await
}

/// All that a client may write.
fn everything(manager: &str) -> Value {
    let list = |value: &str, kind: &str| json!([{ "value": value, "display": "D", "type": kind, "primary": true }]);
    json!({
        "schemas": [USER, ENTERPRISE], "externalId": "Every-1",
        "name": {
            "formatted": "Ms. Hedwig Sofie Ekdal, III", "familyName": "Ekdal", "givenName": "Hedwig", "middleName": "Sofie",
            "honorificPrefix": "Ms.", "honorificSuffix": "III",
        },
        "displayName": "Hedwig Ekdal", "nickName": "Hedwig", "profileUrl": "https://x.example/Hedwig", "title": "Guide",
        "userType": "Employee", "preferredLanguage": "nb-NO, en;q=0.5", "locale": "nb-NO", "timezone": "Europe/Oslo", "active": true,
        "emails": list("hedwig@x.example", "work"), "phoneNumbers": list("tel:+47-555-01-001", "mobile"),
        "ims": list("hedwig", "xmpp"), "photos": list("https://x.example/Hedwig/photo.png", "photo"),
        "addresses": [{
            "formatted": "1 Quay\n0001 Harbour", "streetAddress": "1 Quay", "locality": "Harbour", "region": "Coast",
            "postalCode": "0001", "country": "NO", "type": "work", "primary": true,
        }],
        "entitlements": list("boat", "vehicle"), "roles": list("guide", "work"), "x509Certificates": list("MIIDQzCCAqygAwIBAgIC", "work"),
        ENTERPRISE: {
            "employeeNumber": "701984", "costCenter": "4130", "organization": "Harbour", "division": "Boats", "department": "Tours",
            "manager": { "value": manager },
        },
    })
}

async fn every_attribute(probe: &mut Probe) -> Result<()> {
    let manager = probe.user(&json!({})).await?.id();
    let body = everything(&manager);
    let made = probe.user(&body).await?;
    let path = format!("/Users/{}", made.id());
    let read = probe.get(&path).await?;
    let put = probe.put(&path, &read.body).await?;
    for (name, value) in body.as_object().into_iter().flatten().filter(|(name, _)| *name != "schemas") {
        for (what, answer) in [("POST", &made), ("GET", &read), ("PUT of what was read", &put)] {
            let kept = answer.body.get(name) == Some(value);
            probe.must("RFC 7643 4", format!("{what}: {name} is as it was written"), kept, answer.seen());
        }
    }
    Ok(())
}

/// Section 3: their order says nothing, and an extension is named when it has a value.
async fn schemas(probe: &mut Probe) -> Result<()> {
    let block = json!({ "department": "D" });
    for (what, more, expected) in [
        ("in another order", json!({ "schemas": [ENTERPRISE, USER], ENTERPRISE: block }), json!([USER, ENTERPRISE])),
        ("with an extension that has no block", json!({ "schemas": [USER, ENTERPRISE] }), json!([USER])),
        ("with an extension that is empty", json!({ "schemas": [USER, ENTERPRISE], ENTERPRISE: {} }), json!([USER])),
        ("with an extension that is null", json!({ "schemas": [USER, ENTERPRISE], ENTERPRISE: null }), json!([USER])),
    ] {
        let made = probe.user(&more).await?;
        let mut named = made.all("/schemas");
        named.sort_by_key(|urn| urn != USER);
        let holds = made.status == 201 && json!(named) == expected;
        probe.must("RFC 7643 3", format!("schemas {what}"), holds, made.seen());
    }
    let body = json!({ "schemas": [USER, ENTERPRISE], ENTERPRISE: block });
    let made = probe.user(&body).await?;
    let plain = json!({ "schemas": [USER], "userName": made.text("/userName") });
    let put = probe.put(&format!("/Users/{}", made.id()), &plain).await?;
    let gone = put.at("/schemas") == &json!([USER]) && put.body.get(ENTERPRISE).is_none();
    probe.must("RFC 7643 3.3", "an extension goes with its last value", gone, put.seen());
    Ok(())
}

/// Section 2.5: null, absent and the empty array are one state.
async fn unassigned(probe: &mut Probe) -> Result<()> {
    for (what, more) in [
        ("null", json!({ "title": null, "name": null, "emails": null })),
        ("empty", json!({ "name": {}, "emails": [] })),
        ("absent", json!({})),
        ("null inside", json!({ "title": null, "name": { "givenName": null }, "emails": [{ "value": null }] })),
    ] {
        let full = json!({ "title": "T", "name": { "givenName": "G" }, "emails": [{ "value": "a@x.example" }] });
        let made = probe.user(&full).await?;
        let mut body = json!({ "schemas": [USER], "userName": made.text("/userName") });
        if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
            body.extend(more);
        }
        let put = probe.put(&format!("/Users/{}", made.id()), &body).await?;
        let cleared = ["title", "name", "emails"].iter().all(|name| put.body.get(name).is_none());
        probe.must("RFC 7643 2.5", format!("{what} in a PUT unassigns"), put.status == 200 && cleared, put.seen());
    }
    Ok(())
}

/// Section 2.3.1.
async fn texts(probe: &mut Probe) -> Result<()> {
    for text in [
        "x".repeat(1000),
        "a\"b\\c/d\n\t".to_owned(),
        "日本語 العربية 🦀".to_owned(),
        "true".to_owned(),
        "7".to_owned(),
    ] {
        let made = probe.user(&json!({ "displayName": text, "emails": [{ "value": text }] })).await?;
        let read = probe.get(&format!("/Users/{}", made.id())).await?;
        let kept = read.text("/displayName") == text && read.text("/emails/0/value") == text;
        probe.must("RFC 7643 2.3.1", format!("kept: {text:.20}"), kept, read.seen());
    }
    let entries = json!([{ "value": "a@x.example", "type": "work" }, { "value": "a@x.example", "type": "home" }]);
    let made = probe.user(&json!({ "emails": entries })).await?;
    probe.must("RFC 7643 2.4", "one value may have two types", made.at("/emails") == &entries, made.seen());
    Ok(())
}

async fn required(probe: &mut Probe) -> Result<()> {
    for (path, body) in [
        ("/Users", json!({ "schemas": [USER], "userName": null })),
        ("/Users", json!({ "schemas": [USER], "userName": 7 })),
        ("/Users", json!({ "schemas": [USER], "userName": {} })),
        ("/Groups", json!({ "schemas": [GROUP], "displayName": null })),
    ] {
        let answer = probe.post(path, &body).await?;
        probe.refused("RFC 7643 2.2", &format!("{path}: {body}"), &answer, 400, "invalidValue");
    }
    Ok(())
}

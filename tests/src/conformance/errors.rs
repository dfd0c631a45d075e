//! RFC 7644 sections 2, 3.1, 3.2, 3.8, 3.11 and 3.12: who is let in, and what a refusal looks like.

use anyhow::Result;
use reqwest::Method;

use super::probe::{ERROR, Probe};

pub(super) async fn check(probe: &mut Probe) -> Result<()> {
    for (what, authorization) in [("no token", ""), ("a wrong token", "Bearer nobody")] {
        let stranger = probe.send((Method::GET, "/Users"), &[("authorization", authorization)], None).await?;
        probe.refused("RFC 7644 2", what, &stranger, 401, "");
        let challenge = stranger.header("www-authenticate").to_owned();
        probe.must(
            "RFC 7644 2",
            format!("{what}: WWW-Authenticate tells the scheme"),
            challenge.contains("Bearer"),
            challenge,
        );
    }
    let absent = probe.get("/Users/00000000-0000-0000-0000-000000000000").await?;
    probe.refused("RFC 7644 3.12", "a resource that is not there", &absent, 404, "");
    probe.must("RFC 7644 3.12", "status is a string", absent.text("/status") == "404", absent.seen());
    probe.must("RFC 7644 3.12", "detail is for people", !absent.text("/detail").is_empty(), absent.seen());
    probe.must(
        "RFC 7644 3.12",
        "schemas names the error alone",
        absent.at("/schemas") == &serde_json::json!([ERROR]),
        absent.seen(),
    );
    let typed = absent.header("content-type").starts_with("application/scim+json");
    probe.must("RFC 7644 3.1", "errors are application/scim+json", typed, absent.header("content-type").to_owned());
    let unknown = probe.get("/Ships").await?;
    probe.refused("RFC 7644 3.2", "an unknown endpoint", &unknown, 404, "");
    for (method, path) in [(Method::DELETE, "/Users"), (Method::PUT, "/Groups"), (Method::PATCH, "/Users")] {
        let answer = probe.send((method.clone(), path), &[], Some("{}".to_owned())).await?;
        probe.refused("RFC 7644 3.2", &format!("{method} of {path}"), &answer, 405, "");
        let allow = answer.header("allow").to_owned();
        probe.must(
            "RFC 9110 15.5.6",
            format!("{method} of {path}: Allow names what is allowed"),
            allow.contains("POST"),
            allow,
        );
    }
    let me = probe.get("/Me").await?;
    let told = matches!(me.status, 200 | 308 | 501);
    probe.must("RFC 7644 3.11", "/Me is there, elsewhere or 501", told, me.seen());
    let bulk = probe.send((Method::POST, "/Bulk"), &[], Some("{}".to_owned())).await?;
    let config = probe.get("/ServiceProviderConfig").await?;
    if config.at("/bulk/supported") == &serde_json::json!(false) {
        probe.refused("RFC 7644 3.7", "bulk that is not supported", &bulk, 501, "");
    }
    for (what, body) in [("no JSON", "{"), ("an array", "[]"), ("a number", "7")] {
        let answer = probe.send((Method::POST, "/Users"), &[], Some(body.to_owned())).await?;
        probe.refused("RFC 7644 3.12", &format!("a body that is {what}"), &answer, 400, "invalidSyntax");
    }
    for media_type in ["application/json", "application/scim+json; charset=utf-8", "application/json; charset=UTF-8"] {
        let name = probe.name("conformance");
        let body = serde_json::json!({ "schemas": [super::probe::USER], "userName": name }).to_string();
        let answer = probe.send((Method::POST, "/Users"), &[("content-type", media_type)], Some(body)).await?;
        probe.must("RFC 7644 3.1", format!("{media_type} is taken"), answer.status == 201, answer.seen());
        probe.delete(&format!("/Users/{}", answer.id())).await?;
    }
    Ok(())
}

//! Others' credentials at our door: one refusal, byte for byte, whatever is asked for.

use anyhow::{Context, Result};
use reqwest::{Method, Response};
use serde_json::Value;
use tests::{Database, on_each_database};

use super::town::{Call, METHODS, Town, send};

on_each_database!(all_strangers_hear_one_refusal, a_scim_token_opens_no_rest_api);

/// The door's table of places, and paths that are none.
fn places() -> impl Iterator<Item = &'static str> {
    web::ingress::paths().chain(["", "Devices", "Users/{}/name", "users"])
}

/// A body that would do something, and one that no JSON is.
const BODIES: [&str; 2] =
    [r#"{"userName": "u", "displayName": "u", "Operations": [{"op": "remove", "path": "title"}]}"#, "{"];

/// Everything of an answer but the time, the request's own id, and whether the connection is kept: it is not when a refusal
/// overtakes a body.
async fn bytes(response: Response) -> Result<(u16, Vec<String>, String)> {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let mut told: Vec<_> =
        headers.iter().filter(|(name, _)| !["date", "x-request-id", "connection"].contains(&name.as_str())).collect();
    told.sort_by_key(|(name, _)| name.as_str());
    let told = told.into_iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
    Ok((status, told, response.text().await?))
}

/// Headers that open nothing of ours; with `own` at the end, for a key that nobody has.
fn credentials(town: &Town) -> Vec<Option<String>> {
    let bearer = |token: &str| Some(format!("Bearer {token}"));
    let wrong: String = town.ours.token.chars().rev().collect();
    vec![
        None,
        Some(String::new()),
        Some("Basic dXNlcjpwYXNz".to_owned()),
        bearer("se_wrong"),
        bearer(&wrong),
        bearer(&town.sibling.feed.token),
        bearer(&town.foreign.feed.token),
        bearer(&town.tenant.key),
        bearer(&town.other_tenant.key),
    ]
}

async fn all_strangers_hear_one_refusal(database: Database) -> Result<()> {
    let town = Town::build(&database).await?;
    let user = town.user("known", None).await?;
    let own = Some(format!("Bearer {}", town.ours.token));
    let before = town.state().await?;
    let (root, key) = town.ours.scim.rsplit_once('/').context("a key")?;
    let root = root.strip_suffix("/v2.0").context("a version")?;
    let (mut first, mut walked) = (None, 0);
    for place in places() {
        for (version, (method, carries)) in ["v2.0", "v2"].into_iter().flat_map(|of| METHODS.map(|method| (of, method)))
        {
            for body in if carries { &BODIES[..] } else { &[""] } {
                let known = credentials(&town).into_iter().map(|header| (key, header));
                let unknown = credentials(&town).into_iter().chain([own.clone()]);
                let unknown = unknown.map(|header| ("aaaaaaaaaaaaaaaaaaaa", header));
                for (key, header) in known.chain(unknown) {
                    let url = format!("{root}/{version}/{key}/{}", place.replace("{}", &user).replace('*', "photo"));
                    let (authorization, body) = (header.as_deref(), carries.then_some(*body));
                    let call = Call { method: &method, url: url.clone(), authorization, body };
                    let answer = bytes(send(&town.house.client, call).await?).await?;
                    assert_eq!(answer.0, 401, "{method} {url} {header:?}");
                    assert_eq!(&answer, first.get_or_insert_with(|| answer.clone()), "{method} {url} {header:?}");
                    walked += 1;
                }
            }
        }
    }
    // 18 places, 8 ways of asking, 2 versions, 9 and 10 credentials.
    assert!(walked >= 18 * 8 * 2 * 19, "{walked}");
    assert_eq!(town.state().await?, before);
    for place in places() {
        let call = Call {
            method: &Method::GET,
            url: format!("{}/{place}", town.ours.scim),
            authorization: own.as_deref(),
            body: None,
        };
        assert_ne!(send(&town.house.client, call).await?.status(), 401, "{place} with the directory's own token");
    }
    town.close().await
}

async fn a_scim_token_opens_no_rest_api(database: Database) -> Result<()> {
    let town = Town::build(&database).await?;
    let base = town.house.serving.url();
    let document: Value = town.house.client.get(format!("{base}/openapi.json")).send().await?.json().await?;
    let before = town.state().await?;
    let (mut first, mut walked) = (None, 0);
    for (path, operations) in document["paths"].as_object().context("paths")? {
        for (method, operation) in operations.as_object().context("operations")? {
            if operation["security"][0]["api_key"].is_null() {
                continue;
            }
            let method: Method = method.to_uppercase().parse()?;
            for token in ["sk_wrong", &town.ours.token, &town.foreign.feed.token] {
                let url = format!("{base}{}", path.replace("{id}", &town.ours.id));
                let header = format!("Bearer {token}");
                let call = Call { method: &method, url, authorization: Some(&header), body: None };
                let answer = bytes(send(&town.house.client, call).await?).await?;
                assert_eq!(answer.0, 401, "{method} {path}");
                assert_eq!(&answer, first.get_or_insert_with(|| answer.clone()), "{method} {path}");
                walked += 1;
            }
        }
    }
    assert!(walked >= 3 * 20, "{walked}");
    assert_eq!(town.state().await?, before);
    town.close().await
}

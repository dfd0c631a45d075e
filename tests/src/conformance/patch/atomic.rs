//! RFC 7644 section 3.5.2: operations are done in order, all of them or none.

use anyhow::Result;
use serde_json::{Value, json};

use super::{Case, case, mails, run};
use crate::conformance::probe::Probe;

const SECTION: &str = "RFC 7644 3.5.2";

pub(super) async fn check(probe: &mut Probe) -> Result<()> {
    run(probe, ordered()).await?;
    of_users(probe).await?;
    of_groups(probe).await
}

/// What one operation leaves, the next one finds.
fn ordered() -> Vec<Case> {
    vec![
        case(
            SECTION,
            "the last of several counts",
            json!({}),
            json!([{ "op": "replace", "path": "title", "value": "1" }, { "op": "replace", "path": "title", "value": "2" }]),
            vec![("/title", json!("2"))],
        ),
        case(
            SECTION,
            "a value is added, changed and another removed",
            mails(),
            json!([
                { "op": "add", "path": "emails", "value": [{ "value": "o@x.example", "type": "other" }] },
                { "op": "replace", "path": "emails[type eq \"other\"].value", "value": "p@x.example" },
                { "op": "remove", "path": "emails[type eq \"work\"]" },
            ]),
            vec![
                ("/emails/0", json!({ "value": "h@x.example", "type": "home" })),
                ("/emails/1", json!({ "value": "p@x.example", "type": "other" })),
                ("/emails/2", Value::Null),
            ],
        ),
        case(
            SECTION,
            "what is removed can be added again",
            mails(),
            json!([{ "op": "remove", "path": "emails" }, { "op": "add", "path": "emails", "value": [{ "value": "n@x.example" }] }]),
            vec![("/emails", json!([{ "value": "n@x.example" }]))],
        ),
        case(
            SECTION,
            "a part is added to what was just added",
            json!({}),
            json!([{ "op": "add", "value": { "name": { "givenName": "G" } } }, { "op": "add", "path": "name.familyName", "value": "F" }]),
            vec![("/name", json!({ "givenName": "G", "familyName": "F" }))],
        ),
    ]
}

async fn of_users(probe: &mut Probe) -> Result<()> {
    let taken = probe.user(&json!({})).await?.text("/userName").to_owned();
    let path = format!("/Users/{}", probe.user(&json!({ "title": "T", "nickName": "N" })).await?.id());
    let before = probe.get(&path).await?;
    let good = json!({ "op": "replace", "path": "title", "value": "U" });
    for (what, bad, status) in [
        ("a value of the wrong type", json!({ "op": "replace", "path": "active", "value": 7 }), 400),
        ("what is required", json!({ "op": "remove", "path": "userName" }), 400),
        ("a path that does not parse", json!({ "op": "replace", "path": "emails[", "value": "x" }), 400),
        ("no path", json!({ "op": "remove" }), 400),
        ("an unknown op", json!({ "op": "test", "path": "title" }), 400),
        ("another's name", json!({ "op": "replace", "path": "userName", "value": taken }), 409),
    ] {
        for operations in [json!([good, bad]), json!([bad, good]), json!([good, bad, good])] {
            let refused = probe.patch(&path, &operations).await?;
            let after = probe.get(&path).await?;
            let kept = refused.status == status && after.body == before.body;
            probe.must(
                SECTION,
                format!("nothing is done beside {what}"),
                kept,
                format!("{} then {}", refused.seen(), after.seen()),
            );
        }
    }
    Ok(())
}

async fn of_groups(probe: &mut Probe) -> Result<()> {
    let ids = [probe.user(&json!({})).await?.id(), probe.user(&json!({})).await?.id()];
    let path = format!("/Groups/{}", probe.group(&json!({ "members": [{ "value": ids[0] }] })).await?.id());
    let before = probe.get(&path).await?;
    let add = json!({ "op": "add", "path": "members", "value": [{ "value": ids[1] }] });
    let remove = json!({ "op": "remove", "path": format!("members[value eq \"{}\"]", ids[0]) });
    let bad = json!({ "op": "remove", "path": "displayName" });
    for operations in [json!([add, bad]), json!([remove, bad]), json!([add, remove, bad])] {
        let refused = probe.patch(&path, &operations).await?;
        let after = probe.get(&path).await?;
        let kept = refused.status == 400 && after.body == before.body;
        probe.must(
            SECTION,
            "nobody joins or leaves beside what fails",
            kept,
            format!("{} then {}", refused.seen(), after.seen()),
        );
    }
    let name = probe.name("Renamed");
    let rename = json!({ "op": "replace", "path": "displayName", "value": name });
    let done = probe.patch(&path, &json!([add, remove, rename])).await?;
    let after = probe.get(&path).await?;
    let members = after.all("/members");
    let all = matches!(done.status, 200 | 204) && members.len() == 1 && members[0]["value"] == ids[1];
    probe.must(SECTION, "a name and members in one PATCH", all && after.text("/displayName") == name, after.seen());
    Ok(())
}

//! RFC 7644 section 3.4.3: each parameter of a search means what it means in a query.

use anyhow::Result;
use reqwest::Method;
use serde_json::json;

use super::list;
use crate::conformance::people::People;
use crate::conformance::probe::{Answer, Probe};

const SECTION: &str = "RFC 7644 3.4.3";

pub(super) async fn check(probe: &mut Probe, people: &People) -> Result<()> {
    let scope = people.scope.as_str();
    let cases = [
        (
            vec![("sortBy", "nickName"), ("sortOrder", "descending")],
            json!({ "sortBy": "nickName", "sortOrder": "descending" }),
        ),
        (vec![("startIndex", "2"), ("count", "2")], json!({ "startIndex": 2, "count": 2 })),
        (vec![("startIndex", "0"), ("count", "-1")], json!({ "startIndex": 0, "count": -1 })),
        (vec![("count", "0")], json!({ "count": 0 })),
        (vec![("attributes", "title,name.familyName")], json!({ "attributes": ["title", "name.familyName"] })),
        (vec![("excludedAttributes", "emails,meta")], json!({ "excludedAttributes": ["emails", "meta"] })),
    ];
    for (pairs, mut parameters) in cases {
        let asked = list(probe, people, &pairs).await?;
        parameters["filter"] = scope.into();
        let found = probe.search("/Users/.search", &parameters).await?;
        let same = found.status == 200 && found.body == asked.body;
        probe.must(SECTION, format!("a search as a query: {pairs:?}"), same, found.seen());
    }
    for (what, body) in [("no JSON", "{"), ("an array", "[]")] {
        let answer = probe.send((Method::POST, "/Users/.search"), &[], Some(body.to_owned())).await?;
        probe.refused(SECTION, &format!("a search that is {what}"), &answer, 400, "invalidSyntax");
    }
    for (parameter, value) in [("count", json!(true)), ("count", json!("x")), ("attributes", json!([7]))] {
        let answer = probe.search("/Users/.search", &json!({ parameter: value })).await?;
        probe.refused(SECTION, &format!("{parameter} {value}"), &answer, 400, "");
    }
    at_the_root(probe, people).await
}

/// RFC 7644 section 3.4.2.1.
async fn at_the_root(probe: &mut Probe, people: &People) -> Result<()> {
    let group = probe.group(&json!({ "externalId": "Root" })).await?;
    let (user, group) = (people.ids[0].as_str(), group.id());
    let both = format!("id eq \"{user}\" or id eq \"{group}\"");
    let kinds = |answer: &Answer| {
        let found = answer.all("/Resources");
        let kinds = found.iter().map(|found| found["meta"]["resourceType"].as_str().unwrap_or_default());
        let mut kinds: Vec<_> = kinds.map(str::to_owned).collect();
        kinds.sort_unstable();
        kinds.join(" ")
    };
    for (filter, expected) in [
        (both.clone(), "Group User"),
        (format!("({both}) and meta.resourceType eq \"Group\""), "Group"),
        (format!("({both}) and nickName pr"), "User"),
        (format!("({both}) and not (nickName pr)"), "Group"),
        (format!("({both}) and members[value pr]"), ""),
    ] {
        let found = probe.search("/.search", &json!({ "filter": filter, "count": 10 })).await?;
        let holds = found.status == 200 && kinds(&found) == expected;
        probe.must("RFC 7644 3.4.2.1", filter.replace(user, "…").replace(&group, "…"), holds, found.seen());
    }
    Ok(())
}

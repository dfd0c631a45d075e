//! RFC 7644 section 3.4.2.3: the order of lists.

use anyhow::Result;
use serde_json::json;

use super::{list, names};
use crate::conformance::people::People;
use crate::conformance::probe::{ENTERPRISE, Probe, USER, query};

const SECTION: &str = "RFC 7644 3.4.2.3";

pub(super) async fn check(probe: &mut Probe) -> Result<()> {
    let schemas = json!([USER, ENTERPRISE]);
    let rows = [
        json!({ "nickName": "Ann", "userType": "beta", "externalId": "b", "schemas": schemas, ENTERPRISE: { "department": "x" },
            "emails": [{ "value": "z@x.example" }, { "value": "a@x.example", "primary": true }] }),
        json!({ "nickName": "Bob", "userType": "Alpha", "externalId": "B", "schemas": schemas, ENTERPRISE: { "department": "Y" },
            "emails": [{ "value": "c@x.example" }, { "value": "z@x.example" }] }),
        json!({ "nickName": "Cid", "externalId": "a", "emails": [{ "value": "B@x.example" }, { "value": "0@x.example" }] }),
    ];
    let people = People::of(probe, rows).await?;
    let (kind, department) = (format!("{USER}:userType"), format!("{ENTERPRISE}:department"));
    for (what, by, order, expected) in [
        ("ascending is the default", "nickName", "", "Ann Bob Cid"),
        ("without case; who has none is last", "userType", "ascending", "Bob Ann Cid"),
        ("who has none is first", "userType", "descending", "Cid Ann Bob"),
        ("by case where it counts", "externalId", "ascending", "Bob Cid Ann"),
        ("by the primary entry, else the first", "emails.value", "ascending", "Ann Cid Bob"),
        ("of a complex list by value", "emails", "descending", "Bob Cid Ann"),
        ("an attribute behind its URN", &kind, "ascending", "Bob Ann Cid"),
        ("an attribute of an extension", &department, "ascending", "Ann Bob Cid"),
        ("by the time of creation", "meta.created", "ascending", "Ann Bob Cid"),
    ] {
        let page = list(probe, &people, &[("sortBy", by), ("sortOrder", order)]).await?;
        probe.must(SECTION, format!("{what}: {by}"), names(&page).join(" ") == expected, page.seen());
    }
    let pages = [("sortBy", "userType"), ("sortOrder", "descending"), ("startIndex", "2"), ("count", "1")];
    let second = list(probe, &people, &pages).await?;
    probe.must(SECTION, "pages by index are sorted", names(&second) == ["Ann"], second.seen());
    groups(probe).await
}

async fn groups(probe: &mut Probe) -> Result<()> {
    let of = probe.name("Choir");
    for part in ["b", "A", "c"] {
        probe.group(&json!({ "displayName": format!("{part} {of}"), "externalId": of })).await?;
    }
    let filter = format!("externalId eq \"{of}\"");
    for (order, expected) in [("ascending", "A b c"), ("descending", "c b A")] {
        let path = query("/Groups", &[("filter", &filter), ("sortBy", "displayName"), ("sortOrder", order)]);
        let page = probe.get(&path).await?;
        let found = page.all("/Resources");
        let parts: Vec<_> = found.iter().filter_map(|group| group["displayName"].as_str()?.split(' ').next()).collect();
        probe.must(SECTION, format!("groups by displayName {order}"), parts.join(" ") == expected, page.seen());
    }
    Ok(())
}

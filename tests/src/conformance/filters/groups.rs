//! Filters of groups, and of users by their groups.

use anyhow::Result;
use serde_json::json;

use crate::conformance::probe::{Probe, query};

pub(super) async fn check(probe: &mut Probe) -> Result<()> {
    let member = probe.user(&json!({})).await?.id();
    let group = probe.group(&json!({ "externalId": "Ex", "members": [{ "value": member }] })).await?;
    let (id, name) = (group.id(), group.text("/displayName").to_owned());
    let empty = probe.group(&json!({})).await?.id();
    let upper = name.to_uppercase();
    let cases = [
        ("/Groups", &id, format!("displayName eq \"{upper}\""), 1),
        ("/Groups", &id, format!("displayName sw \"{}\"", &upper[..5]), 1),
        ("/Groups", &id, format!("displayName ne \"{name}\""), 0),
        ("/Groups", &id, "externalId eq \"Ex\"".to_owned(), 1),
        ("/Groups", &id, "externalId eq \"ex\"".to_owned(), 0),
        ("/Groups", &id, "members pr".to_owned(), 1),
        ("/Groups", &empty, "members pr".to_owned(), 0),
        ("/Groups", &empty, "not (members pr)".to_owned(), 1),
        ("/Groups", &id, format!("members.value eq \"{member}\""), 1),
        ("/Groups", &id, format!("members eq \"{member}\""), 1),
        ("/Groups", &id, format!("members[value eq \"{member}\"]"), 1),
        ("/Groups", &id, "members[value eq \"nobody\"]".to_owned(), 0),
        ("/Groups", &empty, format!("members.value eq \"{member}\""), 0),
        ("/Groups", &id, "meta.resourceType eq \"Group\"".to_owned(), 1),
        ("/Users", &member, format!("groups.value eq \"{id}\""), 1),
        ("/Users", &member, format!("groups[value eq \"{id}\"]"), 1),
        ("/Users", &member, format!("groups.value eq \"{empty}\""), 0),
        ("/Users", &member, "groups.type eq \"direct\"".to_owned(), 1),
        ("/Users", &member, "groups pr".to_owned(), 1),
    ];
    for (path, id, filter, count) in cases {
        let found = probe.get(&query(path, &[("filter", &format!("id eq \"{id}\" and {filter}"))])).await?;
        let holds = found.status == 200 && found.at("/totalResults") == &json!(count);
        probe.must("RFC 7644 3.4.2.2", format!("{path}: {filter}"), holds, found.seen());
    }
    for filter in ["userName pr", "displayName", "members[shoe eq 1]", "members.shoe pr"] {
        let answer = probe.get(&query("/Groups", &[("filter", filter)])).await?;
        probe.refused("RFC 7644 3.4.2.2", &format!("/Groups: {filter}"), &answer, 400, "invalidFilter");
    }
    Ok(())
}

//! RFC 7644 section 3.4.2.4: pages by index.

use anyhow::Result;
use serde_json::json;

use super::{list, names};
use crate::conformance::people::People;
use crate::conformance::probe::{LIST, Probe};

const SECTION: &str = "RFC 7644 3.4.2.4";

pub(super) async fn check(probe: &mut Probe, people: &People) -> Result<()> {
    for (start, count, first) in [("1", "2", 1), ("2", "3", 2), ("5", "5", 5), ("0", "1", 1), ("-7", "5", 1)] {
        let page = list(probe, people, &[("startIndex", start), ("count", count)]).await?;
        let what = format!("startIndex {start}, count {count}");
        let told = page.at("/itemsPerPage") == &json!(names(&page).len());
        probe.must(SECTION, format!("{what}: itemsPerPage counts the page"), told, page.seen());
        let began = page.at("/startIndex") == &json!(first);
        probe.must(SECTION, format!("{what}: startIndex is that of its first"), began, page.seen());
    }
    let none = list(probe, people, &[("count", "0")]).await?;
    let empty = none.status == 200 && names(&none).is_empty() && none.at("/totalResults") == &json!(5);
    probe.must(SECTION, "a count of 0 tells totalResults alone", empty, none.seen());
    let whole = names(&list(probe, people, &[]).await?);
    let again = names(&list(probe, people, &[]).await?);
    probe.must(SECTION, "the order is the same again", whole == again, again.join(" "));
    let mut walked = Vec::new();
    for start in ["1", "3", "5"] {
        walked.extend(names(&list(probe, people, &[("startIndex", start), ("count", "2")]).await?));
    }
    probe.must(SECTION, "the pages are the whole", walked == whole, walked.join(" "));
    let huge = list(probe, people, &[("count", "1000000")]).await?;
    probe.must(SECTION, "a count past the limit is no error", names(&huge) == whole, huge.seen());
    let far = list(probe, people, &[("startIndex", "1000000"), ("count", "2")]).await?;
    let empty = far.status == 200 && names(&far).is_empty() && far.at("/totalResults") == &json!(5);
    probe.must(SECTION, "a page past the end is empty", empty, far.seen());
    everybody(probe).await
}

/// Without a filter, each resource in full.
async fn everybody(probe: &mut Probe) -> Result<()> {
    probe.group(&json!({})).await?;
    let most = probe.get("/ServiceProviderConfig").await?.at("/pagination/defaultPageSize").as_u64();
    for (path, kind) in [("/Users", "User"), ("/Groups", "Group")] {
        let page = probe.get(path).await?;
        let listed = page.status == 200 && page.at("/schemas") == &json!([LIST]) && page.at("/totalResults").is_u64();
        probe.must("RFC 7644 3.4.2", format!("{path} without parameters is a list"), listed, page.seen());
        let found = page.all("/Resources");
        let within = most.is_none_or(|most| found.len() as u64 <= most);
        probe.must("RFC 9865 4", format!("{path}: defaultPageSize at most"), within, found.len().to_string());
        let whole = found
            .iter()
            .all(|one| one["id"].is_string() && one["schemas"].is_array() && one["meta"]["resourceType"] == kind);
        probe.must("RFC 7644 3.4.2", format!("{path}: each has id, schemas and meta"), whole, page.seen());
    }
    Ok(())
}

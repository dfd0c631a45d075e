//! RFC 9865: pages by cursor. An `expiredCursor` cannot be provoked from outside without waiting.

use anyhow::Result;
use serde_json::json;

use super::{list, names};
use crate::conformance::people::People;
use crate::conformance::probe::{Probe, query};

pub(super) async fn check(probe: &mut Probe, people: &People) -> Result<()> {
    let config = probe.get("/ServiceProviderConfig").await?;
    if config.at("/pagination/cursor") != &json!(true) {
        return Ok(());
    }
    whole(probe, people).await?;
    counts(probe, people).await?;
    refused(probe, people).await?;
    methods(probe, people, config.text("/pagination/defaultPaginationMethod")).await
}

/// Every page until the last, none larger than was asked for.
async fn whole(probe: &mut Probe, people: &People) -> Result<()> {
    let sorts: [&[(&str, &str)]; 3] =
        [&[], &[("sortBy", "userName"), ("sortOrder", "descending")], &[("sortBy", "nickName")]];
    for sort in sorts {
        let expected = names(&list(probe, people, sort).await?);
        let (mut walked, mut cursor, mut small) = (Vec::new(), Some(String::new()), true);
        // Five people, and no more pages than they have.
        for _ in 0..6 {
            let Some(at) = cursor.take() else { break };
            let mut pairs = sort.to_vec();
            pairs.extend([("cursor", at.as_str()), ("count", "2")]);
            let page = list(probe, people, &pairs).await?;
            small &= names(&page).len() <= 2 && page.at("/itemsPerPage") == &json!(names(&page).len());
            walked.extend(names(&page));
            cursor = page.at("/nextCursor").as_str().map(str::to_owned);
        }
        let what = format!("all pages by cursor {sort:?}");
        probe.must("RFC 9865 2", format!("{what}: none is larger than count"), small, walked.join(" "));
        let complete = walked == expected && walked.len() == 5 && cursor.is_none();
        probe.must("RFC 9865 2.2", format!("{what}: they are the whole"), complete, walked.join(" "));
    }
    Ok(())
}

async fn counts(probe: &mut Probe, people: &People) -> Result<()> {
    let negative = list(probe, people, &[("cursor", ""), ("count", "-1")]).await?;
    let none = negative.status == 200 && names(&negative).is_empty() && negative.at("/totalResults") == &json!(5);
    probe.must("RFC 9865 2", "a negative count is 0", none, negative.seen());
    let all = list(probe, people, &[("cursor", ""), ("count", "100")]).await?;
    let alone = names(&all).len() == 5 && all.at("/nextCursor").is_null() && all.at("/previousCursor").is_null();
    probe.must("RFC 9865 2", "an only page has no cursors", alone, all.seen());
    let bare = query("/Users", &[("filter", &people.scope)]);
    let bare = probe.get(&format!("{bare}&cursor&count=2")).await?;
    let begun = names(&bare).len() == 2 && bare.at("/nextCursor").is_string();
    probe.must("RFC 9865 2", "a cursor without a value begins", begun, bare.seen());
    let second = list(probe, people, &[("cursor", bare.text("/nextCursor")), ("count", "2")]).await?;
    let total = second.at("/totalResults");
    let accurate = total.is_null() || total == &json!(5);
    probe.must("RFC 9865 2", "totalResults, if any, is of all pages", accurate, second.seen());
    Ok(())
}

async fn refused(probe: &mut Probe, people: &People) -> Result<()> {
    let section = "RFC 9865 2.1";
    let first = list(probe, people, &[("cursor", ""), ("count", "2")]).await?;
    let next = first.text("/nextCursor").to_owned();
    let last = if next.ends_with('A') { 'B' } else { 'A' };
    let forged = format!("{}{last}", next.get(..next.len().saturating_sub(1)).unwrap_or_default());
    let answer = list(probe, people, &[("cursor", &forged), ("count", "2")]).await?;
    probe.refused(section, "a forged cursor", &answer, 400, "invalidCursor");
    let answer = list(probe, people, &[("cursor", &next), ("count", "2"), ("sortBy", "userName")]).await?;
    probe.refused(section, "a cursor of another order", &answer, 400, "invalidCursor");
    let users = probe.get("/Users?cursor&count=1").await?;
    let at = [("cursor", users.text("/nextCursor")), ("count", "1")];
    let answer = probe.get(&query("/Groups", &at)).await?;
    probe.refused(section, "a cursor of another endpoint", &answer, 400, "invalidCursor");
    let answer = list(probe, people, &[("cursor", ""), ("count", "x")]).await?;
    probe.refused(section, "a count that is no number", &answer, 400, "invalidCount");
    let search = json!({ "filter": people.scope, "cursor": forged, "count": 2 });
    let answer = probe.search("/Users/.search", &search).await?;
    probe.refused(section, "a forged cursor in a search", &answer, 400, "invalidCursor");
    let search = json!({ "filter": people.scope, "cursor": next, "count": 3 });
    let answer = probe.search("/Users/.search", &search).await?;
    probe.refused(section, "another count in a search", &answer, 400, "invalidCount");
    Ok(())
}

/// RFC 9865 sections 2.3 to 2.5: which method a query without its parameter is answered by.
async fn methods(probe: &mut Probe, people: &People, default: &str) -> Result<()> {
    let section = "RFC 9865 2.4";
    let neither = list(probe, people, &[("count", "2")]).await?;
    probe.must(section, "a page of neither method is no error", names(&neither).len() == 2, neither.seen());
    if default == "index" {
        let by_index = neither.at("/startIndex") == &json!(1) && neither.at("/nextCursor").is_null();
        probe.must(section, "the default method is the one that is told", by_index, neither.seen());
    }
    let index = list(probe, people, &[("startIndex", "2"), ("count", "2")]).await?;
    let paged = index.at("/startIndex") == &json!(2) && index.at("/nextCursor").is_null();
    probe.must(section, "startIndex asks for a page by index", paged, index.seen());
    Ok(())
}

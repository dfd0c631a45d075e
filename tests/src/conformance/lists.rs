//! RFC 7644 sections 3.4.2 to 3.4.3 and RFC 9865: lists, their order, their pages, and searching by POST.

mod cursors;
mod pages;
mod searching;
mod sorting;

use anyhow::Result;
use reqwest::Method;
use serde_json::{Value, json};

use super::people::People;
use super::probe::{Answer, LIST, Probe, SEARCH, query};

pub(super) async fn check(probe: &mut Probe) -> Result<()> {
    let people = People::make(probe).await?;
    by_index(probe, &people).await?;
    by_cursor(probe, &people).await?;
    sorted(probe, &people).await?;
    searched(probe, &people).await?;
    pages::check(probe, &people).await?;
    cursors::check(probe, &people).await?;
    searching::check(probe, &people).await?;
    sorting::check(probe).await
}

fn names(answer: &Answer) -> Vec<String> {
    let found = answer.at("/Resources").as_array().cloned().unwrap_or_default();
    found.iter().filter_map(|user| Some(user["nickName"].as_str()?.to_owned())).collect()
}

async fn list(probe: &Probe, people: &People, more: &[(&str, &str)]) -> Result<Answer> {
    let mut pairs = vec![("filter", people.scope.as_str())];
    pairs.extend(more);
    probe.get(&query("/Users", &pairs)).await
}

async fn by_index(probe: &mut Probe, people: &People) -> Result<()> {
    let all = list(probe, people, &[]).await?;
    probe.must(
        "RFC 7644 3.4.2",
        "a list is a ListResponse",
        all.status == 200 && all.text("/schemas/0") == LIST,
        all.seen(),
    );
    let counted = all.at("/totalResults") == &json!(5)
        && all.at("/itemsPerPage") == &json!(5)
        && all.at("/startIndex") == &json!(1);
    probe.must("RFC 7644 3.4.2", "totalResults, itemsPerPage and startIndex are numbers", counted, all.seen());
    let whole = names(&all);
    let section = "RFC 7644 3.4.2.4";
    for (start, count, expected) in [
        ("1", "2", 0..2),
        ("3", "2", 2..4),
        ("5", "2", 4..5),
        ("6", "2", 0..0),
        ("0", "2", 0..2),
        ("-3", "2", 0..2),
        ("2", "0", 0..0),
        ("2", "-1", 0..0),
    ] {
        let page = list(probe, people, &[("startIndex", start), ("count", count)]).await?;
        let holds = names(&page) == whole[expected] && page.at("/totalResults") == &json!(5);
        probe.must(section, format!("startIndex {start}, count {count}"), holds, page.seen());
    }
    for (name, value) in [("startIndex", "x"), ("count", "x")] {
        let page = list(probe, people, &[(name, value)]).await?;
        probe.refused(section, &format!("{name} that is no number"), &page, 400, "invalidValue");
    }
    let only = list(probe, people, &[("attributes", "nickName")]).await?;
    let keys = only.at("/Resources/0").as_object().map(serde_json::Map::len);
    probe.must("RFC 7644 3.9", "attributes of a list: those, and id", keys == Some(3), only.seen());
    Ok(())
}

async fn by_cursor(probe: &mut Probe, people: &People) -> Result<()> {
    let section = "RFC 9865 2";
    let whole = names(&list(probe, people, &[]).await?);
    let first = list(probe, people, &[("cursor", ""), ("count", "2")]).await?;
    let started = names(&first) == whole[..2] && first.body.get("previousCursor").is_none();
    probe.must(section, "an empty cursor asks for the first page, before which there is none", started, first.seen());
    probe.must(section, "a page by cursor has no startIndex", first.body.get("startIndex").is_none(), first.seen());
    let next = first.text("/nextCursor").to_owned();
    let safe = !next.is_empty() && next.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
    probe.must(section, "nextCursor is safe in a URL", safe, next.clone());
    let second = list(probe, people, &[("cursor", &next), ("count", "2")]).await?;
    probe.must(section, "nextCursor leads to the next page", names(&second) == whole[2..4], second.seen());
    let third = list(probe, people, &[("cursor", second.text("/nextCursor")), ("count", "2")]).await?;
    let ended = names(&third) == whole[4..] && third.body.get("nextCursor").is_none();
    probe.must(section, "the last page has no nextCursor", ended, third.seen());
    if !third.text("/previousCursor").is_empty() {
        let back = list(probe, people, &[("cursor", third.text("/previousCursor")), ("count", "2")]).await?;
        probe.must(section, "previousCursor leads back", names(&back) == whole[2..4], back.seen());
    }
    let section = "RFC 9865 2.1";
    let wrong = list(probe, people, &[("cursor", "nobody-gave-it"), ("count", "2")]).await?;
    probe.refused(section, "a cursor that nobody gave", &wrong, 400, "invalidCursor");
    let other = probe.get(&query("/Users", &[("filter", "title pr"), ("cursor", &next), ("count", "2")])).await?;
    probe.refused(section, "a cursor of another query", &other, 400, "invalidCursor");
    let resized = list(probe, people, &[("cursor", &next), ("count", "3")]).await?;
    probe.refused(section, "a count that is not that of the first page", &resized, 400, "invalidCount");
    let huge = list(probe, people, &[("cursor", ""), ("count", "1000000")]).await?;
    probe.refused(section, "a count past maxPageSize", &huge, 400, "invalidCount");
    let none = list(probe, people, &[("cursor", ""), ("count", "0")]).await?;
    let counted = none.at("/totalResults") == &json!(5) && names(&none).is_empty();
    probe.must(section, "a count of 0 tells totalResults alone", counted, none.seen());
    Ok(())
}

async fn sorted(probe: &mut Probe, people: &People) -> Result<()> {
    let section = "RFC 7644 3.4.2.3";
    for (by, order, expected) in [
        ("nickName", "ascending", "Ann Bob Cid Dee Eve"),
        ("nickName", "descending", "Eve Dee Cid Bob Ann"),
        ("NICKNAME", "", "Ann Bob Cid Dee Eve"),
        ("name.familyName", "ascending", "Ann Bob Cid Dee Eve"),
        ("name.familyName", "descending", "Eve Dee Cid Bob Ann"),
        ("emails", "ascending", "Ann Bob Cid Dee Eve"),
        ("meta.created", "descending", "Eve Dee Cid Bob Ann"),
    ] {
        let page = list(probe, people, &[("sortBy", by), ("sortOrder", order)]).await?;
        probe.must(section, format!("by {by} {order}"), names(&page).join(" ") == expected, page.seen());
    }
    let sideways = list(probe, people, &[("sortBy", "nickName"), ("sortOrder", "sideways")]).await?;
    probe.refused(section, "an order that is none", &sideways, 400, "invalidValue");
    let first =
        list(probe, people, &[("sortBy", "nickName"), ("sortOrder", "descending"), ("cursor", ""), ("count", "3")])
            .await?;
    let second = list(
        probe,
        people,
        &[("sortBy", "nickName"), ("sortOrder", "descending"), ("cursor", first.text("/nextCursor")), ("count", "3")],
    )
    .await?;
    let both = [names(&first), names(&second)].concat().join(" ");
    probe.must("RFC 9865 2.2", "pages by cursor are sorted", both == "Eve Dee Cid Bob Ann", both);
    Ok(())
}

async fn searched(probe: &mut Probe, people: &People) -> Result<()> {
    let section = "RFC 7644 3.4.3";
    let search = |more: Value| {
        let mut body = json!({ "schemas": [SEARCH], "filter": people.scope, "count": 100 });
        if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
            body.extend(more);
        }
        Some(body.to_string())
    };
    for path in ["/.search", "/Users/.search"] {
        let all = probe
            .send((Method::POST, path), &[], search(json!({ "attributes": ["nickName"], "sortBy": "nickName" })))
            .await?;
        let found =
            all.status == 200 && all.text("/schemas/0") == LIST && names(&all).join(" ") == "Ann Bob Cid Dee Eve";
        probe.must(section, format!("a search at {path}"), found, all.seen());
        let projected = all.at("/Resources/0").as_object().map(serde_json::Map::len) == Some(3);
        probe.must(section, format!("attributes of a search at {path}"), projected, all.seen());
        let page = probe.send((Method::POST, path), &[], search(json!({ "cursor": "", "count": 2 }))).await?;
        let next = page.text("/nextCursor").to_owned();
        let rest = probe.send((Method::POST, path), &[], search(json!({ "cursor": next, "count": 2 }))).await?;
        probe.must(
            "RFC 9865 3",
            format!("pages by cursor at {path}"),
            names(&rest).len() == 2 && names(&page) != names(&rest),
            rest.seen(),
        );
        let broken = probe.send((Method::POST, path), &[], search(json!({ "filter": "nickName eq" }))).await?;
        probe.refused(section, &format!("a filter that does not parse at {path}"), &broken, 400, "invalidFilter");
        let read = probe.get(path).await?;
        probe.refused(section, &format!("GET of {path}"), &read, 405, "");
    }
    let group = probe.group(&json!({})).await?;
    let name = group.text("/displayName").to_owned();
    let filter = format!("nickName eq \"Ann\" and {} or displayName eq \"{name}\"", people.scope);
    let both = probe.send((Method::POST, "/.search"), &[], search(json!({ "filter": filter }))).await?;
    let section = "RFC 7644 3.4.2.1";
    probe.must(
        section,
        "a search at the root finds all resource types",
        both.at("/totalResults") == &json!(2),
        both.seen(),
    );
    let unknown = probe.send((Method::POST, "/.search"), &[], search(json!({ "filter": "shoeSize eq 43" }))).await?;
    let empty = unknown.status == 200 && unknown.at("/totalResults") == &json!(0);
    probe.must(section, "an attribute that no type has matches nothing there", empty, unknown.seen());
    Ok(())
}

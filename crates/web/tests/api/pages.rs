//! Pages of every list: both ways, without holes, with few statements.

use anyhow::Result;
use serde_json::{Value, json};
use tests::{Database, on_each_database};

use crate::tenant::Tenant;
use crate::world::{MIGRATED, World};

on_each_database!(MIGRATED:
    lists_are_walked_both_ways,
    cursors_are_null_where_nothing_lies,
    pages_stay_whole_while_rows_come_and_go,
    bad_pages_are_refused,
);

/// The lists, with how many objects [`fill`] makes for each.
const LISTS: [&str; 5] =
    ["/organizations", "/directories", "/directory_users", "/directory_groups", "/webhook_endpoints"];
const EACH: usize = 7;

async fn fill(tenant: &Tenant, count: usize) -> Result<()> {
    for n in 0..count {
        let directory = tenant.directory().await?;
        let user = tenant.user_named(&directory, "ann").await?;
        tenant.group(&directory, "Pilots", &[&user]).await?;
        let endpoint = json!({ "endpoint_url": format!("https://{n}.example"), "events": ["dsync.user.created"] });
        tenant.post("/webhook_endpoints", endpoint).await?.expect(201)?;
    }
    Ok(())
}

fn cursor(page: &Value, way: &str) -> Option<String> {
    page["list_metadata"][way].as_str().map(|id| format!("&{way}={id}"))
}

fn ids(page: &Value) -> Vec<String> {
    page["data"].as_array().into_iter().flatten().map(crate::tenant::id).collect()
}

/// All pages that way, in the order they came; the last one besides.
async fn walk(tenant: &Tenant, list: &str, way: &str, from: Option<String>) -> Result<(Vec<Vec<String>>, Value)> {
    let (mut pages, mut at) = (Vec::new(), from);
    loop {
        let page = tenant.get(&format!("{list}{}", at.unwrap_or_default())).await?.expect(200)?;
        pages.push(ids(&page));
        at = cursor(&page, way);
        if at.is_none() {
            return Ok((pages, page));
        }
    }
}

async fn lists_are_walked_both_ways(database: Database) -> Result<()> {
    let tenant = World::new(&database).await?.tenant().await?;
    fill(&tenant, EACH).await?;
    for list in LISTS {
        let mut newest = tenant.ids(&format!("{list}?limit=100")).await?;
        assert_eq!(newest.len(), EACH, "{list}");
        assert!(newest.is_sorted_by(|a, b| a > b), "{list}");
        for order in ["", "desc", "normal", "asc"] {
            if order == "asc" {
                newest.reverse();
            }
            // What leads on in the order of the list, and what leads back.
            let (on, off) = if order == "normal" { ("before", "after") } else { ("after", "before") };
            for limit in [1, 2, EACH, 100] {
                let list = format!("{list}?limit={limit}&order={order}");
                let (onward, end) = walk(&tenant, &list, on, None).await?;
                assert_eq!(onward.concat(), newest, "{list}");
                assert_eq!(onward.len(), EACH.div_ceil(limit), "{list}");
                let Some(before) = cursor(&end, off) else { continue };
                let (back, first) = walk(&tenant, &list, off, Some(before)).await?;
                let back: Vec<_> = back.into_iter().rev().flatten().chain(ids(&end)).collect();
                assert_eq!(back, newest, "{list}");
                assert!(cursor(&first, on).is_some() && cursor(&first, off).is_none(), "{list}");
            }
        }
    }
    Ok(())
}

async fn cursors_are_null_where_nothing_lies(database: Database) -> Result<()> {
    let tenant = World::new(&database).await?.tenant().await?;
    fill(&tenant, 3).await?;
    for list in LISTS {
        let newest = tenant.ids(list).await?;
        let page = async |query: &str| tenant.get(&format!("{list}?{query}")).await?.expect(200);
        let past_the_end = page(&format!("after={}", newest[2])).await?;
        assert_eq!((ids(&past_the_end), cursor(&past_the_end, "after")), (vec![], None), "{list}");
        let back = page(&cursor(&past_the_end, "before").unwrap_or_default()).await?;
        assert_eq!(
            (ids(&back), cursor(&back, "before"), cursor(&back, "after")),
            (newest.clone(), None, None),
            "{list}"
        );
        let past_the_start = page(&format!("before={}", newest[0])).await?;
        assert_eq!((ids(&past_the_start), cursor(&past_the_start, "before")), (vec![], None), "{list}");
        let on = page(&cursor(&past_the_start, "after").unwrap_or_default()).await?;
        assert_eq!((ids(&on), cursor(&on, "before"), cursor(&on, "after")), (newest.clone(), None, None), "{list}");
        let second = page(&format!("after={}&limit=1", newest[0])).await?;
        let beside = [cursor(&second, "before"), cursor(&second, "after")];
        assert_eq!(beside, [Some(format!("&before={}", newest[1])), Some(format!("&after={}", newest[1]))], "{list}");
    }
    let newest = tenant.ids("/organizations").await?;
    tenant.delete(&format!("/organizations/{}", newest[0])).await?.expect(202)?;
    let after_a_deleted_one = tenant.get(&format!("/organizations?after={}", newest[0])).await?.expect(200)?;
    assert_eq!(ids(&after_a_deleted_one), newest[1..]);
    assert_eq!(after_a_deleted_one["list_metadata"], json!({ "before": null, "after": null }));
    Ok(())
}

async fn pages_stay_whole_while_rows_come_and_go(database: Database) -> Result<()> {
    let tenant = World::new(&database).await?.tenant().await?;
    let mut expected = Vec::new();
    for n in 0..6 {
        expected.insert(0, tenant.organization(&n.to_string()).await?);
    }
    let list = "/organizations?limit=2";
    let first = tenant.get(list).await?.expect(200)?;
    let after = cursor(&first, "after").unwrap_or_default();
    tenant.organization("new").await?;
    tenant.delete(&format!("/organizations/{}", expected[1])).await?.expect(202)?;
    tenant.delete(&format!("/organizations/{}", expected[3])).await?.expect(202)?;
    let (rest, _) = walk(&tenant, list, "after", Some(after)).await?;
    let seen: Vec<_> = ids(&first).into_iter().chain(rest.concat()).collect();
    let gone = expected.remove(3);
    assert!(!seen.contains(&gone));
    assert_eq!(seen, expected);
    Ok(())
}

async fn bad_pages_are_refused(database: Database) -> Result<()> {
    let tenant = World::new(&database).await?.tenant().await?;
    for list in LISTS {
        for (query, field) in [
            ("limit=0", "limit"),
            ("limit=101", "limit"),
            ("limit=ten", "limit"),
            ("order=newest", "order"),
            ("after=bogus", "after"),
            ("before=event_01HF7YAT00Z2RAY2RMT8R4QZ7A", "before"),
        ] {
            let refused = tenant.get(&format!("{list}?{query}")).await?.refused(422)?;
            assert_eq!(refused, ("invalid".to_owned(), field.to_owned()), "{list} {query}");
        }
    }
    Ok(())
}

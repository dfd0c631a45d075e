//! Lists page by page: by cursor (RFC 9865), in any order, of one resource type and of both.

use anyhow::{Context, Result};
use broker::ingest::{Refusal, Request};
use model::tenant::Directory;
use scim::{Lenience, ListQuery, ListResponse, Projection, ResourceType, ScimType, Sort, schema};
use serde_json::{Value, json};
use tests::{Database, on_each_database};

use crate::world::{MIGRATED, World};

on_each_database!(MIGRATED:
    every_order_is_walked_both_ways,
    a_walk_survives_what_changes_beside_it,
    a_cursor_is_good_for_its_query,
    depth_costs_nothing,
    both_kinds_are_searched_together,
);

type Query<'a> = [(&'a str, &'a str)];

fn ids(page: &ListResponse) -> Vec<String> {
    page.resources.iter().filter_map(|resource| Some(resource["id"].as_str()?.to_owned())).collect()
}

fn with<'a>(query: &Query<'a>, more: &Query<'a>) -> Vec<(&'a str, &'a str)> {
    [query, more].concat()
}

impl World {
    /// Users, some without a display name or an external id, and groups they are in.
    async fn staff(&self, directory: &Directory) -> Result<()> {
        for n in 0..23_u32 {
            let mut user = json!({
                "userName": format!("{}ser{n}", if n % 2 == 0 { "U" } else { "u" }), "title": format!("T{}", n % 5), "active": n % 3 > 0,
                "emails": [{ "value": format!("{}@x.example", n * 7 % 23) }],
            });
            if n % 3 > 0 {
                user["displayName"] = format!("Name {}", n % 4).into();
            }
            if n % 4 > 0 {
                user["externalId"] = format!("{}", n * 5 % 23).into();
            }
            let id = self.user(directory, user).await?;
            if n % 4 == 0 {
                self.group(directory, json!({"displayName": format!("Group {n}"), "members": [{"value": id}]})).await?;
            }
        }
        Ok(())
    }

    /// All pages from the first on, and back again from the last.
    async fn walk(
        &self,
        directory: &Directory,
        kind: &'static ResourceType,
        query: &Query<'_>,
    ) -> Result<[Vec<String>; 2]> {
        let query = with(query, &[("count", "4")]);
        let mut pages = vec![self.list(directory, kind, &with(&query, &[("cursor", "")])).await?];
        assert_eq!(pages[0].previous_cursor, None, "before the first page there is none");
        while let Some(next) = pages[pages.len() - 1].next_cursor.clone() {
            pages.push(self.list(directory, kind, &with(&query, &[("cursor", &next)])).await?);
        }
        let forward = pages.iter().flat_map(ids).collect();
        assert!(pages.iter().all(|page| page.start_index.is_none() && page.total_results == pages[0].total_results));
        let mut page = pages.pop().context("a page")?;
        let mut backward = vec![ids(&page)];
        while let Some(previous) = page.previous_cursor {
            page = self.list(directory, kind, &with(&query, &[("cursor", &previous)])).await?;
            assert!(page.next_cursor.is_some());
            backward.push(ids(&page));
        }
        backward.reverse();
        Ok([forward, backward.concat()])
    }
}

const NAMED: &str = "title pr and userName sw \"user\"";

async fn every_order_is_walked_both_ways(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let (directory, _) = world.directory().await?;
    world.staff(&directory).await?;
    let orders = [
        (&schema::USER, "userName"),
        (&schema::USER, "externalId"),
        (&schema::USER, "displayName"),
        (&schema::USER, "id"),
        (&schema::USER, "meta.lastModified"),
        (&schema::USER, "meta.created"),
        (&schema::USER, "title"),
        (&schema::USER, "active"),
        (&schema::USER, "emails"),
        (&schema::GROUP, "displayName"),
        (&schema::GROUP, "externalId"),
    ];
    for (kind, by) in orders {
        for (order, descending) in [("ascending", false), ("descending", true)] {
            for filter in [None, Some("meta.lastModified gt \"2000-01-01T00:00:00Z\""), Some(NAMED)] {
                let filter = filter.filter(|_| kind == &schema::USER).map(|filter| ("filter", filter));
                let mut query = vec![("sortBy", by), ("sortOrder", order)];
                query.extend(filter);
                let page = world.list(&directory, kind, &with(&query, &[("count", "200")])).await?;
                let total = if kind == &schema::USER { 23 } else { 6 };
                assert_eq!((page.total_results, page.resources.len() as u64), (Some(total), total), "{query:?}");
                let sort = Sort::parse(kind, by, descending, &Lenience::default())?;
                let key = |resource: &Value| (sort.key(resource), resource["id"].as_str().unwrap().to_owned());
                let keys: Vec<_> = page.resources.iter().map(key).collect();
                let ordered = keys.is_sorted_by(|one, other| {
                    sort.order((one.0.as_ref(), &one.1), (other.0.as_ref(), &other.1)).is_lt()
                });
                assert!(ordered, "{query:?}: {keys:?}");
                let second =
                    world.list(&directory, kind, &with(&query, &[("count", "5"), ("startIndex", "4")])).await?;
                assert_eq!(ids(&second), ids(&page)[3..][..ids(&second).len()], "{query:?}");
                let expected = ids(&page);
                assert_eq!(world.walk(&directory, kind, &query).await?, [expected.clone(), expected], "{query:?}");
            }
        }
    }
    Ok(())
}

/// The place of a cursor is known though its resource is gone, and nothing else is lost or told twice.
async fn a_walk_survives_what_changes_beside_it(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let (directory, _) = world.directory().await?;
    world.staff(&directory).await?;
    for by in ["id", "userName", "externalId", "title"] {
        let query = [("sortBy", by), ("count", "5"), ("cursor", "")];
        let everybody = ids(&world.list(&directory, &schema::USER, &[("sortBy", by), ("count", "200")]).await?);
        let first = world.list(&directory, &schema::USER, &query).await?;
        let last = &everybody[4];
        world.write(&directory, Request::DeleteUser(last.parse()?)).await?;
        let next = first.next_cursor.context("a next page")?;
        let second = world.list(&directory, &schema::USER, &with(&query, &[("cursor", &next)])).await?;
        assert_eq!(ids(&second), everybody[5..10], "{by}");
        let previous = second.previous_cursor.context("a previous page")?;
        let back = world.list(&directory, &schema::USER, &with(&query, &[("cursor", &previous)])).await?;
        assert_eq!(ids(&back), everybody[..4], "{by}");
    }
    Ok(())
}

async fn a_cursor_is_good_for_its_query(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let (ours, _) = world.directory().await?;
    let (theirs, _) = world.directory().await?;
    world.staff(&ours).await?;
    world.staff(&theirs).await?;
    let query = [("filter", "title pr"), ("count", "5"), ("cursor", "")];
    let next = world.list(&ours, &schema::USER, &query).await?.next_cursor.context("a next page")?;
    let refused = async |directory, kind, changed: &[(&str, &str)]| {
        let query = with(&with(&query, &[("cursor", next.as_str())]), changed);
        match world.list(directory, kind, &query).await {
            Err(Refusal::Scim(error)) => error.scim_type,
            other => panic!("{changed:?}: {other:?}"),
        }
    };
    let invalid = Some(ScimType::InvalidCursor);
    assert_eq!(refused(&theirs, &schema::USER, &[]).await, invalid);
    for other in [("filter", "userName pr"), ("sortBy", "userName"), ("cursor", "AAAA"), ("startIndex", "1")] {
        assert_eq!(refused(&ours, &schema::USER, &[other]).await, invalid, "{other:?}");
    }
    for count in ["4", "201", "x"] {
        assert_eq!(refused(&ours, &schema::USER, &[("count", count)]).await, Some(ScimType::InvalidCount), "{count}");
    }
    let none = world.list(&ours, &schema::USER, &with(&query, &[("count", "0")])).await?;
    assert_eq!((none.total_results, none.resources.len(), none.next_cursor), (Some(23), 0, None));
    Ok(())
}

/// As many statements at the end as at the beginning.
async fn depth_costs_nothing(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let (directory, _) = world.directory().await?;
    world.staff(&directory).await?;
    for by in ["id", "userName", "meta.lastModified"] {
        let query = [("sortBy", by), ("count", "4"), ("attributes", "id"), ("cursor", "")];
        let (mut counts, mut cursor) = (Vec::new(), Some(String::new()));
        while let Some(at) = cursor {
            let before = world.store.statements();
            cursor = world.list(&directory, &schema::USER, &with(&query, &[("cursor", &at)])).await?.next_cursor;
            counts.push(world.store.statements() - before);
        }
        // One finds the directory.
        assert_eq!(counts, vec![2; 6], "{by}");
    }
    Ok(())
}

async fn both_kinds_are_searched_together(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let (directory, _) = world.directory().await?;
    world.staff(&directory).await?;
    let all = async |query: &Query<'_>| {
        let directory = world.broker.find_directory(world.environment, &directory.id.to_string()).await?;
        let projection = |kind| anyhow::Ok((kind, Projection::of_query(kind, query.iter().copied())?));
        let projections = [projection(&schema::USER)?, projection(&schema::GROUP)?];
        let query = ListQuery::parse(query.iter().copied())?;
        anyhow::Ok(
            world.broker.documents(directory.id, "https://x.example").list_all(&directory, &query, &projections).await,
        )
    };
    let everything = all(&[("count", "200")]).await??;
    assert_eq!((everything.total_results, everything.resources.len()), (Some(29), 29));
    let kinds: Vec<_> = everything.resources.iter().map(|found| found["meta"]["resourceType"].clone()).collect();
    assert!(kinds[..23].iter().all(|kind| kind == "User") && kinds[23..].iter().all(|kind| kind == "Group"));
    let across = all(&[("startIndex", "22"), ("count", "4")]).await??;
    assert_eq!((across.total_results, ids(&across)), (Some(29), ids(&everything)[21..25].to_vec()));
    for filter in [None, Some("userName pr or displayName pr"), Some("id pr")] {
        let mut query = vec![("count", "4"), ("cursor", "")];
        query.extend(filter.map(|filter| ("filter", filter)));
        let mut pages = vec![all(&query).await??];
        while let Some(next) = pages[pages.len() - 1].next_cursor.clone() {
            pages.push(all(&with(&query, &[("cursor", &next)])).await??);
        }
        assert_eq!(pages.iter().flat_map(ids).collect::<Vec<_>>(), ids(&everything), "{filter:?}");
        let mut page = pages.pop().context("a page")?;
        let mut back = vec![ids(&page)];
        while let Some(previous) = page.previous_cursor {
            page = all(&with(&query, &[("cursor", &previous)])).await??;
            back.push(ids(&page));
        }
        back.reverse();
        assert_eq!(back.concat(), ids(&everything), "{filter:?}");
    }
    // What one of them does not have is unassigned there (RFC 7644 section 3.4.2.1).
    for (filter, total) in [
        ("userName eq \"user1\"", 1),
        ("displayName eq \"group 4\"", 1),
        ("userName eq \"user1\" or displayName eq \"group 4\"", 2),
        ("userName ne \"user1\"", 28),
        ("not (userName pr)", 6),
        ("shoeSize eq 43", 0),
        ("emails[type eq \"work\"].value eq \"x\"", 0),
    ] {
        assert_eq!(all(&[("filter", filter)]).await??.total_results, Some(total), "{filter}");
    }
    for broken in ["userName eq", "shoeSize", "shoeSize is 43", "(userName pr", "?? eq 1", "shoes[size eq 4"] {
        let refused = all(&[("filter", broken)]).await?;
        let scim_type = if let Err(Refusal::Scim(error)) = &refused { error.scim_type } else { None };
        assert_eq!(scim_type, Some(ScimType::InvalidFilter), "{broken}: {refused:?}");
    }
    let sorted = all(&[("sortBy", "displayName"), ("count", "200"), ("attributes", "displayName")]).await??;
    let names: Vec<_> = sorted.resources.iter().filter_map(|found| found["displayName"].as_str()).collect();
    assert!(names.is_sorted_by_key(|name| name.to_lowercase()) && names.len() == 21, "{names:?}");
    Ok(())
}

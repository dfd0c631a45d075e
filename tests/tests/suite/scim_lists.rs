//! SCIM's lists in one process: how many statements they take, what they may look at, what they find.

use anyhow::{Context, Result, ensure};
use broker::documents::MAX_SCANNED;
use broker::ingest::{Answer, Refusal, Request};
use model::query::IndexPage;
use model::resource::{User, UserDocument};
use model::tenant::Directory;
use scim::{ListQuery, ListResponse, Projection, ResourceType, ScimType, schema};
use serde_json::{Value, json};
use store::{Contended, Listing, Net, Writes};
use tests::{Database, on_each_database};

use crate::world::{MIGRATED, NOW_MS, World, patch_group};

on_each_database!(MIGRATED:
    a_list_is_few_statements_at_any_size,
    members_are_found_by_index,
    addresses_are_found_by_index,
    a_scan_has_a_limit,
    numbers_are_kept_and_make_no_news,
    unknown_members_are_counted,
    news_of_members_are_bounded,
);

/// Statements of a list page, authentication apart.
const MOST_STATEMENTS: u64 = 4;

impl World {
    pub(crate) async fn list(
        &self,
        directory: &Directory,
        kind: &'static ResourceType,
        query: &[(&str, &str)],
    ) -> Result<ListResponse, Refusal> {
        let directory = self.broker.find_directory(self.environment, &directory.id.to_string()).await;
        let directory = directory.map_err(|_| Refusal::Unavailable)?;
        let projection = Projection::of_query(kind, query.iter().copied())?;
        let query = ListQuery::parse(query.iter().copied())?;
        self.broker.documents(directory.id, "https://x.example").list(&directory, kind, &query, &projection).await
    }

    /// Users with numbered names, together.
    async fn users(&self, directory: &Directory, numbers: std::ops::Range<usize>) -> Result<Vec<String>> {
        let body = |n: usize| json!({"userName": format!("user{n}@x.example"), "title": format!("Title {}", n % 7)});
        let mut ids = Vec::new();
        let numbers: Vec<_> = numbers.collect();
        for some in numbers.chunks(512) {
            let made = futures::future::try_join_all(some.iter().map(|n| self.user(directory, body(*n)))).await?;
            ids.extend(made.iter().map(ToString::to_string));
        }
        Ok(ids)
    }
}

impl World {
    /// Rows like the directory's first user's, with numbered names, in one transaction.
    async fn copies(&self, directory: &Directory, numbers: std::ops::Range<usize>) -> Result<()> {
        let page = IndexPage { start_index: 1, count: 1 };
        let first =
            self.store.directory(directory.id).list_users(&Listing::page(&[], page)).await?.pop().context("a user")?;
        let copy = |n: usize| {
            let document = first.document.clone();
            let mail_keys = vec![format!("copy{n}"), format!("other{n}")];
            let key = format!("copy{n}");
            let document = document.map(|document| UserDocument { user_name_key: key, mail_keys, ..document });
            User { id: self.store.new_id(NOW_MS), document, ..first.clone() }
        };
        let users = Net { inserted: numbers.map(copy).collect(), ..Net::default() };
        let (mut tx, _) = self.store.begin_directories(&[directory.id], Contended::Wait).await?;
        tx.write(Writes { users, ..Writes::default() }).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Of what, how it is asked, and how many statements that may cost.
type List<'a> = (&'static ResourceType, &'a [(&'a str, &'a str)], u64);

async fn a_list_is_few_statements_at_any_size(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let (directory, _) = world.directory().await?;
    let mut counts = Vec::new();
    for (size, range) in [(3, 0..3), (600, 3..600)] {
        let users = world.users(&directory, range).await?;
        let members: Vec<_> = users.iter().map(|id| json!({"value": id})).collect();
        for n in 0..2 {
            world.group(&directory, json!({"displayName": format!("G {size} {n}"), "members": members})).await?;
        }
        let by_member = format!("members[value eq \"{}\"]", users[0]);
        let lists: [List<'_>; 8] = [
            (&schema::USER, &[], 2),
            (&schema::USER, &[("attributes", "id")], 1),
            (&schema::USER, &[("filter", "userName eq \"user1@x.example\"")], 2),
            (&schema::USER, &[("filter", "title co \"title\"")], MOST_STATEMENTS),
            (&schema::USER, &[("filter", "groups pr and title pr")], MOST_STATEMENTS),
            (&schema::GROUP, &[("excludedAttributes", "members")], 1),
            (&schema::GROUP, &[("filter", &by_member)], 2),
            (&schema::GROUP, &[("filter", "members.type eq \"User\"")], MOST_STATEMENTS),
        ];
        let mut count = Vec::new();
        for (kind, query, most) in lists {
            let before = world.store.statements();
            world.list(&directory, kind, query).await?;
            // One finds the directory.
            let statements = world.store.statements() - before - 1;
            assert!(statements <= most, "{query:?}: {statements} statements at {size}");
            count.push(statements);
        }
        counts.push(count);
    }
    assert_eq!(counts[0], counts[1]);
    Ok(())
}

async fn members_are_found_by_index(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let (directory, _) = world.directory().await?;
    let users = world.users(&directory, 0..2).await?;
    for name in ["A", "B"] {
        world.group(&directory, json!({"displayName": name, "members": [{"value": users[0]}]})).await?;
    }
    let found = async |kind, filter: String| {
        anyhow::Ok(world.list(&directory, kind, &[("filter", &filter)]).await?.total_results.context("a total")?)
    };
    for (value, expected) in [(users[0].as_str(), 2), (users[1].as_str(), 0), ("nobody", 0)] {
        assert_eq!(found(&schema::GROUP, format!("members[value eq \"{value}\"]")).await?, expected, "{value}");
        assert_eq!(found(&schema::GROUP, format!("members eq {value} and displayName eq A")).await?, expected / 2);
    }
    let page = world.list(&directory, &schema::GROUP, &[("filter", "displayName eq A")]).await?;
    let group = page.resources[0]["id"].as_str().unwrap();
    assert_eq!(found(&schema::USER, format!("groups.value eq \"{group}\"")).await?, 1);
    Ok(())
}

async fn addresses_are_found_by_index(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let (directory, _) = world.directory().await?;
    let emails = |emails: Value| json!({"userName": emails.to_string(), "emails": emails});
    world.user(&directory, emails(json!([{"value": "Ann@x.example", "type": "work"}]))).await?;
    world.user(&directory, emails(json!([{"value": "ann@x.example", "type": "home"}]))).await?;
    world
        .user(&directory, emails(json!([{"value": "b@x.example"}, {"value": "ANN@x.example", "type": "work"}])))
        .await?;
    world.user(&directory, emails(json!([]))).await?;
    let found = async |filter: &str| {
        anyhow::Ok(
            world.list(&directory, &schema::USER, &[("filter", filter)]).await?.total_results.context("a total")?,
        )
    };
    assert_eq!(found("emails[type eq \"work\"].value eq \"ann@x.example\"").await?, 2);
    assert_eq!(found("emails.value eq \"ann@x.example\"").await?, 3);
    assert_eq!(found("emails.value eq \"b@x.example\"").await?, 1);
    assert_eq!(found("emails.value eq \"c@x.example\"").await?, 0);
    let id = world.user(&directory, emails(json!([{"value": "c@x.example"}]))).await?;
    assert_eq!(found("emails.value eq \"c@x.example\"").await?, 1);
    let moved = json!({"Operations": [{"op": "replace", "path": "emails.value", "value": "d@x.example"}]});
    world.write(&directory, Request::PatchUser(id, crate::world::patch_user(moved)?)).await?;
    assert_eq!((found("emails eq \"c@x.example\"").await?, found("emails eq \"d@x.example\"").await?), (0, 1));
    let both =
        async || anyhow::Ok((found("emails eq \"e@x.example\"").await?, found("emails eq \"f@x.example\"").await?));
    let change = async |op: &str, value: &str| {
        let operation = json!({"op": op, "path": "emails", "value": [{"value": value}]});
        let patch = crate::world::patch_user(json!({"Operations": [operation]}))?;
        anyhow::Ok(world.write(&directory, Request::PatchUser(id, patch)).await?)
    };
    change("replace", "e@x.example").await?;
    assert_eq!(both().await?, (1, 0));
    change("add", "f@x.example").await?;
    assert_eq!(both().await?, (1, 1));
    change("remove", "e@x.example").await?;
    assert_eq!(both().await?, (0, 1));
    change("add", "e@x.example").await?;
    change("add", "g@x.example").await?;
    assert_eq!((both().await?, found("emails eq \"g@x.example\"").await?), ((1, 1), 1));
    world.write(&directory, Request::DeleteUser(id)).await?;
    assert_eq!((both().await?, found("emails eq \"g@x.example\"").await?), ((0, 0), 0));
    Ok(())
}

async fn a_scan_has_a_limit(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let (directory, _) = world.directory().await?;
    world.users(&directory, 0..1).await?;
    let most = usize::try_from(MAX_SCANNED)?;
    world.copies(&directory, 1..most).await?;
    let scan =
        async || world.list(&directory, &schema::USER, &[("filter", "title eq \"TITLE 0\""), ("count", "2")]).await;
    let page = scan().await?;
    assert_eq!((page.total_results, page.resources.len()), (Some(MAX_SCANNED), 2));
    world.copies(&directory, most..most + 1).await?;
    let refused = scan().await;
    assert!(matches!(&refused, Err(Refusal::Scim(error)) if error.scim_type == Some(ScimType::TooMany)), "{refused:?}");
    for (filter, found) in [("userName eq copy7 and title pr", 1), ("emails.value eq copy7", 0)] {
        let page = world.list(&directory, &schema::USER, &[("filter", filter)]).await?;
        assert_eq!(page.total_results, Some(found), "{filter}");
    }
    Ok(())
}

/// N28 and N30: 1.0 stays 1.0 for the identity provider and is 1 for the application, time after time.
async fn numbers_are_kept_and_make_no_news(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let (directory, _) = world.directory().await?;
    let body = |title: &str| json!({"userName": "u", "title": title, "urn:x:y": {"a": 1.0, "b": 9_007_199_254_740_993_u64, "2": 1, "1": 1}});
    let id = world.user(&directory, body("T")).await?;
    let put = async |title: &str| {
        let parsed = scim::resource::parse(&schema::USER, body(title), &scim::Lenience::all())?;
        anyhow::Ok(world.write(&directory, Request::ReplaceUser(id, parsed)).await?)
    };
    let told = world.log().await?.len();
    put("T").await?;
    assert_eq!(world.log().await?.len(), told);
    put("U").await?;
    let log = world.log().await?;
    assert_eq!(log.len(), told + 1);
    let previous = &log[told].1["data"]["previous_attributes"];
    assert_eq!(previous["raw_attributes"], json!({"title": "T"}));
    let page = world.list(&directory, &schema::USER, &[]).await?;
    assert_eq!(page.resources[0]["urn:x:y"].to_string(), body("")["urn:x:y"].to_string());
    let group = json!({"displayName": "G", "urn:x:y": {"a": 1.0}});
    let id = world.group(&directory, group.clone()).await?;
    let told = world.log().await?.len();
    let parsed = scim::resource::parse(&schema::GROUP, group, &scim::Lenience::all())?;
    world.write(&directory, Request::ReplaceGroup(id, parsed)).await?;
    assert_eq!(world.log().await?.len(), told);
    Ok(())
}

async fn unknown_members_are_counted(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let (directory, _) = world.directory().await?;
    let users = world.users(&directory, 0..1).await?;
    let group = world.group(&directory, json!({"displayName": "G"})).await?;
    let absent = "directory_user_01ARZ3NDEKTSV4RRFFQ69G5FAV";
    let members = json!([{"value": users[0]}, {"value": "nobody"}, {"value": absent}]);
    let patch = patch_group(json!({"Operations": [{"op": "add", "path": "members", "value": members}]}))?;
    let Answer::Group(answer) = world.write(&directory, Request::PatchGroup(group, patch)).await? else {
        anyhow::bail!("not a group");
    };
    assert_eq!(answer.unknown_members.waiting, 2);
    let names: Vec<_> = answer.deviations.iter().map(|deviation| deviation.name).collect();
    assert!(names.contains(&"unknown_member"), "{names:?}");
    Ok(())
}

/// Each event of a member repeats the group: a large one takes few members at once.
async fn news_of_members_are_bounded(database: Database) -> Result<()> {
    let world = World::new(&database).await?;
    let (directory, _) = world.directory().await?;
    let users = world.users(&directory, 0..2200).await?;
    let group = world.group(&directory, json!({"displayName": "G", "urn:x:y": {"a": "x".repeat(250_000)}})).await?;
    let add = async |users: &[String]| {
        let members: Vec<Value> = users.iter().map(|id| json!({"value": id})).collect();
        let patch = patch_group(json!({"Operations": [
            {"op": "replace", "path": "externalId", "value": "e"}, {"op": "add", "path": "members", "value": members},
        ]}))?;
        anyhow::Ok(world.write(&directory, Request::PatchGroup(group, patch)).await)
    };
    let told = world.log().await?.len();
    let refused = add(&users).await?;
    ensure!(matches!(&refused, Err(Refusal::Scim(error)) if error.status == 413), "{refused:?}");
    assert_eq!(world.log().await?.len(), told);
    add(&users[..2]).await??;
    assert_eq!(world.log().await?.len(), told + 3);
    Ok(())
}

//! Others' ids and names in filters find what an absent one finds: nothing.

use anyhow::Result;
use reqwest::Method;
use serde_json::Value;
use tests::{Database, on_each_database};

use super::town::{ENTERPRISE, HIDDEN, Town, absent};

on_each_database!(others_ids_find_nothing, others_names_find_nothing);

/// A list, a filter with `{}` for an id, and whose id finds something there.
enum Whose {
    User,
    Group,
    Manager,
}

fn filters() -> [(&'static str, String, Whose); 12] {
    let by_manager = format!("{ENTERPRISE}:manager.value eq \"{{}}\"");
    [
        ("Users", r#"id eq "{}""#.into(), Whose::User),
        ("Users", r#"id eq "{}" and userName pr"#.into(), Whose::User),
        ("Users", r#"id eq "{}" or userName eq "nobody""#.into(), Whose::User),
        ("Users", r#"groups.value eq "{}""#.into(), Whose::Group),
        ("Users", r#"groups[value eq "{}"]"#.into(), Whose::Group),
        ("Users", by_manager, Whose::Manager),
        ("Groups", r#"id eq "{}""#.into(), Whose::Group),
        ("Groups", r#"id eq "{}" or displayName eq "nobody""#.into(), Whose::Group),
        ("Groups", r#"members.value eq "{}""#.into(), Whose::User),
        ("Groups", r#"members[value eq "{}"]"#.into(), Whose::User),
        ("Groups", r#"members eq "{}""#.into(), Whose::User),
        ("Groups", r#"displayName pr and members.value eq "{}""#.into(), Whose::User),
    ]
}

/// Status and body of a list.
async fn list(town: &Town, kind: &str, filter: &str) -> Result<(u16, Value)> {
    let mut url: reqwest::Url = format!("{}/{kind}", town.ours.scim).parse()?;
    url.query_pairs_mut().append_pair("filter", filter);
    let request = town.house.client.get(url).bearer_auth(&town.ours.token);
    let response = request.send().await?;
    Ok((response.status().as_u16(), response.json().await?))
}

async fn others_ids_find_nothing(database: Database) -> Result<()> {
    let town = Town::build(&database).await?;
    let manager = town.user("manager", None).await?;
    let user = town.user("report", Some(&manager)).await?;
    let group = town.group("Crew", &user).await?;
    for (kind, filter, whose) in filters() {
        let own = match whose {
            Whose::User => &user,
            Whose::Group => &group,
            Whose::Manager => &manager,
        };
        let (status, found) = list(&town, kind, &filter.replace("{}", own)).await?;
        assert_eq!((status, &found["totalResults"]), (200, &1.into()), "{kind} {filter}: {found}");
        for id in town.others().into_iter().flat_map(|of| [&of.user, &of.group]) {
            let foreign = list(&town, kind, &filter.replace("{}", id)).await?;
            let nobodys = list(&town, kind, &filter.replace("{}", &absent(id))).await?;
            assert_eq!(foreign, nobodys, "{kind} {filter}");
            assert_eq!((foreign.0, &foreign.1["totalResults"]), (200, &0.into()), "{kind} {filter}: {}", foreign.1);
        }
    }
    town.close().await
}

async fn others_names_find_nothing(database: Database) -> Result<()> {
    let town = Town::build(&database).await?;
    let user = town.user("ours", None).await?;
    town.group("Crew", &user).await?;
    for (kind, attribute) in [
        ("Users", "userName"),
        ("Users", "externalId"),
        ("Users", "title"),
        ("Groups", "displayName"),
        ("Groups", "externalId"),
    ] {
        for filter in [
            format!(r#"{attribute} eq "{HIDDEN}-sibling""#),
            format!(r#"{attribute} eq "{HIDDEN}-foreign""#),
            format!(r#"{attribute} co "{HIDDEN}""#),
            format!(r#"{attribute} sw "{HIDDEN}""#),
        ] {
            let (status, found) = list(&town, kind, &filter).await?;
            assert_eq!((status, &found["totalResults"]), (200, &0.into()), "{kind} {filter}: {found}");
        }
        let (status, all) = list(&town, kind, "id pr").await?;
        assert_eq!((status, &all["totalResults"]), (200, &1.into()), "{all}");
    }
    for path in web::ingress::paths() {
        let response = town.house.scim(&town.ours, Method::GET, &format!("/{path}"), None).await?;
        town.hides(&response.text().await?, "nothing was asked")?;
    }
    town.close().await
}

//! A handle of one tenant sees nothing of another, whatever it is asked.

use model::id::{DirectoryId, OrganizationId, UserId};
use model::query::{
    DirectoryFilter, EventFilter, GroupFilter, IndexPage, Order, OrganizationFilter, PageQuery, UserFilter,
};
use store::{Condition, DirectoryReader, Listing, Reader};
use tests::{Database, on_each_database};

use crate::house::{self, MIGRATED, Outcome};
use crate::tenant::Tenant;

on_each_database!(
    MIGRATED: an_environments_reader_sees_its_own_rows_only,
    a_directorys_reader_sees_its_own_rows_only,
    a_transaction_gets_no_endpoint_of_another_environment,
    a_token_opens_its_own_directory_only,
);

fn all<I>() -> PageQuery<I> {
    PageQuery { limit: 100, order: Order::Newest, before: None, after: None }
}

/// What each question finds, by name: asked through one tenant's reader about `of`'s rows.
pub(crate) async fn by_id(reader: &Reader, of: &Tenant) -> anyhow::Result<Vec<(&'static str, bool)>> {
    let external_id = of.organization.external_id.as_deref().unwrap();
    Ok(vec![
        ("organization", reader.find_organization(of.organization.id).await?.is_some()),
        ("external id", reader.find_organization_by_external_id(external_id).await?.is_some()),
        ("directory", reader.find_directory(of.directory.id).await?.is_some()),
        ("user", reader.find_user(of.user.id).await?.is_some()),
        ("group", reader.find_group(of.group.id).await?.is_some()),
        ("event", reader.position_of(of.event).await?.is_some()),
        ("endpoint", reader.find_endpoint(of.endpoint.id).await?.is_some()),
        ("deliveries", !reader.list_deliveries(of.endpoint.id, all()).await?.items.is_empty()),
        ("attempts", reader.list_attempts(of.fanned.id).await?.iter().any(|attempt| attempt.id == of.attempt)),
    ])
}

/// Lists filtered by what is `of`'s.
pub(crate) async fn filtered(reader: &Reader, of: &Tenant) -> anyhow::Result<Vec<(&'static str, bool)>> {
    let domains = of.organization.domains.iter().map(|domain| domain.domain.clone()).collect();
    let organizations = OrganizationFilter { domains, search: None };
    let directories = DirectoryFilter { organization_id: Some(of.organization.id), search: None };
    let users =
        |filter: UserFilter| async move { reader.list_users(&filter, all()).await.map(|page| !page.items.is_empty()) };
    let groups = |filter: GroupFilter| async move {
        reader.list_groups(&filter, all()).await.map(|page| !page.items.is_empty())
    };
    let view = of.user.view.clone().unwrap();
    let (directory_id, group_id, user_id) = (Some(of.directory.id), Some(of.group.id), Some(of.user.id));
    let events = EventFilter { organization_id: Some(of.organization.id), ..kinds() };
    Ok(vec![
        ("organizations by domain", !reader.list_organizations(&organizations, all()).await?.items.is_empty()),
        ("directories by organization", !reader.list_directories(&directories, all()).await?.items.is_empty()),
        ("users by directory", users(UserFilter { directory_id, ..UserFilter::default() }).await?),
        ("users by group", users(UserFilter { group_id, ..UserFilter::default() }).await?),
        (
            "users by idp_id",
            users(UserFilter { directory_id, idp_id: Some(view.idp_id), ..UserFilter::default() }).await?,
        ),
        ("users by email", users(UserFilter { directory_id, email: view.email_key, ..UserFilter::default() }).await?),
        ("groups by directory", groups(GroupFilter { directory_id, ..GroupFilter::default() }).await?),
        ("groups by user", groups(GroupFilter { user_id, ..GroupFilter::default() }).await?),
        ("events by organization", !reader.list_events(&events, 0, 100).await?.is_empty()),
    ])
}

fn kinds() -> EventFilter {
    EventFilter { kinds: vec!["dsync.user.created".to_owned()], ..EventFilter::default() }
}

/// How many rows each unfiltered list shows.
pub(crate) async fn unfiltered(reader: &Reader) -> anyhow::Result<[usize; 6]> {
    Ok([
        reader.list_organizations(&OrganizationFilter::default(), all::<OrganizationId>()).await?.items.len(),
        reader.list_directories(&DirectoryFilter::default(), all::<DirectoryId>()).await?.items.len(),
        reader.list_users(&UserFilter::default(), all::<UserId>()).await?.items.len(),
        reader.list_groups(&GroupFilter::default(), all()).await?.items.len(),
        reader.list_events(&kinds(), 0, 100).await?.len(),
        reader.list_endpoints(all()).await?.items.len(),
    ])
}

async fn an_environments_reader_sees_its_own_rows_only(database: Database) -> Outcome {
    let store = house::open(database.url()).await?;
    let (ours, theirs) = (Tenant::new(&store, "ours").await?, Tenant::new(&store, "theirs").await?);
    let reader = store.environment(ours.environment);
    for (of, seen) in [(&ours, true), (&theirs, false)] {
        let asked = [by_id(&reader, of).await?, filtered(&reader, of).await?].concat();
        let wrong: Vec<_> = asked.iter().filter(|(_, found)| *found != seen).map(|(what, _)| *what).collect();
        assert!(wrong.is_empty(), "expected {seen} of {wrong:?}");
    }
    assert_eq!(unfiltered(&reader).await?, [1; 6]);
    let search = Some("fennimore".to_owned());
    let named = OrganizationFilter { search, ..OrganizationFilter::default() };
    assert_eq!(reader.list_organizations(&named, all::<OrganizationId>()).await?.items.len(), 1);
    assert_eq!(reader.environment().await?.map(|environment| environment.id), Some(ours.environment));
    Ok(())
}

/// What SCIM may ask, each naming `of`'s rows.
pub(crate) async fn documents(reader: &DirectoryReader, of: &Tenant) -> anyhow::Result<Vec<usize>> {
    let page = IndexPage { start_index: 1, count: 100 };
    let (user, group) = (of.user.document.as_ref().unwrap(), of.group.document.as_ref().unwrap());
    let mut found = Vec::new();
    for (id, name, external) in [
        (of.user.id.to_string(), &user.user_name_key, &user.external_id),
        (of.group.id.to_string(), &group.display_name_key, &group.external_id),
    ] {
        let external = external.clone().unwrap();
        for condition in [Condition::Id(id), Condition::NameKey(name.clone()), Condition::ExternalId(external)] {
            found.push(reader.list_users(&Listing::page(std::slice::from_ref(&condition), page)).await?.len());
            found.push(reader.list_groups(&Listing::page(std::slice::from_ref(&condition), page)).await?.len());
        }
    }
    found.push(reader.list_groups(&Listing::page(&[Condition::Member(of.user.id.to_string())], page)).await?.len());
    found.push(reader.members_of(of.group.id).await?.len());
    found.push(reader.groups_of(of.user.id).await?.len());
    found.push(reader.some_groups_of(&[of.user.id], None).await?.len());
    Ok(found)
}

async fn a_directorys_reader_sees_its_own_rows_only(database: Database) -> Outcome {
    let store = house::open(database.url()).await?;
    let (ours, theirs) = (Tenant::new(&store, "ours").await?, Tenant::new(&store, "theirs").await?);
    let (mine, other) = (store.directory(ours.directory.id), store.directory(theirs.directory.id));
    assert_eq!(documents(&mine, &ours).await?.iter().sum::<usize>(), 14, "each question finds one, names both kinds");
    assert_eq!(documents(&other, &ours).await?.iter().sum::<usize>(), 0);
    let page = IndexPage { start_index: 1, count: 100 };
    assert_eq!(
        (
            mine.list_users(&Listing::page(&[], page)).await?.len(),
            mine.list_groups(&Listing::page(&[], page)).await?.len()
        ),
        (1, 1)
    );
    assert_eq!(mine.list_tokens().await?, std::slice::from_ref(&ours.token));
    Ok(())
}

async fn a_transaction_gets_no_endpoint_of_another_environment(database: Database) -> Outcome {
    let store = house::open(database.url()).await?;
    let (ours, theirs) = (Tenant::new(&store, "ours").await?, Tenant::new(&store, "theirs").await?);
    let mut tx = store.begin(&[]).await?;
    assert!(tx.get_endpoint(ours.environment, ours.endpoint.id).await?.is_some());
    assert!(tx.get_endpoint(ours.environment, theirs.endpoint.id).await?.is_none());
    assert!(!tx.delete_endpoint(ours.environment, theirs.endpoint.id).await?);
    assert!(tx.delete_token(ours.directory.id, theirs.token.id).await?.is_none());
    Ok(())
}

async fn a_token_opens_its_own_directory_only(database: Database) -> Outcome {
    let store = house::open(database.url()).await?;
    let (ours, theirs) = (Tenant::new(&store, "ours").await?, Tenant::new(&store, "theirs").await?);
    let (system, hash) = (store.system(), model::secret::Secret::from_text("ours").hash());
    let found = system.authenticate(&ours.directory.external_key, &hash).await?.unwrap();
    assert_eq!((found.directory.id, found.token_id), (ours.directory.id, ours.token.id));
    assert!(system.authenticate(&theirs.directory.external_key, &hash).await?.is_none());
    assert!(system.authenticate("key of nobody", &hash).await?.is_none());
    Ok(())
}

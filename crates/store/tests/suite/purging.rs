//! What was deleted goes in batches, and nothing else does.

use model::event::StreamId;
use model::tenant::DirectoryState;
use store::{Listing, Net, PURGE_ROWS, Store, Writes};
use tests::{Database, on_each_database};

use crate::house::{self, MIGRATED, Outcome};
use crate::tenant::{Tenant, user};

on_each_database!(
    MIGRATED: a_deleted_directory_goes_with_its_rows_and_the_log_stays,
    a_batch_ends_at_the_limit,
    an_organization_goes_when_its_directories_have_gone,
);

async fn retire(store: &Store, tenant: &Tenant) -> Outcome {
    let mut tx = store.begin(&[StreamId::Organization(tenant.organization.id)]).await?;
    let mut directory = tx.get_directory(tenant.directory.id).await?.unwrap();
    directory.state = DirectoryState::Deleting;
    tx.update_directories(&[directory]);
    tx.commit().await?;
    Ok(())
}

/// How many batches there were.
async fn purge(store: &Store) -> anyhow::Result<usize> {
    let mut batches = 0;
    while store.system().purge().await? {
        batches += 1;
    }
    Ok(batches)
}

async fn a_deleted_directory_goes_with_its_rows_and_the_log_stays(database: Database) -> Outcome {
    let store = house::open(database.url()).await?;
    let (ours, theirs) = (Tenant::new(&store, "ours").await?, Tenant::new(&store, "theirs").await?);
    assert_eq!(purge(&store).await?, 0);
    retire(&store, &ours).await?;
    assert_eq!(purge(&store).await?, 5, "memberships, users, groups, tokens, the directory");
    let tx = store.begin(&[]).await?;
    assert!(tx.get_directory(ours.directory.id).await?.is_none());
    drop(tx);
    assert_eq!(rows(&store, &ours).await?, [0, 0, 0, 0]);
    assert_eq!(rows(&store, &theirs).await?, [1, 1, 1, 1]);
    assert_eq!(store.system().events_past(ours.environment, 0, 10).await?.events.len(), 1);
    let tx = store.begin(&[StreamId::Organization(ours.organization.id)]).await?;
    assert_eq!(tx.heads.len(), 1, "a stream outlives what it is named for");
    Ok(())
}

/// Users, groups, memberships and tokens.
async fn rows(store: &Store, of: &Tenant) -> anyhow::Result<[usize; 4]> {
    let reader = store.directory(of.directory.id);
    let page = model::query::IndexPage { start_index: 1, count: 10 };
    Ok([
        reader.list_users(&Listing::page(&[], page)).await?.len(),
        reader.list_groups(&Listing::page(&[], page)).await?.len(),
        reader.members_of(of.group.id).await?.len(),
        reader.list_tokens().await?.len(),
    ])
}

async fn a_batch_ends_at_the_limit(database: Database) -> Outcome {
    let store = house::open(database.url()).await?;
    // Each has a user already. A batch each for memberships, groups, tokens and the directory.
    for (name, more, batches) in [("at", PURGE_ROWS - 1, 1 + 4), ("past", PURGE_ROWS, 2 + 4)] {
        let tenant = Tenant::new(&store, name).await?;
        let mut tx = store.begin(&[StreamId::Organization(tenant.organization.id)]).await?;
        let more = (0..more).map(|at| user(&store, &tx, &tenant.directory, &format!("user {at}"))).collect();
        tx.write(Writes { users: Net { inserted: more, ..Net::default() }, ..Writes::default() }).await?;
        tx.commit().await?;
        retire(&store, &tenant).await?;
        assert_eq!(purge(&store).await?, batches, "{name} the limit");
    }
    Ok(())
}

async fn an_organization_goes_when_its_directories_have_gone(database: Database) -> Outcome {
    let store = house::open(database.url()).await?;
    let tenant = Tenant::new(&store, "ours").await?;
    retire(&store, &tenant).await?;
    let tx = store.begin(&[StreamId::Organization(tenant.organization.id)]).await?;
    tx.hide_organization(tenant.organization.id).await?;
    tx.commit().await?;
    let reader = store.environment(tenant.environment);
    assert!(reader.find_organization(tenant.organization.id).await?.is_none(), "hidden at once");
    assert_eq!(purge(&store).await?, 6, "the organization last");
    Ok(())
}

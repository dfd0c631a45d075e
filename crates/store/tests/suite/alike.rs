//! What both databases must do alike, though their defaults differ.

use model::event::StreamId;
use store::{Condition, Listing, Net, Store, Writes};
use tests::{Database, on_each_database};

use crate::house::{self, MIGRATED, Outcome};
use crate::tenant::{Tenant, user};

on_each_database!(
    MIGRATED: text_is_ordered_bytewise,
    keys_are_compared_bytewise,
    text_comes_back_as_it_was,
);

async fn text_is_ordered_bytewise(database: Database) -> Outcome {
    let store = house::open(database.url()).await?;
    let names = ["é", "Z", "a-b", "a", "ab", "_", "😀", "ﬀ", "A"].map(str::to_owned);
    store.system().hold_leases(&store.new_holder(false), &names, 60_000).await?;
    let mut sorted = names.to_vec();
    sorted.sort_by(|a, b| a.as_bytes().cmp(b.as_bytes()));
    let listed = store.system().list_leases().await?;
    assert_eq!(listed.into_iter().map(|row| row.name).collect::<Vec<_>>(), sorted);
    Ok(())
}

/// One more user of the tenant with this key.
async fn insert(store: &Store, tenant: &Tenant, key: &str) -> Result<(), store::Error> {
    let mut tx = store.begin(&[StreamId::Organization(tenant.organization.id)]).await?;
    let inserted = vec![user(store, &tx, &tenant.directory, key)];
    tx.write(Writes { users: Net { inserted, ..Net::default() }, ..Writes::default() }).await?;
    tx.commit().await.map(drop)
}

/// Case is folded before: the database folds nothing, and trims nothing.
async fn keys_are_compared_bytewise(database: Database) -> Outcome {
    let store = house::open(database.url()).await?;
    let tenant = Tenant::new(&store, "ada").await?;
    let keys = ["Ada", "ADA", "ada ", "a\u{301}da", "áda", "ä", "Ä"];
    for key in keys {
        insert(&store, &tenant, key).await?;
    }
    for key in keys.into_iter().chain(["ada"]) {
        assert!(matches!(insert(&store, &tenant, key).await, Err(store::Error::Conflict(_))), "{key:?}");
        let found = find(&store, &tenant, key).await?;
        assert_eq!(found, [key.to_owned()]);
    }
    Ok(())
}

async fn find(store: &Store, tenant: &Tenant, key: &str) -> anyhow::Result<Vec<String>> {
    let page = model::query::IndexPage { start_index: 1, count: 10 };
    let found = store
        .directory(tenant.directory.id)
        .list_users(&Listing::page(&[Condition::NameKey(key.to_owned())], page))
        .await?;
    Ok(found.into_iter().filter_map(|user| user.document).map(|document| document.user_name_key).collect())
}

/// Through arrays on the one, through JSON on the other.
async fn text_comes_back_as_it_was(database: Database) -> Outcome {
    let store = house::open(database.url()).await?;
    let tenant = Tenant::new(&store, "ada").await?;
    for key in ["\"quoted\"", "back\\slash", "{a,b}", "NULL", "null", "line\nfeed", "\u{1}\u{7f}", "😀\u{10ffff}", "$1"]
    {
        insert(&store, &tenant, key).await?;
        assert_eq!(find(&store, &tenant, key).await?, [key.to_owned()]);
    }
    Ok(())
}

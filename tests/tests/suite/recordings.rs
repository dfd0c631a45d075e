//! Recorded traffic of identity providers, replayed from outside, each to a fresh directory.

use anyhow::Result;
use tests::replay::replay;
use tests::{Database, on_each_bus};

use crate::tenant::House;

/// Those that are played over three brokers, too.
pub(crate) const RECORDINGS: [&str; 4] =
    ["entra-default-lifecycle", "okta-oin-lifecycle", "okta-group-push", "okta-import"];

on_each_bus!(
    authentik_lifecycle,
    edge_malformed_input,
    entra_compliant_lifecycle,
    entra_default_lifecycle,
    okta_oin_lifecycle,
    okta_group_push,
    okta_import,
    onelogin_lifecycle,
    pingfederate_lifecycle,
);

async fn authentik_lifecycle(database: Database) -> Result<()> {
    check(&database, "authentik-lifecycle").await
}

async fn edge_malformed_input(database: Database) -> Result<()> {
    check(&database, "edge-malformed-input").await
}

async fn entra_compliant_lifecycle(database: Database) -> Result<()> {
    check(&database, "entra-compliant-lifecycle").await
}

async fn onelogin_lifecycle(database: Database) -> Result<()> {
    check(&database, "onelogin-lifecycle").await
}

async fn pingfederate_lifecycle(database: Database) -> Result<()> {
    check(&database, "pingfederate-lifecycle").await
}

async fn entra_default_lifecycle(database: Database) -> Result<()> {
    check(&database, "entra-default-lifecycle").await
}

async fn okta_oin_lifecycle(database: Database) -> Result<()> {
    check(&database, "okta-oin-lifecycle").await
}

async fn okta_group_push(database: Database) -> Result<()> {
    check(&database, "okta-group-push").await
}

async fn okta_import(database: Database) -> Result<()> {
    check(&database, "okta-import").await
}

async fn check(database: &Database, recording: &str) -> Result<()> {
    let house = House::open(database).await?;
    let tenant = house.tenant().await?;
    let feed = house.feed(&tenant).await?;
    let played = replay(&house.target(&tenant, &feed), recording).await?;
    assert!(played.failed == 0 && played.passed > 0, "{}", played.output);
    house.serving.terminate().await?;
    Ok(())
}

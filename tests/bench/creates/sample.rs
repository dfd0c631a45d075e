//! One user's rows as the node wrote them: what the baseline writes again.

use anyhow::{Context, Result};
use sea_orm::{ConnectionTrait, Database, FromQueryResult, Statement};

use crate::house::House;

#[derive(FromQueryResult)]
pub(crate) struct Sample {
    pub(crate) environment_id: String,
    pub(crate) directory_id: String,
    pub(crate) stream_id: String,
    pub(crate) document: String,
    pub(crate) view: String,
    pub(crate) user_name_key: String,
    pub(crate) display_name_key: String,
    pub(crate) external_id: String,
    pub(crate) idp_id: String,
    pub(crate) email_key: String,
    pub(crate) mail_key: String,
    pub(crate) body: String,
}

/// How many users are made first, as a warm-up, and so that there is one to look at.
const WARM_UP_SECONDS: u64 = 2;

pub(crate) async fn take(house: &House, seed: u64) -> Result<Sample> {
    house.load(8, WARM_UP_SECONDS, seed + 1000).await?;
    let connection = Database::connect(house.database.url()).await?;
    let sql = "SELECT u.environment_id, u.directory_id, e.stream_id, u.document, u.view, u.user_name_key, u.external_id, \
               u.display_name_key, u.idp_id, u.email_key, u.mail_key, b.body FROM users u JOIN events e ON e.user_id = u.id \
               JOIN event_bodies b ON b.event_id = e.id LIMIT 1";
    let row = connection.query_one_raw(Statement::from_string(connection.get_database_backend(), sql)).await?;
    let sample = Sample::from_query_result(&row.context("no user was made")?, "")?;
    connection.close().await?;
    Ok(sample)
}

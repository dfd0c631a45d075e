//! A row of `deliveries`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "deliveries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub environment_id: String,
    pub endpoint_id: String,
    pub event_id: String,
    pub cause: String,
    pub stream_id: String,
    pub directory_id: Option<String>,
    pub user_id: Option<String>,
    pub group_id: Option<String>,
    pub reach: String,
    pub position: i64,
    pub state: String,
    pub attempts: i64,
    pub tried_at: Option<i64>,
    pub due_at: i64,
    pub epoch: i64,
    pub created_at: i64,
    pub updated_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

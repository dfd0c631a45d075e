//! A row of `events`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub commit_id: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub ordinal: i64,
    pub id: String,
    pub environment_id: String,
    pub stream_id: String,
    pub sequence: i64,
    pub previous: i64,
    pub version: i64,
    pub kind: String,
    pub directory_id: Option<String>,
    pub user_id: Option<String>,
    pub group_id: Option<String>,
    pub revokes: bool,
    pub created_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

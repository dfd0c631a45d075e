//! A row of `groups`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "groups")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub environment_id: String,
    pub directory_id: String,
    pub version: i64,
    pub created_at: i64,
    pub updated_at: i64,
    pub document: Option<String>,
    pub display_name_key: Option<String>,
    pub external_id: Option<String>,
    pub view: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! A row of `directories`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "directories")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub environment_id: String,
    pub organization_id: String,
    pub external_key: String,
    pub kind: String,
    pub state: String,
    pub name: String,
    pub name_key: String,
    pub settings: String,
    pub tokens_version: i64,
    pub documents_users: i64,
    pub documents_groups: i64,
    pub views_users_active: i64,
    pub views_users_inactive: i64,
    pub views_groups: i64,
    pub parked: i64,
    pub created_at: i64,
    pub updated_at: i64,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

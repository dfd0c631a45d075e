//! A row of `users`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub environment_id: String,
    pub directory_id: String,
    pub version: i64,
    pub created_at: i64,
    pub updated_at: i64,
    pub document: Option<String>,
    pub user_name_key: Option<String>,
    pub display_name_key: Option<String>,
    pub external_id: Option<String>,
    pub active: bool,
    pub view: Option<String>,
    pub idp_id: Option<String>,
    pub email_key: Option<String>,
    pub state: Option<String>,
    /// Of who has one address in the document; `email_key` is the view's.
    pub mail_key: Option<String>,
    /// Of who has several: a JSON array, whose keys the database keeps in `mails`.
    pub mail_keys: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

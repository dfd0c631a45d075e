//! Users' documents.

use model::query::IndexPage;
use model::resource::User;

use super::{Condition, Extent, index_page};
use crate::error::Error;
use crate::reader::DirectoryReader;
use crate::table::user::Model;
use crate::{read, users};

impl DirectoryReader {
    /// How much there is to list. One statement, which reads no document.
    pub async fn extent_of_users(&self, conditions: &[Condition], most: u64) -> Result<Extent, Error> {
        self.extent("users", "user_name_key", conditions, most).await
    }

    /// One statement.
    pub async fn list_users(&self, conditions: &[Condition], page: IndexPage) -> Result<Vec<User>, Error> {
        let mut query = self.documents("users", "user_name_key", conditions);
        index_page(&mut query, page);
        let rows: Vec<Model> = read::all(&self.store.0.read, self.store.0.dialect, &query.sql, query.values).await?;
        rows.into_iter().map(users::noun).collect()
    }
}

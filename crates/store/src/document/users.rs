//! Users' documents.

use model::resource::User;

use super::{Condition, Extent, Listing};
use crate::error::Error;
use crate::reader::DirectoryReader;
use crate::table::user::Model;
use crate::users;

impl DirectoryReader {
    /// How much there is to list. One statement, which reads no document.
    pub async fn extent_of_users(&self, conditions: &[Condition], most: u64) -> Result<Extent, Error> {
        self.extent("users", "user_name_key", conditions, most).await
    }

    pub async fn list_users(&self, listing: &Listing<'_>) -> Result<Vec<User>, Error> {
        let rows: Vec<Model> = self.listed("users", "user_name_key", listing).await?;
        rows.into_iter().map(users::noun).collect()
    }
}

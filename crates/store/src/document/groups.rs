//! Groups' documents.

use model::resource::Group;

use super::{Condition, Extent, Listing};
use crate::error::Error;
use crate::groups;
use crate::reader::DirectoryReader;
use crate::table::group::Model;

impl DirectoryReader {
    /// How much there is to list. One statement, which reads no document.
    pub async fn extent_of_groups(&self, conditions: &[Condition], most: u64) -> Result<Extent, Error> {
        self.extent("groups", "display_name_key", conditions, most).await
    }

    pub async fn list_groups(&self, listing: &Listing<'_>) -> Result<Vec<Group>, Error> {
        let rows: Vec<Model> = self.listed("groups", "display_name_key", listing).await?;
        rows.into_iter().map(groups::noun).collect()
    }
}

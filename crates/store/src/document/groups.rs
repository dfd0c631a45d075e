//! Groups' documents.

use model::query::IndexPage;
use model::resource::Group;

use super::{Condition, Extent, index_page};
use crate::error::Error;
use crate::reader::DirectoryReader;
use crate::table::group::Model;
use crate::{groups, read};

impl DirectoryReader {
    /// How much there is to list. One statement, which reads no document.
    pub async fn extent_of_groups(&self, conditions: &[Condition], most: u64) -> Result<Extent, Error> {
        self.extent("groups", "display_name_key", conditions, most).await
    }

    /// One statement.
    pub async fn list_groups(&self, conditions: &[Condition], page: IndexPage) -> Result<Vec<Group>, Error> {
        let mut query = self.documents("groups", "display_name_key", conditions);
        index_page(&mut query, page);
        let rows: Vec<Model> = read::all(&self.store.0.read, self.store.0.dialect, &query.sql, query.values).await?;
        rows.into_iter().map(groups::noun).collect()
    }
}

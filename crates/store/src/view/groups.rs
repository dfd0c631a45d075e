//! Groups' views.

use model::id::GroupId;
use model::query::{GroupFilter, Page, PageQuery};
use model::tenant::DirectoryState;
use sea_orm::FromQueryResult;

use super::LIVE;
use crate::error::Error;
use crate::query::Query;
use crate::read;
use crate::reader::Reader;

#[derive(FromQueryResult)]
struct Row {
    id: String,
    view: String,
}

impl Reader {
    /// A group's public JSON.
    pub async fn find_group(&self, id: GroupId) -> Result<Option<String>, Error> {
        let mut query = self.groups("groups t");
        query.and("t.id = ?", id.to_string());
        query.and("t.environment_id = ?", self.environment_id.to_string());
        Ok(self.group_views(query).await?.pop().map(|(_, view)| view))
    }

    /// Ids and public JSON. One statement a page.
    pub async fn list_groups(
        &self,
        filter: &GroupFilter,
        page: PageQuery<GroupId>,
    ) -> Result<Page<(GroupId, String), GroupId>, Error> {
        let environment = self.environment_id.to_string();
        let directory = filter.directory_id.map(|id| id.to_string());
        let mut query = match (filter.user_id, directory) {
            (None, None) => {
                let mut query = self.groups("groups t");
                query.within("t.environment_id", environment);
                query
            }
            (None, Some(directory)) => {
                let mut query = self.groups("groups t");
                query.and("t.environment_id = ?", environment);
                query.within("t.directory_id", directory);
                query
            }
            (Some(user), directory) => {
                let mut query = self.groups("memberships m JOIN groups t ON t.id = m.group_id");
                query.and("m.told AND t.environment_id = ?", environment);
                query.and_some("t.directory_id = ?", directory);
                query.within("m.user_id", user.to_string());
                query
            }
        };
        query.page(if filter.user_id.is_some() { "m.group_id" } else { "t.id" }, page);
        Ok(page.finish(self.group_views(query).await?, |(id, _)| *id))
    }

    fn groups(&self, from: &str) -> Query {
        let mut query = Query::new(self.store.0.dialect, "t.id, t.view", from);
        query.and(LIVE, DirectoryState::Deleting.as_str());
        query.sql.push_str(" AND t.view IS NOT NULL");
        query
    }

    async fn group_views(&self, query: Query) -> Result<Vec<(GroupId, String)>, Error> {
        let rows: Vec<Row> = read::all(&self.store.0.read, self.store.0.dialect, &query.sql, query.values).await?;
        rows.into_iter().map(|row| Ok((read::id(&row.id)?, row.view))).collect()
    }
}

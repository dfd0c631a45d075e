//! Users' views, with the groups they are told to be in.

use std::collections::HashMap;

use model::case_key;
use model::id::UserId;
use model::query::{Page, PageQuery, UserFilter};
use model::tenant::DirectoryState;
use sea_orm::FromQueryResult;

use super::LIVE;
use crate::error::Error;
use crate::query::Query;
use crate::read;
use crate::reader::Reader;

/// A user's public JSON, and that of its groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserWithGroups {
    pub id: UserId,
    pub view: String,
    pub groups: Vec<String>,
}

#[derive(FromQueryResult)]
struct Row {
    id: String,
    view: String,
}

#[derive(FromQueryResult)]
struct GroupRow {
    user_id: String,
    view: String,
}

impl Reader {
    pub async fn find_user(&self, id: UserId) -> Result<Option<UserWithGroups>, Error> {
        let mut query = self.users("users t");
        query.and("t.id = ?", id.to_string());
        query.and("t.environment_id = ?", self.environment_id.to_string());
        Ok(self.with_groups(query).await?.pop())
    }

    /// Two statements a page, however many users and groups.
    pub async fn list_users(
        &self,
        filter: &UserFilter,
        page: PageQuery<UserId>,
    ) -> Result<Page<UserWithGroups, UserId>, Error> {
        let mut query = match filter.group_id {
            None => self.users("users t"),
            Some(group) => {
                let mut query = self.users("memberships m JOIN users t ON t.id = m.user_id");
                query.and("m.told AND t.environment_id = ?", self.environment_id.to_string());
                query.and_some("t.directory_id = ?", filter.directory_id.map(|id| id.to_string()));
                query.within("m.group_id", group.to_string());
                query
            }
        };
        if filter.group_id.is_none() {
            self.scope(&mut query, filter);
        }
        query.and_some("t.idp_id = ?", filter.idp_id.clone());
        query.and_some("t.email_key = ?", filter.email.as_deref().map(case_key));
        let id = if filter.group_id.is_some() { "m.user_id" } else { "t.id" };
        query.page(id, page);
        Ok(page.finish(self.with_groups(query).await?, |user| user.id))
    }

    fn users(&self, from: &str) -> Query {
        let mut query = Query::new(self.store.0.dialect, "t.id, t.view", from);
        query.and(LIVE, DirectoryState::Deleting.as_str());
        query.sql.push_str(" AND t.view IS NOT NULL");
        query
    }

    /// What few rows share needs no range.
    fn scope(&self, query: &mut Query, filter: &UserFilter) {
        let environment = self.environment_id.to_string();
        match filter.directory_id.map(|id| id.to_string()) {
            Some(directory) if filter.idp_id.is_some() || filter.email.is_some() => {
                query.and("t.environment_id = ?", environment);
                query.and("t.directory_id = ?", directory);
            }
            Some(directory) => {
                query.and("t.environment_id = ?", environment);
                query.within("t.directory_id", directory);
            }
            None => query.within("t.environment_id", environment),
        }
    }

    async fn with_groups(&self, query: Query) -> Result<Vec<UserWithGroups>, Error> {
        let (connection, dialect) = (&self.store.0.read, self.store.0.dialect);
        let rows: Vec<Row> = read::all(connection, dialect, &query.sql, query.values).await?;
        let ids: Vec<_> = rows.iter().map(|row| &row.id).collect();
        let mut groups = if ids.is_empty() { HashMap::new() } else { self.groups_of(&ids).await? };
        let user = |row: Row| {
            let groups = groups.remove(&row.id).unwrap_or_default();
            Ok(UserWithGroups { id: read::id(&row.id)?, view: row.view, groups })
        };
        rows.into_iter().map(user).collect()
    }

    async fn groups_of(&self, users: &[&String]) -> Result<HashMap<String, Vec<String>>, Error> {
        let dialect = self.store.0.dialect;
        let (keys, values) = dialect.rows("k", read::keys([users]), 1);
        let told = dialect.lookup_all(&keys, "memberships", "t.user_id = k.c0 AND t.told");
        let sql = format!(
            "SELECT m.user_id, g.view FROM ({told}) AS m JOIN groups g ON g.id = m.group_id \
                           WHERE g.view IS NOT NULL ORDER BY g.id"
        );
        let rows: Vec<GroupRow> = read::all(&self.store.0.read, dialect, &sql, values).await?;
        let mut groups: HashMap<String, Vec<String>> = HashMap::new();
        rows.into_iter().for_each(|row| groups.entry(row.user_id).or_default().push(row.view));
        Ok(groups)
    }
}

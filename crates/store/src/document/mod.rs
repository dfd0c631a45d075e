//! SCIM's face: users and groups of one directory as the identity provider wrote them.

mod groups;
mod users;

use std::fmt::Write;

use model::id::{GroupId, UserId};
use model::query::IndexPage;
use sea_orm::FromQueryResult;

use crate::dialect::Rows;
use crate::error::Error;
use crate::query::Query;
use crate::read;
use crate::reader::DirectoryReader;

/// A term of a list's filter that an index answers; a list's terms are all to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// The id, as text: one that is none matches nothing.
    Id(String),
    /// The user's `userName` or the group's `displayName`, as a case key.
    NameKey(String),
    ExternalId(String),
    /// Groups that this user is in.
    Member(UserId),
    /// Rows past this id: how a scan goes on.
    Past(String),
}

#[derive(FromQueryResult)]
struct Pair {
    group_id: String,
    user_id: String,
}

impl DirectoryReader {
    fn documents(&self, table: &str, name_key: &str, conditions: &[Condition]) -> Query {
        let mut query = Query::new(self.store.0.dialect, "t.*", &format!("{table} t"));
        query.and("t.directory_id = ? AND t.document IS NOT NULL", self.directory_id.to_string());
        for condition in conditions {
            match condition {
                Condition::Id(id) => query.and("t.id = ?", id.as_str()),
                Condition::NameKey(key) => query.and(&format!("t.{name_key} = ?"), key.as_str()),
                Condition::ExternalId(id) => query.and("t.external_id = ?", id.as_str()),
                Condition::Past(id) => query.and("t.id > ?", id.as_str()),
                Condition::Member(user) => query.and(
                    "EXISTS (SELECT 1 FROM memberships m WHERE m.group_id = t.id AND m.user_id = ? AND m.present)",
                    user.to_string(),
                ),
            }
        }
        query
    }

    /// Who is in these groups. One statement.
    pub async fn members_of(&self, groups: &[GroupId]) -> Result<Vec<(GroupId, UserId)>, Error> {
        self.pairs("t.group_id = k.c0 AND t.present", read::keys([groups])).await
    }

    /// Which groups these users are in. One statement.
    pub async fn groups_of(&self, users: &[UserId]) -> Result<Vec<(GroupId, UserId)>, Error> {
        self.pairs("t.user_id = k.c0 AND t.present", read::keys([users])).await
    }

    async fn pairs(&self, condition: &str, keys: Rows) -> Result<Vec<(GroupId, UserId)>, Error> {
        let dialect = self.store.0.dialect;
        let (keys, mut values) = dialect.rows("k", keys, 1);
        values.push(self.directory_id.to_string().into());
        let condition = format!("{condition} AND t.directory_id = ${}", values.len());
        let sql = dialect.lookup_all(&keys, "memberships", &condition);
        let sql = format!("SELECT p.group_id, p.user_id FROM ({sql}) AS p ORDER BY p.group_id, p.user_id");
        let rows: Vec<Pair> = read::all(&self.store.0.read, dialect, &sql, values).await?;
        rows.iter().map(|row| Ok((read::id(&row.group_id)?, read::id(&row.user_id)?))).collect()
    }
}

/// In the order of creation.
fn index_page(query: &mut Query, page: IndexPage) {
    let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    query.values.push(number(page.count).into());
    query.values.push(number(page.start_index.saturating_sub(1)).into());
    let last = query.values.len();
    _ = write!(query.sql, " ORDER BY t.id LIMIT ${} OFFSET ${last}", last - 1);
}

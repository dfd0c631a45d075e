//! SCIM's face: users and groups of one directory as the identity provider wrote them.

mod groups;
mod listing;
mod users;

use std::fmt::{Display, Write};
use std::str::FromStr;

use model::id::{GroupId, UserId};
use sea_orm::FromQueryResult;

use crate::dialect::Rows;
use crate::error::Error;
use crate::memberships::Gathered;
use crate::query::Query;
use crate::read;
use crate::reader::DirectoryReader;

pub use listing::{Key, Listing, SortBy, Start};

/// A term of a list's filter that an index answers; a list's terms are all to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// The id, as text: one that is none matches nothing.
    Id(String),
    /// The user's `userName` or the group's `displayName`, as a case key.
    NameKey(String),
    ExternalId(String),
    /// The user's, as a case key.
    DisplayName(String),
    /// When it was changed last, in milliseconds since the epoch.
    Modified(Bound, i64),
    /// Users who have this e-mail address, a case key, in one of their entries.
    Mail(String),
    /// Groups that this user is in; an id that is none is in none.
    Member(String),
    /// Users who are in this group.
    Group(String),
}

/// On which side of a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    At,
    After,
    AtOrAfter,
    Before,
    AtOrBefore,
}

impl Bound {
    const fn operator(self) -> &'static str {
        match self {
            Self::At => "=",
            Self::After => ">",
            Self::AtOrAfter => ">=",
            Self::Before => "<",
            Self::AtOrBefore => "<=",
        }
    }
}

/// How much a list's conditions leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    pub rows: u64,
    /// Of their documents.
    pub bytes: u64,
}

#[derive(FromQueryResult)]
struct Measured {
    rows: i64,
    bytes: i64,
}

#[derive(FromQueryResult)]
struct Pair {
    group_id: String,
    user_id: String,
}

impl DirectoryReader {
    /// `by_id`: all of them, in the order of ids alone.
    fn documents(&self, table: &str, name_key: &str, conditions: &[Condition], by_id: bool) -> Query {
        let mut query = Query::new(self.store.0.dialect, "t.*", &format!("{table} t"));
        if by_id && conditions.is_empty() {
            query.within("t.directory_id", self.directory_id.to_string());
        } else {
            query.and("t.directory_id = ?", self.directory_id.to_string());
        }
        query.sql.push_str(" AND t.document IS NOT NULL");
        for condition in conditions {
            match condition {
                Condition::Id(id) => query.and("t.id = ?", id.as_str()),
                Condition::NameKey(key) => query.and(&format!("t.{name_key} = ?"), key.as_str()),
                Condition::ExternalId(id) => query.and("t.external_id = ?", id.as_str()),
                Condition::DisplayName(key) => query.and("t.display_name_key = ?", key.as_str()),
                Condition::Modified(bound, ms) => query.and(&format!("t.updated_at {} ?", bound.operator()), *ms),
                Condition::Mail(key) => self.and_mail(&mut query, key),
                Condition::Member(user) => query.and(
                    "EXISTS (SELECT 1 FROM memberships m WHERE m.group_id = t.id AND m.user_id = ? AND m.present)",
                    user.as_str(),
                ),
                Condition::Group(group) => query.and(
                    "EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = t.id AND m.group_id = ? AND m.present)",
                    group.as_str(),
                ),
            }
        }
        query
    }

    /// Those who have one address, and those who have several.
    fn and_mail(&self, query: &mut Query, key: &str) {
        let directory = query.bind(self.directory_id.to_string());
        let key = query.bind(key);
        _ = write!(
            query.sql,
            " AND t.id IN (SELECT u.id FROM users u WHERE u.directory_id = {directory} AND u.mail_key = {key} \
             UNION ALL SELECT m.user_id FROM mails m WHERE m.directory_id = {directory} AND m.mail_key = {key})"
        );
    }

    /// Counted up to `most` rows. One statement, which reads no document.
    async fn extent(&self, table: &str, name_key: &str, conditions: &[Condition], most: u64) -> Result<Extent, Error> {
        let mut query = self.documents(table, name_key, conditions, false);
        query.values.push(number(most).into());
        let sql = format!(
            "SELECT count(*) AS rows, coalesce(sum(octet_length(d.document)), 0) AS bytes FROM ({} LIMIT ${}) AS d",
            query.sql,
            query.values.len()
        );
        let found: Vec<Measured> = read::all(&self.store.0.read, self.store.0.dialect, &sql, query.values).await?;
        let found = found.first().ok_or(Error::Corrupt { what: "extent" })?;
        let natural = |value: i64| u64::try_from(value).unwrap_or(0);
        Ok(Extent { rows: natural(found.rows), bytes: natural(found.bytes) })
    }

    /// Who is in this group, in order. One statement.
    pub async fn members_of(&self, group: GroupId) -> Result<Vec<UserId>, Error> {
        self.gathered(("group_id", "user_id"), &group).await
    }

    /// Which groups this user is in, in order. One statement.
    pub async fn groups_of(&self, user: UserId) -> Result<Vec<GroupId>, Error> {
        self.gathered(("user_id", "group_id"), &user).await
    }

    async fn gathered<I: FromStr + Ord>(
        &self,
        (owner, other): (&str, &str),
        of: &impl Display,
    ) -> Result<Vec<I>, Error> {
        let dialect = self.store.0.dialect;
        let (keys, mut values) = dialect.rows("k", read::keys([&[of]]), 1);
        values.push(self.directory_id.to_string().into());
        let condition = format!("t.{owner} = k.c0 AND t.present AND t.directory_id = ${}", values.len());
        let sql = dialect.gather(&keys, "memberships", other, &condition);
        let rows: Vec<Gathered> = read::all(&self.store.0.read, dialect, &sql, values).await?;
        let mut ids = rows.first().map(|row| row.ids().collect::<Result<Vec<I>, _>>()).transpose()?.unwrap_or_default();
        ids.sort_unstable();
        Ok(ids)
    }

    /// Who is in these groups, in their order, up to `most`. One statement.
    pub async fn some_members_of(
        &self,
        groups: &[GroupId],
        most: Option<u64>,
    ) -> Result<Vec<(GroupId, UserId)>, Error> {
        self.pairs(("group_id", "user_id"), read::keys([groups]), most).await
    }

    /// Which groups these users are in, in the users' order, up to `most`. One statement.
    pub async fn some_groups_of(&self, users: &[UserId], most: Option<u64>) -> Result<Vec<(GroupId, UserId)>, Error> {
        self.pairs(("user_id", "group_id"), read::keys([users]), most).await
    }

    async fn pairs(
        &self,
        (owner, other): (&str, &str),
        keys: Rows,
        most: Option<u64>,
    ) -> Result<Vec<(GroupId, UserId)>, Error> {
        let dialect = self.store.0.dialect;
        let (keys, mut values) = dialect.rows("k", keys, 1);
        values.push(self.directory_id.to_string().into());
        let condition = format!("t.{owner} = k.c0 AND t.present AND t.directory_id = ${}", values.len());
        let sql = dialect.lookup_all(&keys, "memberships", &condition);
        values.push(most.map_or(i64::MAX, number).into());
        let limit = values.len();
        let sql =
            format!("SELECT p.group_id, p.user_id FROM ({sql}) AS p ORDER BY p.{owner}, p.{other} LIMIT ${limit}");
        let rows: Vec<Pair> = read::all(&self.store.0.read, dialect, &sql, values).await?;
        rows.iter().map(|row| Ok((read::id(&row.group_id)?, read::id(&row.user_id)?))).collect()
    }
}

fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

//! Memberships: rows and nouns, the lookups of a batch.

use std::collections::BTreeSet;
use std::str::FromStr;

use model::id::{GroupId, UserId};
use model::resource::Membership;
use sea_orm::ActiveValue::Set;
use sea_orm::FromQueryResult;

use crate::error::Error;
use crate::table::membership::{ActiveModel, Model};
use crate::{Tx, read};

pub(crate) fn noun(row: &Model) -> Result<Membership, Error> {
    Ok(Membership {
        group_id: read::id(&row.group_id)?,
        user_id: read::id(&row.user_id)?,
        environment_id: read::id(&row.environment_id)?,
        directory_id: read::id(&row.directory_id)?,
        present: row.present,
        told: row.told,
    })
}

pub(crate) fn rows(memberships: &[Membership]) -> Vec<ActiveModel> {
    memberships.iter().map(row).collect()
}

fn row(membership: &Membership) -> ActiveModel {
    ActiveModel {
        group_id: Set(membership.group_id.to_string()),
        user_id: Set(membership.user_id.to_string()),
        environment_id: Set(membership.environment_id.to_string()),
        directory_id: Set(membership.directory_id.to_string()),
        present: Set(membership.present),
        told: Set(membership.told),
    }
}

/// A key, and what [`crate::dialect::Dialect::gather`] found for it.
#[derive(FromQueryResult)]
pub(crate) struct Gathered {
    pub(crate) key: String,
    among: String,
}

impl Gathered {
    pub(crate) fn ids<I: FromStr>(&self) -> impl Iterator<Item = Result<I, Error>> {
        self.among.split_ascii_whitespace().map(read::id)
    }
}

impl Tx {
    /// These pairs. The caller has loaded the groups within their directories. One statement.
    pub async fn load_memberships(&self, pairs: &BTreeSet<(GroupId, UserId)>) -> Result<Vec<Membership>, Error> {
        let dialect = self.store.0.dialect;
        let (pairs, values) = dialect.rows("k", read::pairs(pairs.iter().copied()), 1);
        let by_pair = dialect.lookup(&pairs, "memberships", "t.group_id = k.c0 AND t.user_id = k.c1");
        let rows: Vec<Model> = read::all(&self.tx, dialect, &by_pair, values).await?;
        rows.iter().map(noun).collect()
    }

    /// All members of these groups, which the caller has loaded within their directories. One statement.
    pub async fn load_members(&self, groups: &BTreeSet<GroupId>) -> Result<Vec<(GroupId, BTreeSet<UserId>)>, Error> {
        let dialect = self.store.0.dialect;
        let groups: Vec<_> = groups.iter().collect();
        let (groups, values) = dialect.rows("k", read::keys([&groups]), 1);
        let sql = dialect.gather(&groups, "memberships", "user_id", "t.group_id = k.c0 AND t.present");
        let rows: Vec<Gathered> = read::all(&self.tx, dialect, &sql, values).await?;
        rows.iter().map(|row| Ok((read::id(&row.key)?, row.ids().collect::<Result<_, _>>()?))).collect()
    }
}

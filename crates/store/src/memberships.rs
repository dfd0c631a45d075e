//! Memberships: rows and nouns, the lookups of a batch.

use std::collections::BTreeSet;

use model::id::{GroupId, UserId};
use model::resource::Membership;
use sea_orm::ActiveValue::Set;

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

impl Tx {
    /// These pairs, and all members of these groups. The caller has loaded the groups within their directories. One
    /// statement.
    pub async fn load_memberships(
        &self,
        pairs: &BTreeSet<(GroupId, UserId)>,
        whole_groups: &BTreeSet<GroupId>,
    ) -> Result<Vec<Membership>, Error> {
        let dialect = self.store.0.dialect;
        let (pairs, mut values) = dialect.rows("k", read::pairs(pairs.iter().copied()), 1);
        let groups: Vec<_> = whole_groups.iter().collect();
        let (groups, more) = dialect.rows("k", read::keys([&groups]), values.len() + 1);
        values.extend(more);
        let by_pair = dialect.lookup(&pairs, "memberships", "t.group_id = k.c0 AND t.user_id = k.c1");
        let by_group = dialect.lookup_all(&groups, "memberships", "t.group_id = k.c0");
        let rows: Vec<Model> = read::all(&self.tx, dialect, &format!("{by_pair} UNION ALL {by_group}"), values).await?;
        rows.iter().map(noun).collect()
    }
}

//! Writing the net rows of a batch: deletes, then updates, then inserts, each table by one constant statement.

use std::collections::BTreeSet;
use std::mem;

use model::id::{DirectoryId, GroupId, UserId};
use model::resource::{Group, Membership, Parked, Referrer, User};
use model::tenant::Directory;

use super::Tx;
use super::link::Link;
use crate::bulk::Bulk;
use crate::dialect::{Cell, Rows};
use crate::error::Error;
use crate::script::Script;
use crate::{directories, groups, memberships, parked, read, users};

/// What became of the rows of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Net<T, K> {
    pub inserted: Vec<T>,
    pub updated: Vec<T>,
    pub deleted: Vec<K>,
}

impl<T, K> Default for Net<T, K> {
    fn default() -> Self {
        Self { inserted: Vec::new(), updated: Vec::new(), deleted: Vec::new() }
    }
}

/// The net rows of a batch, all within directories that the transaction holds.
#[derive(Debug, Default)]
pub struct Writes {
    pub directories: Vec<Directory>,
    pub users: Net<User, (DirectoryId, UserId)>,
    pub groups: Net<Group, (DirectoryId, GroupId)>,
    pub memberships: Net<Membership, (GroupId, UserId)>,
    /// Groups whose version moves because this user goes, told or not; its memberships go with it.
    pub leavers: Vec<(UserId, i64)>,
    /// Groups whose memberships all go.
    pub dissolved: BTreeSet<GroupId>,
    /// References that wait: they come and go, and never change.
    pub parked: Net<Parked, (Referrer, String)>,
    /// Who waits for nobody any more.
    pub unparked: BTreeSet<Referrer>,
}

impl Tx {
    /// Deletes and updates at once; inserts are staged for the commit, as is all of it in an attempt.
    pub async fn write(&mut self, writes: Writes) -> Result<(), Error> {
        if matches!(self.tx, Link::Pool(_)) {
            self.staged = writes;
            return Ok(());
        }
        let Writes { directories, mut users, mut groups, memberships, leavers, dissolved, parked, unparked } = writes;
        self.run(|script| {
            script.delete("users", &["directory_id", "id"], read::pairs(mem::take(&mut users.deleted)));
            script.delete("groups", &["directory_id", "id"], read::pairs(mem::take(&mut groups.deleted)));
            script.delete("parked", &["referrer_id", "value"], read::pairs(parked.deleted));
        })
        .await?;
        let unparked: Vec<_> = unparked.iter().collect();
        self.run(|script| script.delete("parked", &["referrer_id"], read::keys([&unparked]))).await?;
        self.script.insert(parked::rows(parked.inserted));
        self.stage_rows(directories, users, groups, memberships, !leavers.is_empty()).await?;
        self.run(|script| bump_groups(script, &leavers)).await?;
        let leavers: Vec<_> = leavers.iter().map(|(user, _)| user).collect();
        self.run(|script| script.delete("memberships", &["user_id"], read::keys([&leavers]))).await?;
        let dissolved: Vec<_> = dissolved.iter().collect();
        self.run(|script| script.delete("memberships", &["group_id"], read::keys([&dissolved]))).await
    }

    /// Members who come and go, a piece of many, with the events that were recorded of them.
    pub async fn write_members(
        &mut self,
        joined: &[Membership],
        left: impl IntoIterator<Item = (GroupId, UserId)>,
    ) -> Result<(), Error> {
        self.script.delete("memberships", &["group_id", "user_id"], read::pairs(left));
        self.script.insert(memberships::rows(joined));
        self.flush().await
    }

    /// One round trip; none if nothing was asked for.
    async fn run(&self, fill: impl FnOnce(&mut Script)) -> Result<(), Error> {
        let mut script = Script::new(self.store.0.dialect);
        fill(&mut script);
        script.run(&self.tx).await
    }

    /// Updates run before inserts: a name that an update frees may be taken by an insert. And before the versions that a
    /// leaver moves. Memberships have no names, so those that end go with the updates.
    async fn stage_rows(
        &mut self,
        directories: Vec<Directory>,
        users: Net<User, (DirectoryId, UserId)>,
        groups: Net<Group, (DirectoryId, GroupId)>,
        memberships: Net<Membership, (GroupId, UserId)>,
        at_once: bool,
    ) -> Result<(), Error> {
        let mut updates = Script::new(self.store.0.dialect);
        let apart =
            at_once || !(users.inserted.is_empty() && groups.inserted.is_empty() && memberships.inserted.is_empty());
        let into = if apart { &mut updates } else { &mut self.script };
        into.update(1, users::rows(users.updated));
        into.update(1, groups::rows(groups.updated));
        into.delete("memberships", &["group_id", "user_id"], read::pairs(memberships.deleted));
        into.update(2, memberships::rows(&memberships.updated));
        updates.run(&self.tx).await?;
        self.script.insert(users::rows(users.inserted));
        self.script.insert(groups::rows(groups.inserted));
        self.script.insert(memberships::rows(&memberships.inserted));
        self.script.update(1, directories.iter().map(directories::row).collect::<Vec<_>>());
        Ok(())
    }
}

/// `version` of every group that a leaving user is in, one statement however many there are.
fn bump_groups(script: &mut Script, leavers: &[(UserId, i64)]) {
    if leavers.is_empty() {
        return;
    }
    let (rows, values) = script.rows("r", leaver_rows(leavers));
    script.push(Bulk { sql: bump_text(&rows), values });
}

/// Users and versions.
pub(super) fn leaver_rows(leavers: &[(UserId, i64)]) -> Rows {
    let mut rows = Rows::new(&[Cell::Text, Cell::Int]);
    leavers.iter().for_each(|(user, version)| rows.push([user.to_string().into(), (*version).into()]));
    rows
}

/// The text of [`bump_groups`] for rows `r` of users and versions.
pub(crate) fn bump_text(rows: &str) -> String {
    let latest = format!(
        "SELECT m.group_id AS id, max(r.c1) AS version FROM {rows} JOIN memberships m ON m.user_id = r.c0 \
         GROUP BY m.group_id"
    );
    format!(
        "UPDATE groups AS t SET version = l.version FROM ({latest}) AS l WHERE t.id = l.id AND t.version < l.version"
    )
}

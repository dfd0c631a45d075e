//! Groups: rows and nouns, the lookups of a batch.

use std::collections::BTreeSet;

use model::Timestamp;
use model::id::{DirectoryId, GroupId};
use model::resource::{Group, GroupDocument};
use sea_orm::ActiveValue::Set;

use crate::error::Error;
use crate::table::group::{ActiveModel, Model};
use crate::{Tx, read};

pub(crate) fn noun(row: Model) -> Result<Group, Error> {
    let document = row.document.map(|json| {
        let display_name_key = row.display_name_key.ok_or(Error::Corrupt { what: "group" })?;
        Ok::<_, Error>(GroupDocument { json, display_name_key, external_id: row.external_id })
    });
    Ok(Group {
        id: read::id(&row.id)?,
        environment_id: read::id(&row.environment_id)?,
        directory_id: read::id(&row.directory_id)?,
        version: row.version,
        created_at: Timestamp(row.created_at),
        updated_at: Timestamp(row.updated_at),
        document: document.transpose()?,
        view: row.view,
    })
}

fn row(group: Group) -> ActiveModel {
    let mut row = ActiveModel {
        id: Set(group.id.to_string()),
        environment_id: Set(group.environment_id.to_string()),
        directory_id: Set(group.directory_id.to_string()),
        version: Set(group.version),
        created_at: Set(group.created_at.0),
        updated_at: Set(group.updated_at.0),
        document: Set(None),
        display_name_key: Set(None),
        external_id: Set(None),
        view: Set(group.view),
    };
    if let Some(document) = group.document {
        row.document = Set(Some(document.json));
        row.display_name_key = Set(Some(document.display_name_key));
        row.external_id = Set(document.external_id);
    }
    row
}

pub(crate) fn rows(groups: Vec<Group>) -> Vec<ActiveModel> {
    groups.into_iter().map(row).collect()
}

impl Tx {
    /// The groups with these ids and those with these names (case keys), each within its directory. One statement.
    pub async fn load_groups(
        &self,
        ids: &BTreeSet<(DirectoryId, GroupId)>,
        display_name_keys: &BTreeSet<(DirectoryId, String)>,
    ) -> Result<Vec<Group>, Error> {
        let names = read::pairs(display_name_keys.iter().map(|(directory, name)| (directory, name)));
        let ids = read::pairs(ids.iter().copied());
        let rows = self.load_by_id_or_key::<Model>("groups", "display_name_key", ids, names).await?;
        rows.into_iter().map(noun).collect()
    }
}

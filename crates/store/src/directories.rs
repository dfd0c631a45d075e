//! Directories: rows and nouns.

use model::id::{DirectoryId, OrganizationId};
use model::query::{DirectoryFilter, Page, PageQuery};
use model::tenant::{Counters, Directory, DirectoryState, DirectoryType};
use model::{Timestamp, case_key};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::error::Error;
use crate::reader::Reader;
use crate::table::directory::{ActiveModel, Column, Entity, Model};
use crate::{Tx, page, read};

pub(crate) fn noun(row: Model) -> Result<Directory, Error> {
    Ok(Directory {
        id: read::id(&row.id)?,
        environment_id: read::id(&row.environment_id)?,
        organization_id: read::id(&row.organization_id)?,
        external_key: row.external_key,
        kind: DirectoryType::parse(&row.kind).ok_or(Error::Corrupt { what: "directory type" })?,
        state: DirectoryState::parse(&row.state).ok_or(Error::Corrupt { what: "directory state" })?,
        name: row.name,
        settings: serde_json::from_str(&row.settings).map_err(|_| Error::Corrupt { what: "directory settings" })?,
        tokens_version: row.tokens_version,
        counters: Counters {
            documents_users: row.documents_users,
            documents_groups: row.documents_groups,
            views_users_active: row.views_users_active,
            views_users_inactive: row.views_users_inactive,
            views_groups: row.views_groups,
            parked: row.parked,
        },
        created_at: Timestamp(row.created_at),
        updated_at: Timestamp(row.updated_at),
        version: row.version,
    })
}

pub(crate) fn row(noun: &Directory) -> ActiveModel {
    ActiveModel {
        id: Set(noun.id.to_string()),
        environment_id: Set(noun.environment_id.to_string()),
        organization_id: Set(noun.organization_id.to_string()),
        external_key: Set(noun.external_key.clone()),
        kind: Set(noun.kind.as_str().to_owned()),
        state: Set(noun.state.as_str().to_owned()),
        name: Set(noun.name.clone()),
        name_key: Set(case_key(&noun.name)),
        settings: Set(serde_json::to_string(&noun.settings).unwrap_or_default()),
        tokens_version: Set(noun.tokens_version),
        documents_users: Set(noun.counters.documents_users),
        documents_groups: Set(noun.counters.documents_groups),
        views_users_active: Set(noun.counters.views_users_active),
        views_users_inactive: Set(noun.counters.views_users_inactive),
        views_groups: Set(noun.counters.views_groups),
        parked: Set(noun.counters.parked),
        created_at: Set(noun.created_at.0),
        updated_at: Set(noun.updated_at.0),
        version: Set(noun.version),
    }
}

impl Tx {
    pub fn insert_directory(&mut self, directory: &Directory) {
        self.script.insert(vec![row(directory)]);
    }

    /// A directory whose stream this transaction holds, in whatever state.
    pub async fn get_directory(&self, id: DirectoryId) -> Result<Option<Directory>, Error> {
        Entity::find_by_id(id.to_string()).one(&self.tx).await?.map(noun).transpose()
    }

    /// The directories of an organization whose stream this transaction holds, but those being deleted.
    pub async fn list_directories(&self, of: OrganizationId) -> Result<Vec<Directory>, Error> {
        let found = Entity::find().filter(Column::OrganizationId.eq(of.to_string()));
        let found = found.filter(Column::State.ne(DirectoryState::Deleting.as_str()));
        found.all(&self.tx).await?.into_iter().map(noun).collect()
    }

    pub fn update_directories(&mut self, directories: &[Directory]) {
        self.script.update(1, directories.iter().map(row).collect::<Vec<_>>());
    }
}

impl Reader {
    /// One directory of this environment; none that is being deleted.
    pub async fn find_directory(&self, id: DirectoryId) -> Result<Option<Directory>, Error> {
        let found = self.of_environment::<Entity>().filter(Column::Id.eq(id.to_string()));
        let found = found.filter(Column::State.ne(DirectoryState::Deleting.as_str()));
        found.one(&self.store.0.read).await?.map(noun).transpose()
    }

    pub async fn list_directories(
        &self,
        filter: &DirectoryFilter,
        page: PageQuery<DirectoryId>,
    ) -> Result<Page<Directory, DirectoryId>, Error> {
        let mut found = self.of_environment::<Entity>().filter(Column::State.ne(DirectoryState::Deleting.as_str()));
        if let Some(id) = filter.organization_id {
            found = found.filter(Column::OrganizationId.eq(id.to_string()));
        }
        if let Some(text) = &filter.search {
            found = found.filter(read::contains(Column::NameKey, text));
        }
        page::run(page, found, Column::Id, &self.store.0.read, (noun, |found| found.id)).await
    }
}

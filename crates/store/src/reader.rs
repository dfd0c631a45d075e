//! A reader sees one environment; a directory reader one directory. There is no other way to list rows.

use model::id::{DirectoryId, EnvironmentId};
use sea_orm::{ColumnTrait, EntityTrait, IdenStatic, Iterable, QueryFilter, Select};

use crate::Store;

/// Reads within one environment.
#[derive(Clone)]
pub struct Reader {
    pub(crate) store: Store,
    pub(crate) environment_id: EnvironmentId,
}

/// Reads the documents of one directory: SCIM's face.
#[derive(Clone)]
pub struct DirectoryReader {
    pub(crate) store: Store,
    pub(crate) directory_id: DirectoryId,
}

impl Store {
    pub fn environment(&self, environment_id: EnvironmentId) -> Reader {
        Reader { store: self.clone(), environment_id }
    }

    pub fn directory(&self, directory_id: DirectoryId) -> DirectoryReader {
        DirectoryReader { store: self.clone(), directory_id }
    }
}

impl Reader {
    /// A SELECT that sees this environment's rows only.
    pub(crate) fn of_environment<E: EntityTrait>(&self) -> Select<E> {
        scoped(E::find(), "environment_id", &self.environment_id.to_string())
    }
}

impl DirectoryReader {
    /// A SELECT that sees this directory's rows only.
    pub(crate) fn of_directory<E: EntityTrait>(&self) -> Select<E> {
        scoped(E::find(), "directory_id", &self.directory_id.to_string())
    }
}

/// A table without the column would be listed unscoped: then nothing matches.
fn scoped<E: EntityTrait>(select: Select<E>, column: &str, value: &str) -> Select<E> {
    match E::Column::iter().find(|candidate| candidate.as_str() == column) {
        Some(column) => select.filter(column.eq(value)),
        None => select.filter(sea_orm::sea_query::Expr::val(false)),
    }
}

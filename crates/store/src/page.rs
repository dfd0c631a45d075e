//! Pages of the REST API: keyset by id, which sorts like creation time.

use std::fmt::Display;

use model::query::{Page, PageQuery};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, ModelTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use crate::error::Error;

/// Runs a scoped SELECT as a page.
pub(crate) async fn run<E, I, T>(
    page: PageQuery<I>,
    select: Select<E>,
    id: E::Column,
    connection: &DatabaseConnection,
    noun: impl Fn(E::Model) -> Result<T, Error>,
) -> Result<Page<T>, Error>
where
    E: EntityTrait,
    E::Model: ModelTrait<Entity = E> + Send + Sync,
    I: Display + Copy,
{
    let mut select = select.limit(page.limit + 1);
    if let Some(cursor) = page.cursor() {
        let cursor = cursor.to_string();
        select = select.filter(if page.ascending() { id.gt(cursor) } else { id.lt(cursor) });
    }
    select = if page.ascending() { select.order_by_asc(id) } else { select.order_by_desc(id) };
    let rows = select.all(connection).await?;
    Ok(page.finish(rows.into_iter().map(noun).collect::<Result<_, _>>()?))
}

//! Pages of the REST API: keyset by id, which sorts like creation time.
//!
//! One statement reads the page, a row past it, and the nearest row at the cursor or behind it: where that one lies, the page
//! begins ([`model::query::PageQuery::finish`] sorts them out).

use model::id::{Id, Kind};
use model::query::{Page, PageQuery};
use sea_orm::sea_query::{Expr, ExprTrait, Func, SimpleExpr, SubQueryStatement};
use sea_orm::{ColumnTrait, EntityTrait, ModelTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select};

use crate::connections::Reading;
use crate::error::Error;

/// Runs a scoped SELECT as a page; `of` is the id of a noun.
pub(crate) async fn run<E, K, T>(
    page: PageQuery<Id<K>>,
    select: Select<E>,
    id: E::Column,
    connection: &Reading,
    (noun, of): (impl Fn(E::Model) -> Result<T, Error>, impl Fn(&T) -> Id<K>),
) -> Result<Page<T, Id<K>>, Error>
where
    E: EntityTrait,
    E::Model: ModelTrait<Entity = E> + Send + Sync,
    K: Kind,
{
    let mut found = select.clone().limit(page.rows());
    if let Some(cursor) = page.cursor() {
        let bound = bound(select, id, page.ascending(), &cursor.to_string());
        let id = id.into_expr();
        found = found.filter(if page.ascending() { id.gte(bound) } else { id.lte(bound) });
    }
    found = if page.ascending() { found.order_by_asc(id) } else { found.order_by_desc(id) };
    let rows = found.all(connection).await?;
    Ok(page.finish(rows.into_iter().map(noun).collect::<Result<_, _>>()?, of))
}

/// The id of the nearest row at the cursor or behind it, else the cursor.
fn bound<E: EntityTrait>(select: Select<E>, id: E::Column, ascending: bool, cursor: &str) -> SimpleExpr {
    let behind = select.filter(if ascending { id.lte(cursor) } else { id.gte(cursor) }).select_only();
    let nearest = if ascending { behind.expr(id.max()) } else { behind.expr(id.min()) };
    let nearest = SubQueryStatement::SelectStatement(nearest.into_query());
    Func::coalesce([SimpleExpr::SubQuery(None, Box::new(nearest)), Expr::val(cursor)]).into()
}

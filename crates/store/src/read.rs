//! Reading rows back: ids, times, sets of keys.

use std::fmt::Display;
use std::str::FromStr;

use model::case_key;
use sea_orm::sea_query::{Expr, ExprTrait, LikeExpr, SimpleExpr};
use sea_orm::{ColumnTrait, ConnectionTrait, FromQueryResult, Value};

use crate::dialect::{Cell, Dialect, Rows};
use crate::error::Error;
use crate::statement;

/// An id column.
pub(crate) fn id<I: FromStr>(text: &str) -> Result<I, Error> {
    text.parse().map_err(|_| Error::Corrupt { what: "id" })
}

/// An id column that may be null.
pub(crate) fn optional_id<I: FromStr>(text: Option<&str>) -> Result<Option<I>, Error> {
    text.map(id).transpose()
}

/// A set of text keys, one slice per column.
pub(crate) fn keys<K: Display, const N: usize>(columns: [&[K]; N]) -> Rows {
    let mut rows = Rows::new(&[Cell::Text; N]);
    for (column, values) in rows.columns.iter_mut().zip(columns) {
        column.extend(values.iter().map(|value| Value::from(value.to_string())));
    }
    rows
}

/// A set of pairs.
pub(crate) fn pairs<A: Display, B: Display>(pairs: impl IntoIterator<Item = (A, B)>) -> Rows {
    let mut rows = Rows::new(&[Cell::Text, Cell::Text]);
    for (a, b) in pairs {
        rows.push([a.to_string().into(), b.to_string().into()]);
    }
    rows
}

/// All rows of a raw SELECT.
pub(crate) async fn all<M: FromQueryResult>(
    connection: &impl ConnectionTrait,
    dialect: Dialect,
    sql: &str,
    values: Vec<Value>,
) -> Result<Vec<M>, Error> {
    let rows = connection.query_all_raw(statement::with(dialect, sql, values)).await?;
    rows.iter().map(|row| Ok(M::from_query_result(row, "")?)).collect()
}

/// Whether a column of case keys contains a text, without case.
pub(crate) fn contains(column: impl ColumnTrait, text: &str) -> SimpleExpr {
    let escaped: String = case_key(text).chars().flat_map(escape).collect();
    Expr::col(column.as_column_ref()).like(LikeExpr::new(format!("%{escaped}%")).escape('\\'))
}

fn escape(character: char) -> impl Iterator<Item = char> {
    let special = matches!(character, '%' | '_' | '\\').then_some('\\');
    special.into_iter().chain([character])
}

//! Sets of rows of one table as one constant statement: insert, update, delete.

use sea_orm::{ActiveModelTrait, ColumnTrait, ColumnType, EntityName, EntityTrait, IdenStatic, Iterable, Value};

use crate::dialect::{Cell, Dialect, Rows};

/// A statement with its parameters, numbered from where the caller said.
pub(crate) struct Bulk {
    pub(crate) sql: String,
    pub(crate) values: Vec<Value>,
}

/// `INSERT INTO t SELECT … FROM rows`.
pub(crate) fn insert<A: ActiveModelTrait>(dialect: Dialect, models: Vec<A>, from: usize) -> Bulk {
    let (rows, values) = dialect.rows("r", rows(models), from);
    Bulk { sql: insert_text::<A>(dialect, &rows), values }
}

/// The text of [`insert`] for a set of rows named `r`.
pub(crate) fn insert_text<A: ActiveModelTrait>(dialect: Dialect, rows: &str) -> String {
    let columns = Columns::of::<A>(dialect);
    let (names, stored) = (columns.names.join(", "), columns.stored.join(", "));
    format!("INSERT INTO {} ({names}) SELECT {stored} FROM {rows}", table::<A>())
}

/// `UPDATE t SET every column FROM rows WHERE the keys match`; the first `keys` columns are the primary key.
pub(crate) fn update<A: ActiveModelTrait>(dialect: Dialect, models: Vec<A>, keys: usize, from: usize) -> Bulk {
    let (rows, values) = dialect.rows("r", rows(models), from);
    Bulk { sql: update_text::<A>(dialect, keys, &rows), values }
}

/// The text of [`update`] for a set of rows named `r`.
pub(crate) fn update_text<A: ActiveModelTrait>(dialect: Dialect, keys: usize, rows: &str) -> String {
    let Columns { names, stored } = Columns::of::<A>(dialect);
    let sets = names.iter().zip(&stored).skip(keys).map(|(name, stored)| format!("{name} = {stored}"));
    let sets = sets.collect::<Vec<_>>().join(", ");
    let matches = names.iter().take(keys).enumerate().map(|(at, name)| format!("t.{name} = r.c{at}"));
    let matches = matches.collect::<Vec<_>>().join(" AND ");
    format!("UPDATE {} AS t SET {sets} FROM {rows} WHERE {matches}", table::<A>())
}

/// A table's columns in the order of its row.
struct Columns {
    names: Vec<&'static str>,
    /// What each is filled with from a set of rows named `r`.
    stored: Vec<String>,
}

impl Columns {
    fn of<A: ActiveModelTrait>(dialect: Dialect) -> Self {
        let (mut names, mut stored) = (Vec::new(), Vec::new());
        for (at, column) in columns::<A>().enumerate() {
            names.push(column.as_str());
            stored.push(dialect.stored("r", at, cell(column.def().get_column_type())));
        }
        Self { names, stored }
    }
}

/// `DELETE FROM t` where `column` is one of `keys`.
pub(crate) fn delete(dialect: Dialect, table: &str, columns: &[&str], keys: Rows, from: usize) -> Bulk {
    let (rows, values) = dialect.rows("r", keys, from);
    Bulk { sql: delete_text(table, columns, &rows), values }
}

/// The text of [`delete`] for a set of keys named `r`.
pub(crate) fn delete_text(table: &str, columns: &[&str], rows: &str) -> String {
    let names = columns.join(", ");
    let cells = (0..columns.len()).map(|at| format!("r.c{at}")).collect::<Vec<_>>().join(", ");
    format!("DELETE FROM {table} WHERE ({names}) IN (SELECT {cells} FROM {rows})")
}

fn table<A: ActiveModelTrait>() -> String {
    A::Entity::default().table_name().to_owned()
}

fn columns<A: ActiveModelTrait>() -> impl Iterator<Item = <A::Entity as EntityTrait>::Column> {
    <A::Entity as EntityTrait>::Column::iter()
}

pub(crate) fn cells<A: ActiveModelTrait>() -> Vec<Cell> {
    columns::<A>().map(|column| cell(column.def().get_column_type())).collect()
}

pub(crate) fn rows<A: ActiveModelTrait>(models: Vec<A>) -> Rows {
    let mut rows = Rows::new(&cells::<A>());
    for mut model in models {
        for (column, values) in columns::<A>().zip(&mut rows.columns) {
            values.extend(model.take(column).into_value());
        }
    }
    rows
}

fn cell(kind: &ColumnType) -> Cell {
    match kind {
        ColumnType::BigInteger => Cell::Int,
        ColumnType::Boolean => Cell::Bool,
        _ => Cell::Text,
    }
}

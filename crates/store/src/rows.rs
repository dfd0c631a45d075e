//! Sets of rows, as they travel to the database: columns of values.

use sea_orm::Value;
use sea_orm::sea_query::ArrayType;

/// The type of a column that travels in sets of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cell {
    Text,
    Int,
    Bool,
}

impl Cell {
    pub(crate) const fn postgres(self) -> (&'static str, ArrayType) {
        match self {
            Self::Text => ("text", ArrayType::String),
            Self::Int => ("bigint", ArrayType::BigInt),
            Self::Bool => ("boolean", ArrayType::Bool),
        }
    }
}

/// Columns of values: `columns[c][r]` is the value of column `c` in row `r`.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    pub(crate) cells: Vec<Cell>,
    pub(crate) columns: Vec<Vec<Value>>,
}

impl Rows {
    pub(crate) fn new(cells: &[Cell]) -> Self {
        Self { cells: cells.to_vec(), columns: vec![Vec::new(); cells.len()] }
    }

    pub(crate) fn push<const N: usize>(&mut self, row: [Value; N]) {
        self.columns.iter_mut().zip(row).for_each(|(column, value)| column.push(value));
    }

    /// One more column, with a value for each row.
    pub(crate) fn with_column(mut self, cell: Cell, values: Vec<Value>) -> Self {
        self.cells.push(cell);
        self.columns.push(values);
        self
    }

    pub(crate) fn len(&self) -> usize {
        self.columns.first().map_or(0, Vec::len)
    }
}

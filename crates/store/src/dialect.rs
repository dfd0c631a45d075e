//! The one file that knows SQLite from PostgreSQL.
//!
//! Both number their parameters `$1, $2, …`; both take sets of rows as a constant number of parameters: PostgreSQL as
//! one array per column, SQLite as one JSON text. So a statement's text never depends on how many rows it carries.

use std::fmt::Write;

use sea_orm::{DatabaseBackend, DatabaseConnection, Value};

pub(crate) use crate::rows::{Cell, Rows};

const POSTGRES_NOW: &str = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

const RESULT_STANDS: &str = "(d.state = r.c3 AND d.attempts = r.c4 AND d.epoch = r.c2)";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    pub(crate) const fn of(backend: DatabaseBackend) -> Self {
        match backend {
            DatabaseBackend::Postgres => Self::Postgres,
            _ => Self::Sqlite,
        }
    }

    pub(crate) const fn backend(self) -> DatabaseBackend {
        match self {
            Self::Sqlite => DatabaseBackend::Sqlite,
            Self::Postgres => DatabaseBackend::Postgres,
        }
    }

    /// A table expression over a set of rows with columns `c0, c1, …`, and its parameters, the first of which is
    /// numbered `from`.
    pub(crate) fn rows(self, alias: &str, rows: Rows, from: usize) -> (String, Vec<Value>) {
        match self {
            Self::Postgres => Self::unnest(alias, rows, from),
            Self::Sqlite => Self::json_each(alias, &rows, from),
        }
    }

    fn unnest(alias: &str, rows: Rows, from: usize) -> (String, Vec<Value>) {
        let (mut arrays, mut names) = (String::new(), String::new());
        for (at, cell) in rows.cells.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            _ = write!(arrays, "{comma}${}::{}[]", from + at, cell.postgres().0);
            _ = write!(names, "{comma}c{at}");
        }
        (format!("unnest({arrays}) AS {alias}({names})"), Self::arrays(rows).collect())
    }

    /// The columns of a set of rows as PostgreSQL's arrays.
    pub(crate) fn arrays(rows: Rows) -> impl Iterator<Item = Value> {
        rows.cells.into_iter().zip(rows.columns).map(|(cell, mut column)| {
            column.iter_mut().for_each(empty_for_null);
            Value::Array(cell.postgres().1, Some(Box::new(column)))
        })
    }

    /// Column `at` of a set of rows, as it is stored. Arrays of sea-orm hold no nulls, so on PostgreSQL the empty text stands
    /// for null: no column of a bulk table holds an empty text.
    pub(crate) fn stored(self, alias: &str, at: usize, cell: Cell) -> String {
        match (self, cell) {
            (Self::Postgres, Cell::Text) => format!("NULLIF({alias}.c{at}, '')"),
            _ => format!("{alias}.c{at}"),
        }
    }

    fn json_each(alias: &str, rows: &Rows, from: usize) -> (String, Vec<Value>) {
        let mut names = String::new();
        for at in 0..rows.cells.len() {
            let comma = if at == 0 { "" } else { ", " };
            _ = write!(names, "{comma}value->>{at} AS c{at}");
        }
        (format!("(SELECT {names} FROM json_each(${from})) AS {alias}"), vec![json_rows(rows).into()])
    }

    /// How many connections a pool has open, and how many of them idle.
    pub(crate) fn use_of(self, pool: &DatabaseConnection) -> (u32, usize) {
        match self {
            Self::Sqlite => (pool.get_sqlite_connection_pool().size(), pool.get_sqlite_connection_pool().num_idle()),
            Self::Postgres => {
                (pool.get_postgres_connection_pool().size(), pool.get_postgres_connection_pool().num_idle())
            }
        }
    }

    /// Puts several writing statements into one round trip. No two may touch the same row.
    pub(crate) fn together(self, statements: &[String]) -> String {
        if let [one] = statements {
            return one.clone();
        }
        match self {
            Self::Sqlite => statements.join(";\n"),
            Self::Postgres => {
                let parts = statements.iter().enumerate().map(|(at, sql)| format!("w{at} AS ({sql})"));
                format!("WITH {} SELECT 1", parts.collect::<Vec<_>>().join(",\n"))
            }
        }
    }

    /// Joins a set of rows (outer) with at most one match each in `table`, always by index.
    ///
    /// On PostgreSQL a plain join or `= ANY` may read the whole directory once the plan is cached (measured), a LATERAL
    /// with LIMIT cannot. On SQLite CROSS JOIN keeps the order of the loops.
    pub(crate) fn lookup(self, keys: &str, table: &str, condition: &str) -> String {
        match self {
            Self::Postgres => format!(
                "SELECT t.* FROM {keys} CROSS JOIN LATERAL (SELECT * FROM {table} t WHERE {condition} LIMIT 1) t"
            ),
            Self::Sqlite => format!("SELECT t.* FROM {keys} CROSS JOIN {table} t WHERE {condition}"),
        }
    }

    /// [`Dialect::lookup`] for keys with any number of matches.
    pub(crate) fn lookup_all(self, keys: &str, table: &str, condition: &str) -> String {
        match self {
            Self::Postgres => {
                format!(
                    "SELECT t.* FROM {keys} CROSS JOIN LATERAL (SELECT * FROM {table} t WHERE {condition} OFFSET 0) t"
                )
            }
            Self::Sqlite => format!("SELECT t.* FROM {keys} CROSS JOIN {table} t WHERE {condition}"),
        }
    }

    /// For each key `k.c0` one row: it, and in `among` all the `column` of its matches, with blanks between them. A row
    /// for each would take four times the memory.
    pub(crate) fn gather(self, keys: &str, table: &str, column: &str, condition: &str) -> String {
        let aggregate = match self {
            Self::Postgres => "string_agg",
            Self::Sqlite => "group_concat",
        };
        let found = format!("SELECT {aggregate}(t.{column}, ' ') FROM {table} t WHERE {condition}");
        format!("SELECT k.c0 AS key, COALESCE(({found}), '') AS among FROM {keys}")
    }

    /// [`Dialect::lookup`] for keys with any number of matches, of which the first `most` by id are wanted.
    pub(crate) fn lookup_first(self, keys: &str, table: &str, condition: &str, most: usize) -> String {
        let first = |what| format!("(SELECT {what} FROM {table} t WHERE {condition} ORDER BY t.id LIMIT {most})");
        match self {
            Self::Postgres => format!("SELECT t.* FROM {keys} CROSS JOIN LATERAL {} t", first("*")),
            Self::Sqlite => format!("SELECT t.* FROM {keys} CROSS JOIN {table} t WHERE t.id IN {}", first("t.id")),
        }
    }

    /// Locks the rows of the named tables until the transaction ends. SQLite has one writer and needs none.
    pub(crate) fn lock(self, tables: &str, wait: bool) -> String {
        match (self, wait) {
            (Self::Sqlite, _) => String::new(),
            (Self::Postgres, true) => format!(" FOR NO KEY UPDATE OF {tables}"),
            (Self::Postgres, false) => format!(" FOR NO KEY UPDATE OF {tables} SKIP LOCKED"),
        }
    }

    /// Lets one transaction at a time change the schema (the number spells "rollcall"); who comes second waits, but no longer
    /// than a minute for any lock. On SQLite a transaction that writes is alone anyway.
    pub(crate) const fn lock_schema(self) -> &'static [&'static str] {
        match self {
            Self::Sqlite => &[],
            Self::Postgres => &[
                "SET LOCAL lock_timeout = '60s'",
                "SET LOCAL statement_timeout = 0",
                // A slow machine may be still for longer between two steps than a write may.
                "SET LOCAL idle_in_transaction_session_timeout = '60s'",
                "SELECT pg_advisory_xact_lock(x'726f6c6c63616c6c'::bit(64)::bigint)",
                // Whoever waits for a table's lock keeps all who come later from the table.
                "SET LOCAL lock_timeout = '1s'",
            ],
        }
    }

    /// Whether the database's clock is asked; else the node's serves.
    pub(crate) const fn has_clock(self) -> bool {
        matches!(self, Self::Postgres)
    }

    /// Whether a batch can be written by one call: see `procedure.rs`.
    pub(crate) const fn has_procedure(self) -> bool {
        matches!(self, Self::Postgres)
    }

    /// Whether positions are drawn in a round trip of their own. In one statement with the writes, PostgreSQL would prepare all
    /// of it a second time whenever another batch holds the counter (a tenth of its time, measured).
    pub(crate) const fn draws_apart(self) -> bool {
        matches!(self, Self::Postgres)
    }

    /// The draw: moves the counters of the rows (environment, count, commit), the first of whose parameters is numbered
    /// `from`, and inserts their commits. Answers `environment_id, first_position, count`.
    pub(crate) fn draw(self, rows: Rows, from: usize) -> (String, Vec<Value>) {
        let (rows, values) = self.rows("r", rows, from);
        (self.draw_text(&rows), values)
    }

    /// The text of [`Dialect::draw`] for a set of rows named `r`.
    pub(crate) fn draw_text(self, rows: &str) -> String {
        let moved = format!("UPDATE positions AS t SET last = t.last + r.c1 FROM {rows} WHERE t.environment_id = r.c0");
        let insert = "INSERT INTO commits (environment_id, first_position, count, id)";
        let returning = "RETURNING environment_id, first_position, count";
        match self {
            Self::Postgres => format!(
                "WITH p AS ({moved} RETURNING r.c0, t.last, r.c1, r.c2) \
                 {insert} SELECT c0, last - c1 + 1, c1, c2 FROM p {returning}"
            ),
            Self::Sqlite => format!(
                "{moved};\n{insert} SELECT r.c0, p.last - r.c1 + 1, r.c1, r.c2 FROM {rows} \
                 JOIN positions p ON p.environment_id = r.c0 {returning}"
            ),
        }
    }

    /// A column `now` with the database's time in Unix milliseconds. None on SQLite, where the node's clock serves.
    pub(crate) const fn now_column(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => ", (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now",
        }
    }

    /// The time in Unix milliseconds: the database's, or on SQLite the node's, which is parameter `node`.
    pub(crate) fn now(self, node: usize) -> String {
        match self {
            Self::Sqlite => format!("${node}"),
            // The parameter is bound on both, so that their numbers agree.
            Self::Postgres => format!("(CASE WHEN ${node}::bigint IS NULL THEN 0 ELSE {POSTGRES_NOW} END)"),
        }
    }

    /// Runs `update`, then `insert`; answers what `insert` returns. They may not touch the same row.
    pub(crate) fn update_and_insert(self, update: &str, insert: &str) -> String {
        match self {
            Self::Sqlite => format!("{update};\n{insert}"),
            Self::Postgres => format!("WITH u AS ({update}) {insert}"),
        }
    }

    /// Writes results `r` and attempts `a` (their columns: `results.rs`) at time `$1` under the leases of holder `$2`;
    /// answers the `id` of each delivery that stands as told.
    pub(crate) fn write_results(self, rows: &str, attempts: &str) -> String {
        let update = format!(
            "UPDATE deliveries AS d SET state = r.c3, attempts = r.c4, tried_at = NULLIF(r.c5, 0), due_at = r.c6, epoch = r.c2, \
             updated_at = $1 FROM {rows} JOIN leases l ON l.name = r.c1 AND l.epoch = r.c2 AND l.holder = $2 \
             WHERE d.id = r.c0 AND (d.state = 'pending' OR {RESULT_STANDS})"
        );
        let text = |at| self.stored("a", at, Cell::Text);
        let insert = format!(
            "INSERT INTO attempts (id, environment_id, delivery_id, number, started_at, duration_ms, status, error, \
             response) SELECT a.c2, a.c3, a.c0, a.c4, a.c5, a.c6, NULLIF(a.c7, 0), {}, {}",
            text(8),
            text(9)
        );
        match self {
            Self::Sqlite => format!(
                "{update};\n{insert} FROM {attempts} JOIN deliveries d ON d.id = a.c0 AND d.epoch = a.c1 \
                 AND d.attempts = a.c4 WHERE true ON CONFLICT (id) DO NOTHING;\n\
                 SELECT d.id FROM {rows} CROSS JOIN deliveries d WHERE d.id = r.c0 AND {RESULT_STANDS}"
            ),
            Self::Postgres => format!(
                "WITH u AS ({update} RETURNING d.id), i AS ({insert} FROM {attempts} JOIN u ON u.id = a.c0 \
                 ON CONFLICT (id) DO NOTHING) SELECT u.id FROM u"
            ),
        }
    }

    /// Sixteen random characters that are valid in a ULID.
    pub(crate) const fn random_ulid_tail(self) -> &'static str {
        match self {
            Self::Sqlite => "hex(randomblob(8))",
            Self::Postgres => "upper(right(replace(gen_random_uuid()::text, '-', ''), 16))",
        }
    }
}

/// See [`Dialect::stored`].
fn empty_for_null(value: &mut Value) {
    if matches!(value, Value::String(None)) {
        *value = String::new().into();
    }
}

/// `[[a, b], [c, d]]`, row by row.
fn json_rows(rows: &Rows) -> String {
    let row = |at: usize| serde_json::Value::Array(rows.columns.iter().map(|column| json(&column[at])).collect());
    serde_json::Value::Array((0..rows.len()).map(row).collect()).to_string()
}

fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::String(text) => text.as_deref().into(),
        Value::BigInt(number) => (*number).into(),
        Value::Bool(truth) => (*truth).into(),
        _ => serde_json::Value::Null,
    }
}

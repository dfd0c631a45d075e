//! PostgreSQL's procedure: what a batch writes, with its check before and its draw after, in one round trip.
//!
//! Its text is made of the same statements that other transactions run one by one. Its name carries a digest of the text, so
//! that nodes of two versions each find their own. `Store::migrate` makes it.

use std::fmt::Write;
use std::sync::LazyLock;

use sea_orm::{Statement, Value};
use sha2::{Digest, Sha256};

use crate::bulk::{cells, delete_text, insert_text, update_text};
use crate::dialect::{Cell, Dialect, Rows};
use crate::statement;
use crate::table::{directory, group, membership, parked, user};
use crate::tx::{bump_text, event_cells, event_texts};

const POSTGRES: Dialect = Dialect::Postgres;

/// What a call carries, in the order of its parameters.
pub(crate) struct Sets {
    /// Streams: id, the sequence that was read, the sequence and the event's sequence to be written.
    pub(crate) heads: Rows,
    /// Directory and id.
    pub(crate) gone_users: Rows,
    /// Directory and id.
    pub(crate) gone_groups: Rows,
    /// Group and user.
    pub(crate) gone_memberships: Rows,
    /// The table's columns, and whether the row is new.
    pub(crate) users: Rows,
    pub(crate) groups: Rows,
    pub(crate) memberships: Rows,
    /// Users whose memberships go, and the version that their groups get.
    pub(crate) leavers: Rows,
    /// Groups whose memberships go.
    pub(crate) dissolved: Rows,
    /// Referrer and value.
    pub(crate) gone_parked: Rows,
    /// Referrers who wait for nobody any more.
    pub(crate) unparked: Rows,
    /// The table's columns, all new.
    pub(crate) parked: Rows,
    pub(crate) directories: Rows,
    /// The table's columns, and the body.
    pub(crate) events: Rows,
    /// Environment, number of events, id.
    pub(crate) commits: Rows,
}

impl Sets {
    pub(crate) fn empty() -> Self {
        let pair = || Rows::new(&[Cell::Text, Cell::Text]);
        let marked = |mut cells: Vec<Cell>| {
            cells.push(Cell::Bool);
            Rows::new(&cells)
        };
        Self {
            heads: Rows::new(&[Cell::Text, Cell::Int, Cell::Int, Cell::Int]),
            gone_users: pair(),
            gone_groups: pair(),
            gone_memberships: pair(),
            users: marked(cells::<user::ActiveModel>()),
            groups: marked(cells::<group::ActiveModel>()),
            memberships: marked(cells::<membership::ActiveModel>()),
            leavers: Rows::new(&[Cell::Text, Cell::Int]),
            dissolved: Rows::new(&[Cell::Text]),
            gone_parked: pair(),
            unparked: Rows::new(&[Cell::Text]),
            parked: Rows::new(&cells::<parked::ActiveModel>()),
            directories: Rows::new(&cells::<directory::ActiveModel>()),
            events: Rows::new(&event_cells()),
            commits: Rows::new(&[Cell::Text, Cell::Int, Cell::Text]),
        }
    }

    fn in_order(self) -> [Rows; 15] {
        let Self { heads, gone_users, gone_groups, gone_memberships, users, groups, memberships, .. } = self;
        let Self { leavers, dissolved, gone_parked, unparked, parked, directories, events, commits, .. } = self;
        [
            heads,
            gone_users,
            gone_groups,
            gone_memberships,
            users,
            groups,
            memberships,
            leavers,
            dissolved,
            gone_parked,
            unparked,
            parked,
            directories,
            events,
            commits,
        ]
    }

    /// Rows of the largest set.
    pub(crate) fn most(&self) -> usize {
        let Self { gone_users, gone_groups, gone_memberships, users, groups, memberships, gone_parked, .. } = self;
        let people = [gone_users, gone_groups, gone_memberships, users, groups, memberships];
        let sets = people.into_iter().chain([gone_parked, &self.parked, &self.events]);
        sets.map(Rows::len).max().unwrap_or(0)
    }
}

/// Answers `environment_id, first_position, count` of each commit, and the time `now`; one row without an environment when a stream has moved
/// or is held, and then nothing was written.
pub(crate) fn call(sets: Sets) -> Statement {
    let values: Vec<Value> = sets.in_order().into_iter().flat_map(Dialect::arrays).collect();
    statement::with(POSTGRES, &PROCEDURE.call, values)
}

/// The statement that makes the procedure, or leaves it as it is.
pub(crate) fn create() -> &'static str {
    &PROCEDURE.create
}

struct Procedure {
    create: String,
    call: String,
}

static PROCEDURE: LazyLock<Procedure> = LazyLock::new(|| {
    let mut types = Vec::new();
    let slots = Sets::empty().in_order().map(|rows| {
        let from = types.len() + 1;
        types.extend(rows.cells.iter().map(|cell| format!("{}[]", cell.postgres().0)));
        Slot { from, rows: subscripts(from, rows.cells.len()) }
    });
    let body = body(&slots);
    let digest = Sha256::digest(&body).iter().take(8).fold(String::new(), |mut text, byte| {
        _ = write!(text, "{byte:02x}");
        text
    });
    let name = format!("rollcall_write_{digest}");
    let parameters = (1..=types.len()).map(|at| format!("${at}")).collect::<Vec<_>>().join(", ");
    Procedure {
        create: format!(
            "CREATE OR REPLACE FUNCTION {name}({}) RETURNS TABLE (of text, first bigint, drawn bigint) \
             LANGUAGE plpgsql AS $body${body}$body$",
            types.join(", ")
        ),
        call: format!(
            "SELECT of AS environment_id, first AS first_position, drawn AS count{} FROM {name}({parameters})",
            POSTGRES.now_column()
        ),
    }
});

/// The rows of a set, named `r`. Inside a procedure arrays are taken apart once, so that a subscript costs nothing; `unnest` of
/// several would fill a store of tuples for each.
fn subscripts(from: usize, columns: usize) -> String {
    let columns = (0..columns).map(|at| format!("${}[i] AS c{at}", from + at)).collect::<Vec<_>>().join(", ");
    format!("(SELECT {columns} FROM generate_series(1, cardinality(${from})) AS i) AS r")
}

/// A set of rows among the parameters.
struct Slot {
    /// The number of its first parameter.
    from: usize,
    /// Its rows, named `r`.
    rows: String,
}

impl Slot {
    /// A statement that runs when the set holds rows.
    fn then(&self, sql: &str) -> String {
        format!("IF cardinality(${}) > 0 THEN {sql}; END IF;\n", self.from)
    }
}

fn body(slots: &[Slot; 15]) -> String {
    let [heads, gone_users, gone_groups, gone_memberships, users, groups, memberships, rest @ ..] = slots;
    let [leavers, dissolved, gone_parked, unparked, parked, directories, events, commits] = rest;
    let updated = |slot: &Slot, sql: String, mark: usize| slot.then(&format!("{sql} AND NOT r.c{mark}"));
    let inserted = |slot: &Slot, sql: String, mark: usize| slot.then(&format!("{sql} WHERE r.c{mark}"));
    let (u, g, m) = (
        cells::<user::ActiveModel>().len(),
        cells::<group::ActiveModel>().len(),
        cells::<membership::ActiveModel>().len(),
    );
    let parts = [
        check(heads),
        gone_users.then(&delete_text("users", &["directory_id", "id"], &gone_users.rows)),
        gone_groups.then(&delete_text("groups", &["directory_id", "id"], &gone_groups.rows)),
        gone_memberships.then(&delete_text("memberships", &["group_id", "user_id"], &gone_memberships.rows)),
        updated(users, update_text::<user::ActiveModel>(POSTGRES, 1, &users.rows), u),
        updated(groups, update_text::<group::ActiveModel>(POSTGRES, 1, &groups.rows), g),
        updated(memberships, update_text::<membership::ActiveModel>(POSTGRES, 2, &memberships.rows), m),
        leavers.then(&bump_text(&leavers.rows)),
        leavers.then(&delete_text("memberships", &["user_id"], &leavers.rows)),
        dissolved.then(&delete_text("memberships", &["group_id"], &dissolved.rows)),
        gone_parked.then(&delete_text("parked", &["referrer_id", "value"], &gone_parked.rows)),
        unparked.then(&delete_text("parked", &["referrer_id"], &unparked.rows)),
        inserted(users, insert_text::<user::ActiveModel>(POSTGRES, &users.rows), u),
        inserted(groups, insert_text::<group::ActiveModel>(POSTGRES, &groups.rows), g),
        inserted(memberships, insert_text::<membership::ActiveModel>(POSTGRES, &memberships.rows), m),
        parked.then(&insert_text::<parked::ActiveModel>(POSTGRES, &parked.rows)),
        directories.then(&update_text::<directory::ActiveModel>(POSTGRES, 1, &directories.rows)),
        event_texts(POSTGRES, &events.rows).map(|sql| events.then(&sql)).concat(),
        draw(commits),
    ];
    format!("\nDECLARE held bigint;\nBEGIN\n{}END\n", parts.concat())
}

/// Locks the streams in order and writes their heads; when one has moved or is held, nothing is written.
fn check(heads: &Slot) -> String {
    let Slot { from, rows } = heads;
    format!(
        "PERFORM s.id FROM {rows} JOIN streams s ON s.id = r.c0 WHERE s.sequence = r.c1 \
         ORDER BY s.id FOR NO KEY UPDATE OF s SKIP LOCKED;\n\
         GET DIAGNOSTICS held = ROW_COUNT;\n\
         IF held <> cardinality(${from}) THEN RETURN QUERY SELECT NULL::text, 0::bigint, 0::bigint; RETURN; END IF;\n\
         UPDATE streams AS t SET sequence = r.c2, event_sequence = r.c3 FROM {rows} \
         WHERE t.id = r.c0 AND r.c2 <> r.c1;\n"
    )
}

/// Locks the counters in order, moves them, and inserts the commits.
fn draw(commits: &Slot) -> String {
    let Slot { from, rows } = commits;
    let lock = format!(
        "PERFORM p.last FROM {rows} JOIN positions p ON p.environment_id = r.c0 ORDER BY p.environment_id \
         FOR NO KEY UPDATE OF p"
    );
    let draw = POSTGRES.draw_text(rows);
    format!("IF cardinality(${from}) > 1 THEN {lock}; END IF;\n{}", commits.then(&format!("RETURN QUERY {draw}")))
}

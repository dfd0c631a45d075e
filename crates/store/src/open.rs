//! Opening the database: pools for writes and for reads, with the settings they need.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use model::Clock;
use model::id::IdSource;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use sea_orm::{ConnectOptions, ConnectionTrait};

use crate::Store;
use crate::clock::Anchor;
use crate::connections::{Connections, Hung, Reading};
use crate::dialect::Dialect;
use crate::error::Error;
use crate::seal::MasterKey;
use crate::statement::Statements;
use crate::store::{Draw, Inner};
use crate::wake::{Others, Wake};

/// How long a request waits for a connection before the database counts as unavailable.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// A connection serves so long at most: after a change of primary, one that still leads to the old one is soon gone.
const LIFETIME: Duration = Duration::from_mins(2);
/// So many batches run beside each other on PostgreSQL: while one waits for the database, the other is worked out here.
const POSTGRES_BATCHES: u32 = 2;
/// What a statement may take on PostgreSQL, and how much longer its answer may be away.
const POSTGRES_WRITE: Duration = Duration::from_secs(30);
const POSTGRES_READ: Duration = Duration::from_secs(15);
const ON_THE_WAY: Duration = Duration::from_secs(5);
const SQLITE_BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// PostgreSQL: a plan made once, for arrays of any size, that uses indexes; a paused node loses its locks after 2 s.
///
/// Without the planner switches a plan cached while a table is small reads all of it for ever (measured).
const POSTGRES_WRITER: &[(&str, &str)] = &[
    ("plan_cache_mode", "force_generic_plan"),
    ("enable_seqscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("jit", "off"),
    ("default_transaction_isolation", "read committed"),
    ("idle_in_transaction_session_timeout", "2000"),
    ("lock_timeout", "10000"),
    ("tcp_user_timeout", "10000"),
    ("tcp_keepalives_idle", "10"),
];
/// Reads want the same switches, and their pages in the order of an index: a plan that is kept does not know how few rows a page
/// is, and would gather and sort all of them.
const POSTGRES_READER: &[(&str, &str)] = &[
    ("enable_seqscan", "off"),
    ("enable_bitmapscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("jit", "off"),
];

/// How to open a store.
pub struct Options {
    /// `sqlite:///path?mode=rwc` or `postgres://…`.
    pub url: String,
    pub master_key: MasterKey,
    /// Seeds the ids and nonces that the store draws itself.
    pub seed: [u8; 32],
    pub clock: Arc<dyn Clock>,
    /// Connections for writing (on SQLite always one, on PostgreSQL two more for batches) and for reading.
    pub write_connections: u32,
    pub read_connections: u32,
}

impl Store {
    /// Connects. Migrates nothing: see [`Store::migrate`].
    pub async fn open(options: Options) -> Result<Self, Error> {
        let (statements, hung) = (Arc::<Statements>::default(), Arc::<Hung>::default());
        let sqlite = is_sqlite(&options.url);
        let connect = async |connections, settings, longest| {
            let options = configure(&options.url, connections, settings, longest);
            Connections::open(options, &statements, (!sqlite).then_some(longest + ON_THE_WAY), &hung).await
        };
        let writers = if sqlite { 1 } else { options.write_connections };
        let write = connect(writers, POSTGRES_WRITER, POSTGRES_WRITE).await?;
        let read = connect(options.read_connections, POSTGRES_READER, POSTGRES_READ).await?;
        let batch =
            if sqlite { write.clone() } else { connect(POSTGRES_BATCHES, POSTGRES_WRITER, POSTGRES_WRITE).await? };
        let dialect = Dialect::of(write.get_database_backend());
        let mut rng = StdRng::from_seed(options.seed);
        let others = |url| Others::new(url, format!("{:016x}", rng.next_u64()));
        let wake = Wake::new((dialect == Dialect::Postgres).then_some(options.url).map(others));
        let (clock, anchor, master_key) = (options.clock, Anchor::default(), options.master_key);
        let draw = Mutex::new(Draw { ids: IdSource::default(), loose: IdSource::default(), rng });
        Ok(Self(Arc::new(Inner {
            write,
            batch,
            read: Reading(read),
            dialect,
            clock,
            anchor,
            master_key,
            wake,
            statements,
            draw,
        })))
    }

    /// How many batches may run beside each other, each with a connection of its own.
    pub fn batches(&self) -> u32 {
        if self.0.dialect == Dialect::Sqlite { 1 } else { POSTGRES_BATCHES }
    }

    /// Closes all pools; what is in a transaction finishes first.
    pub async fn close(&self) -> Result<(), Error> {
        self.0.wake.close();
        self.0.read.0.pool().close().await?;
        self.0.batch.pool().close().await?;
        Ok(self.0.write.pool().close().await?)
    }
}

fn is_sqlite(url: &str) -> bool {
    url.starts_with("sqlite:")
}

fn configure(
    url: &str,
    connections: u32,
    postgres: &'static [(&'static str, &'static str)],
    longest: Duration,
) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .max_lifetime(LIFETIME)
        .test_before_acquire_if_idle_for(Duration::from_secs(30))
        .sqlx_logging(false)
        .map_sqlx_postgres_opts(move |options| {
            let options = options.options(postgres.iter().copied());
            options.options([("statement_timeout", longest.as_millis().to_string())]).application_name("rollcall")
        })
        .map_sqlx_sqlite_opts(|options| {
            options
                .journal_mode(sea_orm::sqlx::sqlite::SqliteJournalMode::Wal)
                .synchronous(sea_orm::sqlx::sqlite::SqliteSynchronous::Full)
                .busy_timeout(SQLITE_BUSY_TIMEOUT)
                .foreign_keys(false)
        });
    options
}

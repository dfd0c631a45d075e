//! The pools of connections, which go with all of them when one hangs.
//!
//! A machine that is gone without a word leaves connections that never answer: the driver sets no keep-alive on its side, so
//! that whoever waits for an answer waits for ever, and holds a place in the pool. So every use has a limit, past what the
//! server itself allows a statement; who meets it puts a new pool in the place of the old one, and the other pools of the store
//! do so when they are used next. So does who gets no connection when for so long nobody had an answer: the driver waits without a
//! limit for the answer to a ping before a connection counts as returned.

use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult,
    QueryResult, RuntimeErr, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};

use crate::error::is_lost;
use crate::statement::Statements;

/// After a restart of the server every connection of a pool is found lost, one after the other; past so many it is away.
const TRIES: usize = 10;

/// Cheap to clone.
#[derive(Clone)]
pub(crate) struct Connections(Arc<Shared>);

struct Shared {
    now: RwLock<Generation>,
    options: ConnectOptions,
    statements: Arc<Statements>,
    /// None: nothing lies between us and the database that could swallow an answer.
    limit: Option<Duration>,
    /// When something was last answered, or a pool made.
    answered: Mutex<Instant>,
    hung: Arc<Hung>,
}

/// How often a connection of any of a store's pools was found to hang.
#[derive(Default)]
pub(crate) struct Hung(AtomicU64);

/// The pool of the moment; its number is how often one had hung before it was made.
#[derive(Clone)]
struct Generation {
    number: u64,
    pool: DatabaseConnection,
}

impl Connections {
    pub(crate) async fn open(
        options: ConnectOptions,
        statements: &Arc<Statements>,
        limit: Option<Duration>,
        hung: &Arc<Hung>,
    ) -> Result<Self, DbErr> {
        let (statements, hung) = (Arc::clone(statements), Arc::clone(hung));
        let pool = connect(options.clone(), &statements).await?;
        let now = RwLock::new(Generation { number: 0, pool });
        let answered = Mutex::new(Instant::now());
        Ok(Self(Arc::new(Shared { now, options, statements, limit, answered, hung })))
    }

    pub(crate) fn pool(&self) -> DatabaseConnection {
        self.generation().pool
    }

    fn generation(&self) -> Generation {
        self.0.now.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// To be used now.
    async fn latest(&self) -> Generation {
        let generation = self.generation();
        if generation.number == self.0.hung.0.load(Ordering::SeqCst) {
            return generation;
        }
        self.replace(generation.number).await;
        self.generation()
    }

    /// On a connection that lives: nothing was done on one that turns out lost.
    pub(crate) async fn begin(&self) -> Result<Transaction, DbErr> {
        let mut tries = 1;
        loop {
            let generation = self.latest().await;
            let begun = self.within(generation.number, Box::pin(begin_on(&generation.pool))).await;
            match begun {
                Err(error) if is_lost(&error) && tries < TRIES => tries += 1,
                begun => {
                    let connections = self.clone();
                    return begun.map(|inner| Transaction { inner, generation: generation.number, connections });
                }
            }
        }
    }

    /// `work` on a connection of this generation, or an error that leaves open what became of it.
    async fn within<T>(&self, generation: u64, work: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        let Some(limit) = self.0.limit else { return work.await };
        let mut work = pin!(work);
        match tokio::time::timeout(limit, work.as_mut()).await {
            Ok(Err(none @ DbErr::ConnectionAcquire(_))) => {
                let answered = *self.answered();
                if answered.elapsed() > limit {
                    self.give_up(generation).await;
                }
                Err(none)
            }
            Ok(done) => {
                *self.answered() = Instant::now();
                done
            }
            Err(_) => {
                // Before `work` lets its connection go: to a pool that has ended it does not return.
                self.give_up(generation).await;
                Err(DbErr::Query(RuntimeErr::Internal(format!("the database has not answered for {limit:?}"))))
            }
        }
    }

    fn answered(&self) -> MutexGuard<'_, Instant> {
        self.0.answered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The first of those that waited in vain says so to all pools.
    async fn give_up(&self, generation: u64) {
        let next = generation + 1;
        if self.0.hung.0.compare_exchange(generation, next, Ordering::SeqCst, Ordering::SeqCst).is_ok() {
            tracing::warn!("a connection to the database does not answer: all connections are made again");
        }
        self.replace(generation).await;
    }

    /// A connection that still works ends with its work.
    async fn replace(&self, generation: u64) {
        let mut options = self.0.options.clone();
        let Ok(pool) = connect(options.connect_lazy(true).clone(), &self.0.statements).await else { return };
        let old = {
            let mut now = self.0.now.write().unwrap_or_else(PoisonError::into_inner);
            if now.number != generation {
                return;
            }
            *self.answered() = Instant::now();
            std::mem::replace(&mut *now, Generation { number: self.0.hung.0.load(Ordering::SeqCst), pool })
        };
        // Ends when the kernel gives up what hangs.
        tokio::spawn(old.pool.close());
    }
}

async fn connect(options: ConnectOptions, statements: &Arc<Statements>) -> Result<DatabaseConnection, DbErr> {
    let statements = Arc::clone(statements);
    let mut pool = Database::connect(options).await?;
    // Round trips: what is sent together counts once, on both databases.
    pool.set_metric_callback(move |ran| statements.note(&ran.statement.sql));
    Ok(pool)
}

async fn begin_on(pool: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    pool.begin_with_options(options).await
}

#[async_trait::async_trait]
impl ConnectionTrait for Connections {
    fn get_database_backend(&self) -> DbBackend {
        self.generation().pool.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let Generation { number, pool } = self.latest().await;
        self.within(number, pool.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let Generation { number, pool } = self.latest().await;
        self.within(number, pool.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let Generation { number, pool } = self.latest().await;
        self.within(number, pool.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let Generation { number, pool } = self.latest().await;
        self.within(number, pool.query_all_raw(statement)).await
    }
}

/// Connections that only read: one that is found to be lost is no reason to answer "not available".
pub(crate) struct Reading(pub(crate) Connections);

#[async_trait::async_trait]
impl ConnectionTrait for Reading {
    fn get_database_backend(&self) -> DbBackend {
        self.0.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.0.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.0.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        for _ in 1..TRIES {
            match self.0.query_one_raw(statement.clone()).await {
                Err(error) if is_lost(&error) => {}
                answer => return answer,
            }
        }
        self.0.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        for _ in 1..TRIES {
            match self.0.query_all_raw(statement.clone()).await {
                Err(error) if is_lost(&error) => {}
                answer => return answer,
            }
        }
        self.0.query_all_raw(statement).await
    }
}

/// A transaction; dropped, it is rolled back.
pub(crate) struct Transaction {
    inner: DatabaseTransaction,
    generation: u64,
    connections: Connections,
}

impl Transaction {
    pub(crate) async fn commit(self) -> Result<(), DbErr> {
        self.connections.within(self.generation, Box::pin(self.inner.commit())).await
    }

    /// Without a limit.
    pub(crate) fn into_inner(self) -> DatabaseTransaction {
        self.inner
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.connections.within(self.generation, self.inner.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.connections.within(self.generation, self.inner.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.connections.within(self.generation, self.inner.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.connections.within(self.generation, self.inner.query_all_raw(statement)).await
    }
}

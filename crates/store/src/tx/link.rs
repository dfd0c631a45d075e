//! What a transaction's statements run on.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement};

use super::Tx;
use crate::connections::{Connections, Transaction};
use crate::error::Error;

/// A database transaction, or the pool, where each statement stands alone.
pub(crate) enum Link {
    Transaction(Transaction),
    Pool(Connections),
}

impl Tx {
    /// Whether it holds the locks of its streams, and what is written is written at once.
    pub const fn is_held(&self) -> bool {
        matches!(self.tx, Link::Transaction(_))
    }

    /// Shows that who holds this transaction's locks is there: a node that is paused loses them.
    pub async fn breathe(&self) -> Result<(), Error> {
        if self.is_held() {
            self.tx.execute_unprepared("SELECT 1").await?;
        }
        Ok(())
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Link {
    fn get_database_backend(&self) -> DbBackend {
        match self {
            Self::Transaction(transaction) => transaction.get_database_backend(),
            Self::Pool(pool) => pool.get_database_backend(),
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        match self {
            Self::Transaction(transaction) => transaction.execute_raw(statement).await,
            Self::Pool(pool) => pool.execute_raw(statement).await,
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        match self {
            Self::Transaction(transaction) => transaction.execute_unprepared(sql).await,
            Self::Pool(pool) => pool.execute_unprepared(sql).await,
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match self {
            Self::Transaction(transaction) => transaction.query_one_raw(statement).await,
            Self::Pool(pool) => pool.query_one_raw(statement).await,
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match self {
            Self::Transaction(transaction) => transaction.query_all_raw(statement).await,
            Self::Pool(pool) => pool.query_all_raw(statement).await,
        }
    }
}

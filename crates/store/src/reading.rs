//! The pool that reads: a connection that is found to be lost is no reason to answer "not available".

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, Statement};

use crate::error::is_lost;

/// After a restart of the server every connection of a pool is found lost, one after the other; past so many it is away.
pub(crate) const TRIES: usize = 10;

/// A read does nothing, so it may be sent again.
pub(crate) struct Reading(pub(crate) DatabaseConnection);

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

//! `GET /healthz`: whether this node can serve.

use std::time::Duration;

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use model::id::EnvironmentId;
use serde::Serialize;
use store::Store;
use tokio::task::AbortHandle;
use tokio::time::timeout;

/// A database that takes longer counts as away.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is asked.
pub(super) struct Health {
    pub(super) store: Store,
    pub(super) writing: AbortHandle,
}

#[derive(Serialize)]
struct State {
    database: bool,
    writer: bool,
}

#[get("/healthz")]
pub(super) async fn healthz(health: Data<Health>) -> HttpResponse {
    let state = State { database: answers(&health.store).await, writer: !health.writing.is_finished() };
    if state.database && state.writer {
        HttpResponse::Ok().json(state)
    } else {
        HttpResponse::ServiceUnavailable().json(state)
    }
}

/// One look-up of one row, there or not.
async fn answers(store: &Store) -> bool {
    let nobody = EnvironmentId::from_ulid(0_u128.into());
    match timeout(PATIENCE, store.environment(nobody).environment()).await {
        Ok(Ok(_)) => true,
        Ok(Err(error)) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "the database does not answer");
            false
        }
        Err(_) => false,
    }
}

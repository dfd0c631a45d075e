//! `GET /healthz`: whether this node can serve.

use std::collections::BTreeMap;
use std::time::Duration;

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use model::id::EnvironmentId;
use store::Store;
use tokio::task::AbortHandle;
use tokio::time::timeout;

/// A database that takes longer counts as away.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is asked.
pub(super) struct Health {
    pub(super) store: Store,
    pub(super) workers: [(&'static str, AbortHandle); 2],
}

#[get("/healthz")]
pub(super) async fn healthz(health: Data<Health>) -> HttpResponse {
    let workers = health.workers.iter().map(|(name, worker)| (*name, !worker.is_finished()));
    let database = ("database", answers(&health.store).await);
    let state: BTreeMap<_, _> = workers.chain([database]).collect();
    let mut answer =
        if state.values().all(|well| *well) { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    answer.json(state)
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

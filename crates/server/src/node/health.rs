//! `GET /healthz`: whether this node can do its work, and which part of it cannot.

use std::collections::BTreeMap;
use std::time::Duration;

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use model::id::EnvironmentId;
use store::Store;
use tokio::time::timeout;

use super::workers::Workers;

/// A database that takes longer counts as away.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is asked.
pub(super) struct Health {
    store: Store,
    workers: Workers,
}

impl Health {
    pub(super) fn new(store: &Store, workers: &Workers) -> Self {
        Self { store: store.clone(), workers: workers.clone() }
    }
}

#[get("/healthz")]
pub(super) async fn healthz(health: Data<Health>) -> HttpResponse {
    let database = ("database", answers(&health.store).await);
    let state: BTreeMap<_, _> = health.workers.state().chain([database]).collect();
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

//! `GET /healthz`: whether this process is alive. `GET /readyz`: whether it can do its roles now, and which part of it cannot.

use std::collections::BTreeMap;
use std::time::Duration;

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use model::id::EnvironmentId;
use store::{Error, Store};
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

    fn tasks(&self) -> BTreeMap<&'static str, bool> {
        self.workers.state().collect()
    }
}

/// Its tasks run. A database that is away is no reason to start a process again.
#[get("/healthz")]
pub(super) async fn healthz(health: Data<Health>) -> HttpResponse {
    answer(&health.tasks())
}

/// Its tasks run, and the database answers and takes writes. A bus that is away stops nothing: webhooks go on from the log.
#[get("/readyz")]
pub(super) async fn readyz(health: Data<Health>) -> HttpResponse {
    let mut parts = health.tasks();
    let reads = answers(health.store.environment(EnvironmentId::from_ulid(0_u128.into())).environment()).await;
    parts.insert("database", reads.is_some());
    parts.insert("writable", answers(health.store.is_writable()).await == Some(true));
    answer(&parts)
}

fn answer(parts: &BTreeMap<&'static str, bool>) -> HttpResponse {
    let well = parts.values().all(|well| *well);
    if well { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() }.json(parts)
}

async fn answers<T>(asked: impl Future<Output = Result<T, Error>>) -> Option<T> {
    match timeout(PATIENCE, asked).await {
        Ok(Ok(answer)) => Some(answer),
        Ok(Err(error)) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "the database does not answer");
            None
        }
        Err(_) => None,
    }
}

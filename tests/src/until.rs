use std::time::Duration;

use anyhow::{Context, Result};

/// Asks `probe` every 10 ms until it answers something; an error once `limit` has passed. The one place that waits for
/// time to pass: what runs in the test's own process is drained, not waited for.
pub async fn until<T>(what: &str, limit: Duration, mut probe: impl AsyncFnMut() -> Option<T>) -> Result<T> {
    let mut ticks = tokio::time::interval(Duration::from_millis(10));
    let answer = async {
        loop {
            ticks.tick().await;
            if let Some(value) = probe().await {
                return value;
            }
        }
    };
    tokio::time::timeout(limit, answer).await.with_context(|| format!("waited {limit:?} in vain for {what}"))
}

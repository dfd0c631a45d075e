//! A batch that was not done for no reason of its own is done again.

use std::time::Duration;

use store::{Contended, Store};
use tokio::time::{Instant, sleep};

use super::batch::{self, Failure, Outcome};
use super::known::Known;
use super::metrics::Metrics;
use super::request::Write;
use super::working::Draw;

/// For how long a batch that could not be written begins again, and what lies between.
const PERSISTENCE: Duration = Duration::from_secs(2);
const PAUSES: [Duration; 4] = [Duration::ZERO, Duration::ZERO, Duration::from_millis(100), Duration::from_millis(400)];

/// Again while the database answers that it was not done, and not why: a connection was lost, two transactions waited for each
/// other. Not past a while: who pushes tries again as well.
pub(super) async fn persist(
    (store, known, metrics): (&Store, &Known, &Metrics),
    draw: &mut Draw,
    writes: &[Write],
    contended: Contended,
) -> Result<Vec<Outcome>, Failure> {
    let (end, mut pauses) = (Instant::now() + PERSISTENCE, PAUSES.into_iter());
    loop {
        match Box::pin(batch::run(store, known, draw, writes, contended)).await {
            Err(Failure::Store(store::Error::Unavailable(error))) if Instant::now() < end => {
                let Some(pause) = pauses.next() else { return Err(store::Error::Unavailable(error).into()) };
                metrics.begun_again.inc();
                tracing::debug!(%error, writes = writes.len(), "a batch is tried again");
                sleep(pause).await;
            }
            done => return done,
        }
    }
}

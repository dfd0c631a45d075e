//! Mixed writes at a set pace: creates, changes, deletions, members in and out.

use std::time::Duration;

use anyhow::{Result, ensure};
use chaos::gather::Witness;
use simulator::endure::{self, EndurePlan, EndureReport, InFlight};

use crate::house::House;

const CLIENTS: usize = 16;
/// How long what is left may take.
const REST: Duration = Duration::from_secs(30);

/// Until all has arrived, or was overtaken by a deletion and never will. `pace`: from the begin of one write to that of the next, for each of sixteen clients.
pub(crate) async fn write(
    house: &House,
    witness: &Witness,
    (lasts, pace): (Duration, Duration),
    seed: u64,
) -> Result<EndureReport> {
    let (lasts, in_flight) = (Some(lasts), InFlight::default());
    let plan = EndurePlan { clients: CLIENTS, writes: u64::MAX, lasts, seed, patience: REST, pace, in_flight };
    let report = endure::run(house.targets(), &plan, &|_| {}).await?;
    ensure!(report.refused.is_empty() && report.given_up.is_empty(), "{report:?}");
    witness.rest(REST, |left| left.undelivered == 0 && left.unpublished == 0).await?;
    Ok(report)
}

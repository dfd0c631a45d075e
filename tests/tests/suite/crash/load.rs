//! Writes, and kills while they are under way.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};
use chaos::gather::Witness;
use simulator::Target;
use simulator::endure::{self, Accepted, EndurePlan, EndureReport, InFlight};
use simulator::receiver::Inbox;
use tests::until;

use super::{CLIENTS, KILLS, PATIENCE, TakeOver, WRITES};
use crate::tenant::House;

/// A kill between two requests cuts none and does not count; so many of them would be no accident.
const MAX_KILLS: usize = 3 * KILLS;

#[derive(Clone, Copy)]
pub(super) struct Witnesses<'a> {
    pub(super) inbox: &'a Inbox,
    pub(super) database: &'a Witness,
    pub(super) take_over: TakeOver,
}

/// All writes, with [`KILLS`] kills that cut at least one of them each.
pub(super) async fn endure(house: &mut House, targets: &[Target], witnesses: Witnesses<'_>) -> Result<EndureReport> {
    let in_flight = InFlight::default();
    let plan = EndurePlan {
        clients: CLIENTS,
        writes: WRITES,
        lasts: None,
        seed: 11,
        patience: PATIENCE,
        pace: Duration::ZERO,
        in_flight: in_flight.clone(),
    };
    let accepted = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&accepted);
    let witness = move |_: &Accepted| {
        counter.fetch_add(1, Ordering::SeqCst);
    };
    let writing = endure::run(targets, &plan, &witness);
    let (report, killed) = futures::join!(writing, kill(house, &in_flight, &accepted, witnesses));
    killed?;
    Ok(report?)
}

async fn kill(house: &mut House, in_flight: &InFlight, accepted: &AtomicU64, witnesses: Witnesses<'_>) -> Result<()> {
    let Witnesses { inbox, database, take_over } = witnesses;
    let (mut kills, mut counted) = (0, 0);
    while counted < KILLS {
        assert!(kills < MAX_KILLS, "{counted} of {kills} kills cut a request");
        let due = (counted as u64 + 1) * WRITES / (KILLS as u64 + 1);
        let (arrived, cut) = (inbox.count(), in_flight.cut());
        until("writes to be under way, and this node's deliveries", PATIENCE, async || {
            // Alone, a node leaves endpoints with a backlog quiet for one time-out, in which the load may end.
            let delivers = inbox.count() > arrived || (take_over == TakeOver::Alone && kills > 0);
            (accepted.load(Ordering::SeqCst) >= due && delivers && in_flight.count() > 0).then_some(())
        })
        .await
        .with_context(|| {
            let (accepted, arrivals) = (accepted.load(Ordering::SeqCst), inbox.count() - arrived);
            format!("{counted} of {kills} kills cut a request, {accepted} writes accepted, {arrivals} arrivals since")
        })?;
        in_flight.mark();
        house.kill().await?;
        kills += 1;
        if take_over == TakeOver::Leases && counted + 1 < KILLS {
            // What time does for the leases of those who are dead; nobody lives now.
            database.execute("UPDATE leases SET expires_at = 0").await?;
        }
        house.serve_again().await?;
        counted += usize::from(in_flight.cut() > cut);
    }
    Ok(())
}

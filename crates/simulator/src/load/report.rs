use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::Serialize;

use crate::latency::{Latency, micros};

/// What came of a load.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LoadReport {
    /// Users created: answers of 201.
    pub ok: u64,
    /// All other answers.
    pub failed: BTreeMap<u16, u64>,
    /// Requests without an answer.
    pub broken: u64,
    pub elapsed_ms: u64,
    /// Users created in a second.
    pub per_second: u64,
    /// Of all answers.
    pub latency: Latency,
}

/// What one client counts.
#[derive(Default)]
pub(super) struct Count {
    pub(super) broken: u64,
    ok: u64,
    failed: BTreeMap<u16, u64>,
    latencies_us: Vec<u64>,
}

impl Count {
    pub(super) fn answer(&mut self, status: u16, took: Duration) {
        self.latencies_us.push(micros(took));
        if status == 201 {
            self.ok += 1;
        } else {
            *self.failed.entry(status).or_default() += 1;
        }
    }
}

impl LoadReport {
    pub(super) fn of(counts: Vec<Count>, elapsed: Duration) -> Self {
        let ok = counts.iter().map(|count| count.ok).sum();
        let mut failed = BTreeMap::new();
        for (status, number) in counts.iter().flat_map(|count| &count.failed) {
            *failed.entry(*status).or_default() += number;
        }
        Self {
            ok,
            failed,
            broken: counts.iter().map(|count| count.broken).sum(),
            elapsed_ms: micros(elapsed) / 1_000,
            per_second: ok * 1_000_000 / micros(elapsed).max(1),
            latency: Latency::of(counts.into_iter().flat_map(|count| count.latencies_us).collect()),
        }
    }
}

impl fmt::Display for LoadReport {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { ok, failed, broken, elapsed_ms, per_second, latency } = self;
        write!(out, "{ok} users created in {elapsed_ms} ms: {per_second}/s, {latency}")?;
        failed.iter().try_for_each(|(status, count)| write!(out, ", {count} × {status}"))?;
        if *broken > 0 { write!(out, ", {broken} without an answer") } else { Ok(()) }
    }
}

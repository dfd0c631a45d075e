use std::collections::BTreeMap;
use std::time::Duration;

use super::summary::{GroupCounts, Sent, Summary, Unexpected, UserCounts};
use crate::latency::{Latency, micros};
use crate::phase::Phase;
use crate::wire::{Idp, Step};

/// So many unexpected answers are kept with their particulars; the rest is only counted.
const UNEXPECTED_KEPT: usize = 100;

/// What a session has seen so far.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) stopped: Option<String>,
    pub(super) retries: u64,
    pub(super) users: UserCounts,
    pub(super) groups: GroupCounts,
    sent: BTreeMap<(Phase, String), u64>,
    statuses: BTreeMap<u16, u64>,
    unexpected: Vec<Unexpected>,
    unexpected_total: u64,
    latencies_us: Vec<u64>,
}

impl Tally {
    /// A request went out and was answered with this status, or not at all.
    pub(super) fn exchange(&mut self, step: &Step, status: Option<u16>, took: Duration) {
        *self.sent.entry((step.phase, step.request.method.to_string())).or_default() += 1;
        if let Some(status) = status {
            *self.statuses.entry(status).or_default() += 1;
            self.latencies_us.push(micros(took));
        }
    }

    pub(super) fn unexpected(&mut self, step: &Step, status: Option<u16>, detail: String) {
        self.unexpected_total += 1;
        if self.unexpected.len() < UNEXPECTED_KEPT {
            let (method, path) = (step.request.method.to_string(), step.request.path.clone());
            self.unexpected.push(Unexpected { phase: step.phase, method, path, status, detail });
        }
    }

    pub(super) fn summary(self, idp: Idp, elapsed: Duration) -> Summary {
        let sent: Vec<Sent> =
            self.sent.into_iter().map(|((phase, method), count)| Sent { phase, method, count }).collect();
        Summary {
            idp,
            stopped: self.stopped,
            requests: sent.iter().map(|sent| sent.count).sum(),
            sent,
            statuses: self.statuses,
            retries: self.retries,
            unexpected: self.unexpected,
            unexpected_total: self.unexpected_total,
            users: self.users,
            groups: self.groups,
            latency: Latency::of(self.latencies_us),
            elapsed_ms: micros(elapsed) / 1_000,
        }
    }
}

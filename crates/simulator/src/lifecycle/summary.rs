use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::latency::Latency;
use crate::phase::Phase;
use crate::wire::Idp;

/// What a provider sent and got.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    pub idp: Idp,
    /// Why it ended before its time.
    pub stopped: Option<String>,
    /// All requests, retries included.
    pub requests: u64,
    pub sent: Vec<Sent>,
    pub statuses: BTreeMap<u16, u64>,
    /// Answers of 429 and 503 that were followed by another attempt.
    pub retries: u64,
    /// The first hundred answers that the real provider would stumble over.
    pub unexpected: Vec<Unexpected>,
    pub unexpected_total: u64,
    pub users: UserCounts,
    pub groups: GroupCounts,
    pub latency: Latency,
    pub elapsed_ms: u64,
}

/// Requests of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sent {
    pub phase: Phase,
    pub method: String,
    pub count: u64,
}

/// An answer that was not what the provider needs; no status if there was no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unexpected {
    pub phase: Phase,
    pub method: String,
    pub path: String,
    pub status: Option<u16>,
    pub detail: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct UserCounts {
    pub created: u64,
    /// Found by their name and taken over.
    pub matched: u64,
    pub updated: u64,
    pub deactivated: u64,
    pub reactivated: u64,
    pub deleted: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct GroupCounts {
    pub created: u64,
    pub matched: u64,
    /// Renamed, emptied, or members exchanged.
    pub changed: u64,
    pub deleted: u64,
}

impl Summary {
    /// Everything was played and answered as the provider needs it.
    pub fn is_clean(&self) -> bool {
        self.stopped.is_none() && self.unexpected_total == 0
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { users, groups, .. } = self;
        writeln!(out, "{} sent {} requests in {} ms ({})", self.idp, self.requests, self.elapsed_ms, self.latency)?;
        writeln!(
            out,
            "  users   {} created, {} matched, {} updated, {} deactivated, {} reactivated, {} deleted",
            users.created, users.matched, users.updated, users.deactivated, users.reactivated, users.deleted
        )?;
        writeln!(
            out,
            "  groups  {} created, {} matched, {} changed, {} deleted",
            groups.created, groups.matched, groups.changed, groups.deleted
        )?;
        write!(out, "  answers")?;
        self.statuses.iter().try_for_each(|(status, count)| write!(out, "  {status}: {count}"))?;
        writeln!(out, "  retried: {}  unexpected: {}", self.retries, self.unexpected_total)?;
        self.stopped.iter().try_for_each(|why| writeln!(out, "  stopped: {why}"))?;
        self.unexpected.iter().try_for_each(|it| writeln!(out, "  ! {it}"))
    }
}

impl fmt::Display for Unexpected {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
        write!(out, "{} {} {}: {status} {}", self.phase, self.method, self.path, self.detail)
    }
}

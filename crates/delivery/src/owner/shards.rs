//! Which shards this node holds, and how they are named.

/// A shard whose lease this node holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HeldShard {
    pub(crate) epoch: i64,
    /// By `Store::now_ms`.
    pub(crate) expires_at_ms: i64,
    /// It was taken from a process that did not give it up, and whose lease had not run out.
    pub(crate) seized: Option<Seized>,
}

/// A request of a process that was killed may arrive until its time-out: the connection outlives its sender. By
/// `Store::now_ms`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seized {
    pub(crate) at_ms: i64,
    /// When such a request has ended at the latest.
    pub(crate) quiet_until_ms: i64,
}

const PREFIX: &str = "shard:";

pub(crate) fn lease_name(shard: u8) -> String {
    format!("{PREFIX}{shard:03}")
}

pub(crate) fn parse_lease_name(name: &str) -> Option<u8> {
    name.strip_prefix(PREFIX)?.parse().ok()
}

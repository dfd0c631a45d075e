//! What a delivery node may be told. The defaults are for production; tests and the demo use shorter ones.

use std::time::Duration;

use crate::http::AddressPolicy;
use crate::schedule::Schedule;

/// Longer than any delivery is tried, so that no single event stops an endpoint.
pub(crate) const STOPPED_AFTER: Duration = Duration::from_hours(5 * 24);

#[derive(Debug, Clone)]
pub struct Settings {
    /// No other process can use this database (embedded, under the data folder's lock): what a killed one held is taken
    /// at once.
    pub alone: bool,
    pub addresses: AddressPolicy,
    /// From resolving the name to the end of the answer. 10 s: sources about WorkOS say 5 to 10.
    pub request_timeout: Duration,
    /// How long a node that died keeps others from its endpoints. Well above the time-out of a request: a node sends only
    /// while its lease outlasts one.
    pub lease: Duration,
    /// How often a node looks for what nothing told it.
    pub tick: Duration,
    pub schedule: Schedule,
    pub breaker: Breaker,
    /// An endpoint at which every attempt has failed for so long is stopped.
    pub stopped_after: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            alone: false,
            addresses: AddressPolicy::default(),
            request_timeout: Duration::from_secs(10),
            lease: Duration::from_secs(20),
            tick: Duration::from_secs(1),
            schedule: Schedule::default(),
            breaker: Breaker::default(),
            stopped_after: STOPPED_AFTER,
        }
    }
}

/// When an endpoint that fails is left alone for a while.
#[derive(Debug, Clone)]
pub struct Breaker {
    /// So many failures in a row.
    pub failures: u32,
    /// The first pause; each further one is twice as long.
    pub first: Duration,
    pub longest: Duration,
}

impl Default for Breaker {
    fn default() -> Self {
        Self { failures: 5, first: Duration::from_secs(1), longest: Duration::from_mins(1) }
    }
}

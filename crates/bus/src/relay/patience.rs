//! How long a leader holds on to a bus that takes nothing from it: another node may reach it.

use std::time::Duration;

use tokio::time::Instant;

use super::{Error, Settings};
use crate::bus::Error as BusError;

/// One that gave up leads again after so many ticks, if no other does by then.
const REST: u32 = 3;

pub(super) struct Patience {
    limit: Duration,
    rest: Duration,
    failing_since: Option<Instant>,
    rests_until: Option<Instant>,
}

impl Patience {
    pub(super) fn new(settings: &Settings) -> Self {
        Self { limit: settings.patience, rest: settings.tick * REST, failing_since: None, rests_until: None }
    }

    pub(super) fn rests(&self, now: Instant) -> bool {
        self.rests_until.is_some_and(|until| until > now)
    }

    /// What began then has ended so now; answers whether to lead is to be left to others for a while.
    pub(super) fn wears_out(&mut self, began: Instant, now: Instant, worked: &Result<(), Error>) -> bool {
        match worked {
            Ok(()) => self.failing_since = None,
            Err(Error::Bus(BusError::Unavailable(_))) => {
                let since = *self.failing_since.get_or_insert(began);
                if now.duration_since(since) > self.limit {
                    self.failing_since = None;
                    self.rests_until = Some(now + self.rest);
                    return true;
                }
            }
            // The log's troubles, or one environment's: any node has them.
            Err(_) => {}
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_wears_out_where_only_the_bus_fails_and_nothing_succeeds() {
        let (start, limit, tick) = (Instant::now(), Duration::from_secs(10), Duration::from_secs(1));
        let mut patience = Patience::new(&Settings { patience: limit, tick, ..Settings::default() });
        let at = |ms: u64| start + Duration::from_millis(ms);
        let unavailable = || Err(Error::Bus(BusError::Unavailable("away".into())));
        assert!(!patience.wears_out(at(0), at(10_000), &unavailable()));
        assert!(!patience.wears_out(at(10_000), at(10_001), &Err(Error::Bus(BusError::Gone))));
        assert!(!patience.wears_out(at(10_001), at(10_002), &Ok(())), "it has worked since");
        assert!(!patience.wears_out(at(10_002), at(10_003), &unavailable()));
        assert!(!patience.wears_out(at(20_003), at(20_004), &Err(Error::Lease)));
        assert!(!patience.rests(at(20_004)));
        assert!(patience.wears_out(at(20_004), at(20_004), &unavailable()));
        assert!(patience.rests(at(23_003)) && !patience.rests(at(23_004)));
        assert!(!patience.wears_out(at(23_004), at(23_005), &unavailable()), "it begins anew");
    }
}

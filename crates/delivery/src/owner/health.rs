//! How an endpoint fares: how many requests it gets at once, and whether it is left alone for a while. Pure.

use crate::schedule::millis;
use crate::settings::Breaker;

/// So many requests at once at first; each success allows one more, each failure halves.
const FIRST_LIMIT: usize = 4;
/// At most so many requests to an endpoint at once.
const LONGEST_LIMIT: usize = 32;

/// ```text
///         `failures` in a row                pause over, or a revocation: one request
/// Closed ─────────────────────► Open ─────────────────────────────────────────────────┐
///   ▲                             ▲                      failure: twice as long       │
///   │ success                     └───────────────────────────────────────────────────┤
///   └─────────────────────────────────────────────────────────────────────────────────┘
/// ```
#[derive(Debug)]
pub(super) struct Health {
    limit: usize,
    /// Failures in a row.
    failures: u32,
    open: Option<Pause>,
}

#[derive(Debug, Clone, Copy)]
struct Pause {
    length_ms: i64,
    until_ms: i64,
}

impl Default for Health {
    fn default() -> Self {
        Self { limit: FIRST_LIMIT, failures: 0, open: None }
    }
}

impl Health {
    /// How many requests more may go now. `urgent`: revocations that were never tried; each is tried at once, since access must
    /// not outlast it for a pause.
    pub(super) fn room(&self, now_ms: i64, in_flight: usize, urgent: usize) -> usize {
        let Some(pause) = self.open else { return self.limit.saturating_sub(in_flight) };
        let probe = usize::from(now_ms >= pause.until_ms && in_flight == 0);
        probe.max(urgent).min(LONGEST_LIMIT.saturating_sub(in_flight))
    }

    /// The endpoint is left alone.
    pub(super) const fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// When [`room`](Self::room) changes by itself.
    pub(super) const fn reopens_at(&self) -> Option<i64> {
        match self.open {
            Some(pause) => Some(pause.until_ms),
            None => None,
        }
    }

    /// Answers whether the endpoint is back: it had been left alone.
    pub(super) fn succeeded(&mut self) -> bool {
        self.failures = 0;
        self.limit = LONGEST_LIMIT.min(self.limit + 1);
        self.open.take().is_some()
    }

    pub(super) fn failed(&mut self, breaker: &Breaker, now_ms: i64) {
        self.failures = self.failures.saturating_add(1);
        self.limit = 1.max(self.limit / 2);
        // Requests that went out together fail together: only the first of them lengthens the pause.
        if self.failures < breaker.failures || self.open.is_some_and(|pause| now_ms < pause.until_ms) {
            return;
        }
        let longer = self.open.map_or(millis(breaker.first), |pause| pause.length_ms.saturating_mul(2));
        let length_ms = longer.min(millis(breaker.longest));
        self.open = Some(Pause { length_ms, until_ms: now_ms.saturating_add(length_ms) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(failures: u32) -> Health {
        let mut health = Health::default();
        (0..failures).for_each(|_| health.failed(&Breaker::default(), 0));
        health
    }

    #[test]
    fn success_opens_up_and_failure_closes_down() {
        let mut health = Health::default();
        assert_eq!(health.room(0, 0, 0), FIRST_LIMIT);
        assert_eq!(health.room(0, FIRST_LIMIT, 0), 0);
        (0..100).for_each(|_| assert!(!health.succeeded()));
        assert_eq!(health.room(0, 0, 0), LONGEST_LIMIT);
        health.failed(&Breaker::default(), 0);
        assert_eq!(health.room(0, 0, 0), LONGEST_LIMIT / 2);
        (0..3).for_each(|_| health.failed(&Breaker::default(), 0));
        assert_eq!(health.room(0, 0, 0), 2, "not open yet");
    }

    #[test]
    fn an_open_breaker_tries_one_after_each_pause() {
        let mut health = opened(5);
        assert_eq!((health.room(999, 0, 0), health.room(1000, 0, 0), health.room(1000, 1, 0)), (0, 1, 0));
        for (now_ms, reopens_at) in [(500, 1_000), (1_000, 3_000), (3_000, 7_000)] {
            health.failed(&Breaker::default(), now_ms);
            assert_eq!(health.reopens_at(), Some(reopens_at), "{now_ms}");
        }
        (0..20).for_each(|n| health.failed(&Breaker::default(), n * 1_000_000));
        assert_eq!(health.reopens_at(), Some(19_060_000), "never longer than a minute");
        assert!(health.succeeded());
        assert!(health.room(0, 0, 0) > 1 && health.reopens_at().is_none());
    }

    #[test]
    fn a_revocation_is_tried_at_once() {
        let health = opened(5);
        assert_eq!((health.room(0, 0, 0), health.room(0, 0, 2), health.room(0, 3, 2)), (0, 2, 2));
        assert_eq!(
            (health.room(1000, 0, 3), health.room(1000, 1, 3)),
            (3, 3),
            "and the one after a pause is among them"
        );
        let limit = LONGEST_LIMIT;
        assert_eq!(
            (health.room(0, 0, limit + 1), health.room(0, limit - 1, 9), health.room(0, limit, 9)),
            (limit, 1, 0)
        );
    }
}

//! When a failed delivery is tried again, and when it is given up. Pure.

use std::time::Duration;

/// A `Retry-After` beyond this is cut: an endpoint may ask for patience, not for oblivion.
const RETRY_AFTER_LONGEST: Duration = Duration::from_hours(1);
/// Every delay is shortened by up to this share, so that what failed together does not come back together.
const JITTER_PERMILLE: u32 = 250;

/// Exponential back-off, from the first attempt on. The last attempt comes `span` after the first one, or a little later where
/// the endpoint asked for it.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// The delay after the first attempt.
    pub first: Duration,
    /// How much longer each further delay is.
    pub factor: u32,
    pub longest: Duration,
    /// How long a delivery is tried at all.
    pub span: Duration,
}

impl Default for Schedule {
    /// 5 s, 20 s, 80 s, 5 min, 21 min, 85 min, 6 h, then every 12 h: about 13 attempts in three days.
    fn default() -> Self {
        Self {
            first: Duration::from_secs(5),
            factor: 4,
            longest: Duration::from_hours(12),
            span: Duration::from_hours(72),
        }
    }
}

/// A failed attempt. Times in Unix milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Failure {
    /// How many attempts have ended, this one included.
    pub(crate) attempts: i64,
    /// When the first of them began.
    pub(crate) tried_at_ms: i64,
    pub(crate) now_ms: i64,
    /// What `Retry-After` said.
    pub(crate) asked: Option<Duration>,
}

impl Schedule {
    /// When to try again; None: give up. `luck` is a random number.
    pub(crate) fn next(&self, failure: Failure, luck: u32) -> Option<i64> {
        let last_ms = failure.tried_at_ms.saturating_add(millis(self.span));
        if failure.now_ms >= last_ms {
            return None;
        }
        let due_ms = last_ms.min(failure.now_ms.saturating_add(millis(self.delay(failure.attempts, luck))));
        let asked = failure.asked.map(|asked| failure.now_ms + millis(asked.min(RETRY_AFTER_LONGEST)));
        Some(asked.map_or(due_ms, |asked_ms| asked_ms.max(due_ms)))
    }

    fn delay(&self, attempts: i64, luck: u32) -> Duration {
        let power = u32::try_from(attempts - 1).unwrap_or(u32::MAX);
        let factor = self.factor.checked_pow(power).unwrap_or(u32::MAX);
        let delay = self.first.saturating_mul(factor).min(self.longest);
        delay.saturating_mul(1000 - luck % (JITTER_PERMILLE + 1)) / 1000
    }
}

pub(crate) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR_MS: i64 = 3_600_000;

    fn next(attempts: i64, now_ms: i64, asked: Option<u64>, luck: u32) -> Option<i64> {
        let asked = asked.map(Duration::from_secs);
        Schedule::default().next(Failure { attempts, tried_at_ms: 0, now_ms, asked }, luck)
    }

    #[test]
    fn delays_grow_up_to_a_limit_and_end_after_three_days() {
        let check = |attempts, now_ms, expected| assert_eq!(next(attempts, now_ms, None, 0), expected, "{attempts}");
        check(1, 0, Some(5_000));
        check(2, 5_000, Some(25_000));
        check(3, 0, Some(80_000));
        check(7, 0, Some(20_480_000));
        check(8, 0, Some(12 * HOUR_MS));
        check(i64::MAX, 0, Some(12 * HOUR_MS));
        // The last attempt comes when the span ends, and is the last.
        check(13, 71 * HOUR_MS, Some(72 * HOUR_MS));
        check(14, 72 * HOUR_MS, None);
    }

    #[test]
    fn luck_shortens_a_delay_by_a_quarter_at_most() {
        let check = |luck, expected| assert_eq!(next(1, 0, None, luck), Some(expected), "{luck}");
        check(0, 5_000);
        check(JITTER_PERMILLE, 3_750);
        check(JITTER_PERMILLE + 1, 5_000);
        assert!((0..2_000).all(|luck| (3_750..=5_000).contains(&next(1, 0, None, luck).unwrap())));
    }

    #[test]
    fn retry_after_postpones_within_a_clamp_and_never_hastens() {
        let check = |asked, expected| assert_eq!(next(1, 0, Some(asked), 0), Some(expected), "{asked}");
        check(0, 5_000);
        check(60, 60_000);
        check(3_600, HOUR_MS);
        check(3_601, HOUR_MS);
        check(u64::MAX, HOUR_MS);
        assert_eq!(next(14, 72 * HOUR_MS, Some(60), 0), None);
    }

    #[test]
    fn the_default_makes_about_thirteen_attempts() {
        let (mut now_ms, mut attempts) = (0, 1);
        while let Some(due_ms) = next(attempts, now_ms, None, 0) {
            (now_ms, attempts) = (due_ms, attempts + 1);
        }
        assert_eq!((now_ms, attempts), (72 * HOUR_MS, 14));
    }
}

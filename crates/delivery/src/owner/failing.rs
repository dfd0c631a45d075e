//! Since when every attempt at an endpoint has failed, and when that has lasted too long. Pure.

use model::Timestamp;

/// What one more attempt changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Nothing,
    /// It fails since now, or not any more: to be written.
    Since(Option<Timestamp>),
    /// It is to be stopped.
    TooLong,
}

#[derive(Debug, Default)]
pub(super) struct Failing {
    since: Option<Timestamp>,
}

impl Failing {
    pub(super) const fn since(since: Option<Timestamp>) -> Self {
        Self { since }
    }

    pub(super) const fn succeeded(&mut self) -> Change {
        match self.since.take() {
            Some(_) => Change::Since(None),
            None => Change::Nothing,
        }
    }

    /// An attempt failed; after `longest_ms` of nothing else it is enough.
    pub(super) fn failed(&mut self, now_ms: i64, longest_ms: i64) -> Change {
        match self.since {
            Some(since) if now_ms.saturating_sub(since.0) >= longest_ms => Change::TooLong,
            Some(_) => Change::Nothing,
            None => {
                self.since = Some(Timestamp(now_ms));
                Change::Since(self.since)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::millis;
    use crate::settings::STOPPED_AFTER;

    #[test]
    fn it_lasts_too_long_after_days_without_a_success() {
        let longest_ms = millis(STOPPED_AFTER);
        let mut failing = Failing::default();
        assert_eq!(failing.succeeded(), Change::Nothing);
        assert_eq!(failing.failed(7, longest_ms), Change::Since(Some(Timestamp(7))));
        assert_eq!(failing.failed(7 + longest_ms - 1, longest_ms), Change::Nothing);
        assert_eq!(failing.failed(7 + longest_ms, longest_ms), Change::TooLong);
        assert_eq!(failing.failed(7 + longest_ms + 1, longest_ms), Change::TooLong);
        assert_eq!(failing.succeeded(), Change::Since(None));
        assert_eq!(failing.failed(9 + longest_ms, longest_ms), Change::Since(Some(Timestamp(9 + longest_ms))));
    }
}

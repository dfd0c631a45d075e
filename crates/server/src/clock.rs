use std::time::{SystemTime, UNIX_EPOCH};

/// The time of day: the one real clock of the house.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SystemClock;

impl model::Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is where time is taken to be passed in")]
    fn now_ms(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }
}

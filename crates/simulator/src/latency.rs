use std::fmt;
use std::time::Duration;

use serde::Serialize;

/// How long answers took, in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Latency {
    pub p50_us: u64,
    pub p99_us: u64,
    pub max_us: u64,
}

impl Latency {
    /// From all samples; zeros if there are none.
    pub fn of(mut samples_us: Vec<u64>) -> Self {
        samples_us.sort_unstable();
        let rank = |percent: usize| (samples_us.len() * percent).div_ceil(100).saturating_sub(1);
        let at = |rank: usize| samples_us.get(rank).copied().unwrap_or_default();
        Self { p50_us: at(rank(50)), p99_us: at(rank(99)), max_us: at(rank(100)) }
    }
}

impl fmt::Display for Latency {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [p50, p99, max] = [self.p50_us, self.p99_us, self.max_us].map(Duration::from_micros);
        write!(out, "p50 {p50:.1?}, p99 {p99:.1?}, max {max:.1?}")
    }
}

/// Whole microseconds of a duration.
pub(crate) fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_samples() {
        assert_eq!(Latency::of(Vec::new()), Latency::default());
        assert_eq!(Latency::of(vec![7]), Latency { p50_us: 7, p99_us: 7, max_us: 7 });
        assert_eq!(Latency::of((1..=1_000).rev().collect()), Latency { p50_us: 500, p99_us: 990, max_us: 1_000 });
        assert_eq!(Latency::of(vec![800, 1_500]).to_string(), "p50 800.0µs, p99 1.5ms, max 1.5ms");
    }
}

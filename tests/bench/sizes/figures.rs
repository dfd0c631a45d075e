//! Times of one thing at several sizes.

use std::time::Duration;

/// The middle one.
pub(crate) fn median(times: &[Duration]) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    sorted[sorted.len() / 2]
}

/// One line: the median at each size, and that of the largest by that of the smallest.
pub(crate) fn line(what: &str, sizes: &[usize], times: &[Vec<Duration>]) -> String {
    let medians: Vec<_> = times.iter().map(|times| median(times)).collect();
    let each = sizes.iter().zip(&medians).map(|(size, median)| format!("{size}: {:.2} ms", ms(*median)));
    let ratio = medians[medians.len() - 1].as_secs_f64() / medians[0].as_secs_f64();
    format!("{what}: {}, ratio {ratio:.2}", each.collect::<Vec<_>>().join(", "))
}

pub(crate) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

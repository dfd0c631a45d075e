//! How long a request may take.

use std::time::{Duration, Instant};

/// No one request takes longer: one text read by one set of rules, and done to one resource. A target plays many requests of an
/// input, and each is timed by itself.
const SLOW: Duration = Duration::from_millis(100);

/// What libFuzzer plays is built for speed, its counters and assertions aside; the suite's build is not.
const IS_HELD: bool = cfg!(all(feature = "libfuzzer", not(test)));

/// Does what a request does, and holds it to its time.
pub(crate) fn request<T>(work: impl Fn() -> T) -> T {
    let (done, took) = timed(&work);
    hold(took, work);
    done
}

/// What comes of the work, and how long it took.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let began = Instant::now();
    let done = work();
    (done, began.elapsed())
}

/// Of a request that took long, which may be the machine's doing: it is done `again` twice, and the fastest of the three counts.
pub(crate) fn hold<T>(took: Duration, again: impl Fn() -> T) {
    if IS_HELD && took >= SLOW {
        let fastest = (0..2).map(|_| timed(&again).1).fold(took, Duration::min);
        assert!(fastest < SLOW, "a request took {fastest:?}");
    }
}

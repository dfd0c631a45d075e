//! Counts operations on ordered sets, for the tests of complexity. Outside tests it counts nothing.

#[cfg(test)]
thread_local! {
    static TAKEN: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

#[cfg(test)]
pub(super) fn take(steps: usize) {
    TAKEN.set(TAKEN.get() + steps);
}

#[cfg(not(test))]
pub(super) fn take(_steps: usize) {}

/// How many `work` took on this thread.
#[cfg(test)]
pub(super) fn of(work: impl FnOnce()) -> usize {
    let before = TAKEN.get();
    work();
    TAKEN.get() - before
}

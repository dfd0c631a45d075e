/// How large the simulated company is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// People to provision.
    pub users: usize,
    /// Groups to push.
    pub groups: usize,
    /// The same seed gives the same people, groups and changes.
    pub seed: u64,
    /// Users (or groups) handled at the same time; each one's own requests stay in order.
    pub at_once: usize,
}

impl Plan {
    /// The smallest company in which everything happens at least once.
    pub const SMALL: Self = Self { users: 12, groups: 5, seed: 1, at_once: 4 };
    /// What `rollcall simulate` and `rollcall demo` play when not told otherwise.
    pub const DEFAULT: Self = Self { users: 60, groups: 8, seed: 1, at_once: 8 };
}

impl Default for Plan {
    fn default() -> Self {
        Self::DEFAULT
    }
}

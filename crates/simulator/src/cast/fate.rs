/// What happens to a person after having been provisioned. It goes by number, so that ten people see all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Stays,
    /// Changes name or job.
    Changes,
    /// Is unassigned, and stays inactive.
    Leaves,
    /// Is unassigned and assigned again.
    Returns,
    /// Is unassigned, then purged where the provider ever purges.
    IsDeleted,
}

impl Fate {
    pub(crate) fn of(number: usize) -> Self {
        match number % 10 {
            0 | 3 | 7 => Self::Changes,
            2 => Self::Leaves,
            4 => Self::Returns,
            6 => Self::IsDeleted,
            _ => Self::Stays,
        }
    }

    pub(crate) fn leaves(self) -> bool {
        matches!(self, Self::Leaves | Self::Returns | Self::IsDeleted)
    }
}

/// What happens to a group after having been filled. Five groups see all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GroupFate {
    Stays,
    Renamed,
    /// One member goes, another comes.
    Swapped,
    /// All members go.
    Emptied,
    Deleted,
}

impl GroupFate {
    pub(crate) fn of(number: usize) -> Self {
        match number % 5 {
            1 => Self::Renamed,
            2 => Self::Swapped,
            3 => Self::Emptied,
            4 => Self::Deleted,
            _ => Self::Stays,
        }
    }
}

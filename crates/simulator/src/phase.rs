use std::fmt;

use serde::Serialize;

/// The parts of a provider's life cycle, in the order in which they are played. A request belongs to one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// The administrator presses "test connection".
    Probe,
    /// Does this user or group exist already?
    Match,
    Create,
    /// A profile changed.
    Update,
    /// Managers, where the provider writes them after all users exist.
    Reference,
    /// Members are pushed into a group, exchanged, taken out.
    Members,
    Rename,
    Deactivate,
    Reactivate,
    Delete,
    /// What a server must refuse.
    Refusal,
    /// Paging through everything.
    Import,
}

impl fmt::Display for Phase {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(match self {
            Self::Probe => "probe",
            Self::Match => "match",
            Self::Create => "create",
            Self::Update => "update",
            Self::Reference => "reference",
            Self::Members => "members",
            Self::Rename => "rename",
            Self::Deactivate => "deactivate",
            Self::Reactivate => "reactivate",
            Self::Delete => "delete",
            Self::Refusal => "refusal",
            Self::Import => "import",
        })
    }
}

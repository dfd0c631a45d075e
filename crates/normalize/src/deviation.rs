//! What was forgiven, in the words of the model.

use model::Deviation;
use scim::Departure;

/// What is forgiven beyond the SCIM core, because it takes to know who is in the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repair {
    /// N22: a member who is nobody in the directory waits to come, the rest is applied. `any-unknown-member`.
    UnknownMember,
}

impl Repair {
    /// Its name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::UnknownMember => "unknown_member",
        }
    }

    /// That it was used at `path`.
    pub fn at(self, path: &str) -> Deviation {
        Deviation { name: self.name(), path: path.to_owned() }
    }
}

/// Departures as deviations: the option's name and the attribute, never a value.
pub fn deviations(departures: &[Departure]) -> Vec<Deviation> {
    let deviation = |departure: &Departure| Deviation { name: departure.option.name(), path: departure.path.clone() };
    departures.iter().map(deviation).collect()
}

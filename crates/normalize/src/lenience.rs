//! Which departures from the letter a directory forgives.

use model::settings::{DirectorySettings, EmptyOperations, UnknownAttributes};
use scim::{Lenience, Leniency};

/// The one rule set that satisfies every identity provider at once (N1-N30), but what the directory's owner has switched off.
pub fn lenience(settings: DirectorySettings) -> Lenience {
    if settings.strict {
        return Lenience::default();
    }
    let mut lenience = Lenience::all();
    if settings.unknown_attributes == UnknownAttributes::Reject {
        lenience = lenience.without(Leniency::DropUnknown);
    }
    if settings.empty_operations == EmptyOperations::Reject {
        lenience = lenience.without(Leniency::EmptyOperations);
    }
    lenience
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_switch_is_one_option() {
        let all = DirectorySettings::default();
        assert_eq!(lenience(all), Lenience::all());
        assert_eq!(lenience(DirectorySettings { strict: true, ..all }), Lenience::default());
        let unknown = DirectorySettings { unknown_attributes: UnknownAttributes::Reject, ..all };
        assert_eq!(lenience(unknown), Lenience::all().without(Leniency::DropUnknown));
        let empty = DirectorySettings { empty_operations: EmptyOperations::Reject, ..all };
        assert_eq!(lenience(empty), Lenience::all().without(Leniency::EmptyOperations));
    }
}

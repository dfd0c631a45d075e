//! Which departures from the letter a directory forgives.

use scim::Lenience;

/// The one rule set that satisfies every identity provider at once (N1-N30).
pub fn lenience() -> Lenience {
    Lenience::all()
}

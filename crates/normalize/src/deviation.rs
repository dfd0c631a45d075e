//! What the SCIM core forgave, in the words of the model.

use model::Deviation;
use scim::Departure;

/// Departures as deviations: the option's name and the attribute, never a value.
pub fn deviations(departures: &[Departure]) -> Vec<Deviation> {
    let deviation = |departure: &Departure| Deviation { name: departure.option.name(), path: departure.path.clone() };
    departures.iter().map(deviation).collect()
}

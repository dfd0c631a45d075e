//! What the SCIM core forgave, in the words of the model.

use model::Deviation;
use scim::Departure;

/// Departures as deviations: the option's name and the attribute, never a value.
pub fn deviations(departures: Vec<Departure>) -> Vec<Deviation> {
    departures.into_iter().map(|departure| Deviation { name: departure.option.name(), path: departure.path }).collect()
}

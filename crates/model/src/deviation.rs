//! What normalisation noticed: input that was repaired, dropped or skipped, told to IT and operators.

use serde::Serialize;

/// One thing in a request that was not as the RFC wants it, and what was done about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Deviation {
    /// The named quirk or leniency, e.g. `boolean_string`.
    pub name: &'static str,
    /// Where: an attribute path, or `Operations[2].path`. Never a value (values are personal data).
    pub path: String,
}

//! A double of a SCIM server: remembers what it was sent and answers just well enough to be believed. It proves nothing
//! about any real server.

mod directory;
mod serve;

pub(crate) use serve::{Double, Interference, Recorded};

/// The only token that it knows.
pub(crate) const TOKEN: &str = "se_double";

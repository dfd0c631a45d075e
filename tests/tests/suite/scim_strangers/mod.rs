//! The SCIM door and those it must not serve: every place, by every method, with credentials and ids of others.
//!
//! The cast: a [`Town`](town::Town) is three directories, ours, its sibling and one of another environment; [`credentials`]
//! are others' at our door, [`ids`] and [`filters`] others' ids with our own token.

mod credentials;
mod filters;
mod ids;
mod town;

//! Why a relay cannot go on.

use model::id::EnvironmentId;

use crate::bus::Error as BusError;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the relay cannot read the log")]
    Store(#[from] store::Error),
    #[error("the relay cannot publish")]
    Bus(#[from] BusError),
    /// Another node leads now.
    #[error("the relay's lease is lost")]
    Lease,
}

impl Error {
    /// Whether another environment's log may fare better.
    pub(super) const fn is_its_own(&self) -> bool {
        matches!(self, Self::Store(store::Error::Corrupt { .. }) | Self::Bus(BusError::TooLarge(_)))
    }

    /// Says that an environment is left behind.
    pub(super) fn warn_of(&self, environment_id: EnvironmentId) {
        let error = self as &dyn std::error::Error;
        tracing::warn!(%environment_id, error, "an environment's log stays unpublished; the others go on");
    }
}

//! A webhook endpoint: where an environment's events go.

use crate::id::{EndpointId, EnvironmentId};
use crate::secret::Secret;
use crate::time::Timestamp;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    pub id: EndpointId,
    pub environment_id: EnvironmentId,
    pub url: String,
    pub secret: Secret,
    pub status: EndpointStatus,
    /// Names of the event types it is subscribed to, sorted, each once.
    pub events: Vec<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Whether events go there. The public API knows two answers: who disabled an endpoint is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndpointStatus {
    Enabled,
    /// By its owner: news is skipped until it is enabled, what was undelivered waits.
    Disabled,
    /// By Rollcall (it answered 410): news is kept for it and waits with what was undelivered.
    Stopped,
}

impl EndpointStatus {
    /// The public name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Disabled | Self::Stopped => "disabled",
        }
    }

    /// Reads a public name: what an owner may ask for.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Enabled, Self::Disabled].into_iter().find(|status| status.as_str() == text)
    }
}

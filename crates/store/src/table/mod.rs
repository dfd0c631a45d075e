//! The tables as sea-orm sees them. Private to `store`: nouns leave, rows stay.

pub(crate) mod answer;
pub(crate) mod api_key;
pub(crate) mod attempt;
pub(crate) mod delivery;
pub(crate) mod directory;
pub(crate) mod directory_token;
pub(crate) mod endpoint;
pub(crate) mod endpoint_event;
pub(crate) mod environment;
pub(crate) mod event;
pub(crate) mod event_body;
pub(crate) mod group;
pub(crate) mod membership;
pub(crate) mod organization;
pub(crate) mod organization_domain;
pub(crate) mod parked;
pub(crate) mod position;
pub(crate) mod stream;
pub(crate) mod user;

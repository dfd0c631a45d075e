#![doc = include_str!("../README.md")]

mod authenticate;
mod broker;
mod directories;
pub mod documents;
mod draft;
mod endpoints;
mod environments;
mod error;
pub mod ingest;
mod lenience;
mod limits;
mod name;
mod once;
mod organizations;
mod tokens;
mod views;

pub use authenticate::{Authenticator, MAX_REMEMBERED, Remembered};
pub use broker::Broker;
pub use directories::MAX_DIRECTORIES;
pub use endpoints::{EndpointChange, MAX_ENDPOINTS, MAX_URL_LENGTH, Reach};
pub use error::Error;
pub use lenience::lenience;
pub use limits::{
    MAX_DOMAIN_LENGTH, MAX_DOMAINS, MAX_EXTERNAL_ID_LENGTH, MAX_METADATA_KEY_LENGTH, MAX_METADATA_KEYS,
    MAX_METADATA_VALUE_LENGTH, MAX_STRIPE_CUSTOMER_ID_LENGTH,
};
pub use name::MAX_NAME_LENGTH;
pub use once::MAX_IDEMPOTENCY_KEY_LENGTH;
pub use organizations::OrganizationChange;
pub use tokens::{MAX_EXPIRED_TOKENS, MAX_TOKENS};
pub use views::EventPage;

#![doc = include_str!("../README.md")]

pub mod api;
mod doors;
pub mod ingress;
pub mod openapi;
mod metrics;
mod request_id;

pub use doors::{Doors, Open, Settings, configure};
pub use metrics::Metrics;

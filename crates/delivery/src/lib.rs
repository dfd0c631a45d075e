#![doc = include_str!("../README.md")]

mod fanout;
mod http;
mod keeper;
pub mod lanes;
mod ledger;
mod metrics;
mod owner;
mod progress;
mod push;
mod schedule;
mod settings;
mod start;
mod status;
mod sweep;
#[cfg(test)]
mod tests;

pub use http::AddressPolicy;
pub use metrics::Metrics;
pub use schedule::Schedule;
pub use settings::{Breaker, Settings};
pub use start::{Error, Handle, start};
pub use status::Status;

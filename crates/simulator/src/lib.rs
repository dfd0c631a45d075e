#![doc = include_str!("../README.md")]

mod cast;
mod lifecycle;
mod phase;
mod plan;
mod target;
mod wire;

mod client;
mod error;
mod latency;

pub mod endure;
pub mod load;
pub mod receiver;

pub use error::Error;
pub use latency::Latency;
pub use lifecycle::{GroupCounts, Observer, Progress, Sent, Summary, Unexpected, UserCounts, run};
pub use phase::Phase;
pub use plan::Plan;
pub use target::Target;
pub use wire::{Idp, UnknownIdp};

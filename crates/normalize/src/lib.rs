#![doc = include_str!("../README.md")]

mod deviation;
mod lenience;
mod person;
mod team;

pub use deviation::{Repair, deviations};
pub use lenience::lenience;
pub use person::person;
pub use team::team;

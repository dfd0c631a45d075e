#![doc = include_str!("../README.md")]

mod bus;
#[cfg(test)]
mod contract;
#[cfg(feature = "kafka")]
pub mod kafka;
mod memory;
pub mod relay;

pub use bus::{Bus, Error, MAX_BATCH, Marks, Run, Spans};
pub use memory::Memory;

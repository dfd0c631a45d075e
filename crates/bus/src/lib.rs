#![doc = include_str!("../README.md")]

mod bus;
mod memory;
pub mod relay;

pub use bus::{Bus, Error, MAX_BATCH, Run};
pub use memory::Memory;

#![doc = include_str!("../README.md")]

pub mod checker;
pub mod faults;
pub mod gather;
pub mod load;
pub mod record;
pub mod run;
pub mod scene;
pub mod subscription;

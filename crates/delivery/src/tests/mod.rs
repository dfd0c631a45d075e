//! A delivery node as a whole: on both databases, against a receiver that listens on a real socket.

mod endpoints;
mod failing;
mod fencing;
mod house;
mod isolation;
mod nodes;
pub(crate) mod receiver;
mod restart;
mod revocation;
mod sending;
mod windows;

pub(crate) use house::{House, MIGRATED, Outcome, Say, quick};

//! The store on both databases: what the crates above build on, tested at its public edge.

#![cfg(test)]

mod alike;
mod attempts;
mod cursors;
mod durability;
mod hanging;
mod house;
mod leasing;
mod locking;
mod lost;
mod migrating;
mod plans;
mod positions;
mod proxy;
mod purging;
mod ranges;
mod sealing;
mod tenancy;
mod tenant;
mod waking;

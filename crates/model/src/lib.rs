#![doc = include_str!("../README.md")]

pub mod address;
pub mod answer;
mod case_key;
pub mod delivery;
pub mod derive;
pub mod deviation;
pub mod diff;
pub mod endpoint;
pub mod event;
pub mod event_name;
pub mod id;
pub mod json;
pub mod person;
pub mod query;
pub mod resource;
pub mod secret;
pub mod settings;
pub mod tenant;
pub mod time;
pub mod view;
pub mod webhook;

pub use case_key::case_key;
pub use deviation::Deviation;
pub use time::{Clock, FixedClock, Timestamp};

#![doc = include_str!("../README.md")]

mod cli;
mod config;
mod run;

mod command;
mod demo;
mod node;
mod state;

mod clock;
mod output;
mod seed;
mod telemetry;

pub use run::run;

//! The REST API over a real store, on both databases. Every answer is held to the OpenAPI document (`shape.rs`).

#![cfg(test)]

mod directories;
mod document;
mod endpoints;
mod events;
mod input;
mod knocks;
mod list_costs;
mod once;
mod organizations;
mod pages;
mod parked;
mod people;
mod shape;
mod strangers;
mod tenant;
mod tokens;
mod world;

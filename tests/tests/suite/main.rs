//! The black-box suites. `tests/README.md` tells how they are built and run.

#![cfg(test)]

mod batching;
mod database;
mod ingest;
mod laws;
mod replay;
mod world;

//! The black-box suites. `tests/README.md` tells how they are built and run.

#![cfg(test)]

mod anonymous;
mod authenticating;
mod batching;
mod cli;
mod costs;
mod crash;
mod database;
mod ingest;
mod laws;
mod replay;
mod roles;
mod metrics;
mod nodes;
mod outages;
mod parked;
mod quirks;
mod recordings;
mod scim_door;
mod scim_lists;
mod scim_paging;
mod scim_settings;
mod scim_strangers;
mod scim_versions;
mod tenant;
mod tls;
mod world;

//! What can be typed: a file for each command, with its arguments, what it does and what it answers.

pub(crate) mod api_key;
pub(crate) mod config;
pub(crate) mod directory;
pub(crate) mod environment;
pub(crate) mod migrate;
pub(crate) mod openapi;
pub(crate) mod organization;
pub(crate) mod receive;
pub(crate) mod serve;
pub(crate) mod simulate;
pub(crate) mod version;

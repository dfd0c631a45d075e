//! The simulator over real HTTP on 127.0.0.1.

#![expect(clippy::unwrap_used, reason = "clippy allows it in test functions, not in those they call")]

mod double;
mod endure;
mod lifecycle;
mod load;
mod receiver;
mod wire;

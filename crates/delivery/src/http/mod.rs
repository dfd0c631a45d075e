//! The one outbound HTTP client.
//!
//! It resolves a host once, checks every address, and connects to what it checked; it follows no redirects, knows no
//! proxies, keeps no cookies, and caps time and answer.

mod address;
mod answer;
mod client;
mod retry_after;
#[cfg(test)]
mod tests;

pub use address::AddressPolicy;
pub(crate) use answer::{Answer, Verdict};
pub(crate) use client::{Client, Outgoing};

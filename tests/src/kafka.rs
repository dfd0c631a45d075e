//! The Kafka of a test run.

use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result};

use crate::setting::setting;

const VARIABLE: &str = "ROLLCALL_TEST_KAFKA_BROKERS";

/// Topics of this process.
static MADE: AtomicU32 = AtomicU32::new(0);

/// A topic that belongs to one test. Whoever publishes first makes it; it goes with the server.
#[derive(Debug, Clone)]
pub struct Topic {
    /// `host:port,host:port`.
    pub brokers: String,
    pub name: String,
}

impl Topic {
    /// On the brokers that `ROLLCALL_TEST_KAFKA_BROKERS` names. Without them this is an error: a suite that skipped itself would
    /// look like one that passed.
    pub fn new() -> Result<Self> {
        let brokers = setting(VARIABLE).with_context(|| {
            format!("{VARIABLE} names no brokers: run the suite with `tests/run`, which starts one")
        })?;
        Ok(Self::on(brokers))
    }

    /// On the brokers of a test's own.
    pub fn on(brokers: String) -> Self {
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        Self { brokers, name: format!("rollcall.test.{}.{number}", std::process::id()) }
    }
}

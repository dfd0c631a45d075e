//! What librdkafka says of itself, as log lines and figures.

use std::sync::Arc;

use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::ConsumerContext;
use rdkafka::error::KafkaError;
use rdkafka::{ClientContext, Statistics};

use super::figures::Figures;

#[derive(Clone)]
pub(super) struct Context(pub(super) Arc<Figures>);

impl ClientContext for Context {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        match level {
            RDKafkaLogLevel::Emerg | RDKafkaLogLevel::Alert | RDKafkaLogLevel::Critical | RDKafkaLogLevel::Error => {
                tracing::warn!(facility, message, "kafka");
            }
            _ => tracing::debug!(facility, message, "kafka"),
        }
    }

    fn stats(&self, statistics: Statistics) {
        self.0.note(&statistics);
    }

    /// It goes on by itself, and what matters comes as the result of a call; but that does not tell a wrong password from a broker
    /// that is away.
    fn error(&self, error: KafkaError, reason: &str) {
        use rdkafka::error::RDKafkaErrorCode::{Authentication, SSL, SaslAuthenticationFailed};
        match error.rdkafka_error_code() {
            Some(Authentication | SSL | SaslAuthenticationFailed) => tracing::warn!(reason, "kafka does not let us in"),
            _ => tracing::debug!(error = &error as &dyn std::error::Error, reason, "kafka"),
        }
    }
}

impl ConsumerContext for Context {}

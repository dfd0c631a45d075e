//! What came back, and what it means.

use std::time::Duration;

use model::address::Refusal;
use reqwest::StatusCode;

const UNKEPT: &str = "the event is not kept any more";

/// What an attempt came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    /// The HTTP status, if there was an answer.
    pub(crate) status: Option<u16>,
    /// Why there was none, or none that counts.
    pub(crate) error: Option<String>,
    /// The beginning of the body.
    pub(crate) response: Option<String>,
    /// What `Retry-After` asked for.
    pub(crate) retry_after: Option<Duration>,
}

/// What an answer means for the delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Delivered,
    /// Try again. `failing`: it says that the endpoint is in trouble, not that it dislikes this one event.
    Failed {
        failing: bool,
    },
    /// 410: nothing shall be sent there any more.
    Gone,
}

impl Answer {
    pub(super) fn without_status(error: impl Into<String>) -> Self {
        Self { status: None, error: Some(error.into()), response: None, retry_after: None }
    }

    /// The event is not in the log any more: there is nothing to send.
    pub(crate) fn unkept() -> Self {
        Self::without_status(UNKEPT)
    }

    /// Trying again would change nothing.
    pub(crate) fn is_final(&self) -> bool {
        self.error.as_deref() == Some(UNKEPT)
    }

    pub(crate) fn verdict(&self) -> Verdict {
        match self.status {
            Some(200..=299) => Verdict::Delivered,
            Some(410) => Verdict::Gone,
            Some(408 | 429 | 500..) | None => Verdict::Failed { failing: true },
            Some(_) => Verdict::Failed { failing: false },
        }
    }
}

/// Why a status does not count as delivered, where that is not plain.
pub(super) fn objection(status: StatusCode) -> Option<String> {
    status.is_redirection().then(|| "redirects are not followed".to_owned())
}

/// A failure in words that hold no address, no URL and nothing of the body.
pub(super) fn describe(error: &reqwest::Error) -> String {
    if let Some(refusal) = refusal(error) {
        return refusal.to_string();
    }
    let text = if error.is_timeout() {
        "the request timed out"
    } else if error.is_connect() {
        "the connection could not be made"
    } else if error.is_builder() {
        "the URL cannot be requested"
    } else {
        "the connection broke before the answer"
    };
    text.to_owned()
}

fn refusal(error: &reqwest::Error) -> Option<Refusal> {
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        if let Some(refusal) = error.downcast_ref::<Refusal>() {
            return Some(*refusal);
        }
        source = error.source();
    }
    None
}

use std::fmt;
use std::time::Duration;

use super::received::Received;

type Script = Box<dyn Fn(&Received) -> Reply + Send + Sync>;

/// How an endpoint answers. Every delivery is recorded before it is answered.
pub enum Behaviour {
    /// 200 to what is verified, 401 to the rest.
    Ok,
    /// This status to everything.
    Status(u16),
    /// 200 after so long; the sender will have given up. Ends when the receiver stops.
    Hang(Duration),
    /// 410: the endpoint is gone for good.
    Gone,
    /// Decides for each delivery.
    Script(Script),
}

/// One answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    pub status: u16,
    /// Waits so long before it answers.
    pub delay: Duration,
    /// Seconds, as the `Retry-After` header.
    pub retry_after_s: Option<u64>,
}

impl Reply {
    pub const fn status(status: u16) -> Self {
        Self { status, delay: Duration::ZERO, retry_after_s: None }
    }

    #[must_use]
    pub const fn after(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    #[must_use]
    pub const fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after_s: Some(seconds), ..self }
    }
}

impl Behaviour {
    pub fn script(script: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Self {
        Self::Script(Box::new(script))
    }

    pub(super) fn reply(&self, received: &Received) -> Reply {
        match self {
            Self::Ok if received.verified.is_err() => Reply::status(401),
            Self::Ok => Reply::status(200),
            Self::Status(status) => Reply::status(*status),
            Self::Hang(delay) => Reply::status(200).after(*delay),
            Self::Gone => Reply::status(410),
            Self::Script(script) => script(received),
        }
    }
}

impl fmt::Debug for Behaviour {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ok => out.write_str("Ok"),
            Self::Status(status) => write!(out, "Status({status})"),
            Self::Hang(delay) => write!(out, "Hang({delay:?})"),
            Self::Gone => out.write_str("Gone"),
            Self::Script(_) => out.write_str("Script"),
        }
    }
}

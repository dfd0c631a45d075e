use std::time::Duration;

use super::InFlight;
use crate::client::{Answer, Connection, outgoing};
use crate::wire::{Idp, Request};
use crate::{Error, Target};

/// Pause before another attempt to connect.
const PAUSE: Duration = Duration::from_millis(20);
/// A busy server's `Retry-After` is not followed for longer.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// A connection that comes back after the server did.
pub(super) struct Link {
    connection: Connection,
    path: String,
    bearer: String,
    pub(super) connects: u64,
}

/// What became of one attempt.
pub(super) enum Attempt {
    Answered(Answer),
    /// Nothing was sent.
    Unsent,
    /// It was sent, and may have been carried out.
    Lost,
}

impl Link {
    pub(super) fn to(target: &Target) -> Result<Self, Error> {
        let (path, bearer) = (target.path().to_owned(), format!("Bearer {}", target.token));
        Ok(Self { connection: Connection::to(target)?, path, bearer, connects: 0 })
    }

    /// Connects if need be, and sends; `in_flight` counts from the first byte to the last.
    pub(super) async fn attempt(&mut self, request: &Request, in_flight: &InFlight) -> Attempt {
        let uri = format!("{}{}", self.path, request.path);
        let Ok(outgoing) = outgoing(Idp::Okta.wire(), &self.bearer, &uri, request) else { return Attempt::Unsent };
        match self.connection.open().await {
            Ok(connected) => self.connects += u64::from(connected),
            Err(_) => return Attempt::Unsent,
        }
        let flight = in_flight.enter();
        let answer = self.connection.send(outgoing).await;
        if answer.is_err() {
            flight.lose();
        }
        answer.map_or(Attempt::Lost, Attempt::Answered)
    }
}

/// Waits as the server asks, or a moment.
pub(super) async fn pause(answer: Option<&Answer>) {
    let asked = answer.and_then(|answer| answer.retry_after).unwrap_or(PAUSE);
    tokio::time::sleep(asked.min(LONGEST_PAUSE)).await;
}

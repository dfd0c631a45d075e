use std::io::Read;
use std::time::Duration;

use flate2::read::{GzDecoder, ZlibDecoder};
use hyper::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderName, RETRY_AFTER};
use hyper::http::response::Parts;
use serde_json::Value;

use super::ANSWER_LIMIT;

const SCIM_JSON: &str = "application/scim+json";

/// What the server answered, as far as a provider looks at it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Whole seconds only; a date is not understood.
    pub(crate) retry_after: Option<Duration>,
    media_type: String,
    /// Null without a body, and for one that is not JSON.
    pub(crate) body: Value,
}

impl Answer {
    pub(super) fn read(head: &Parts, body: &[u8]) -> Result<Self, String> {
        let text = |name: HeaderName| head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let body = inflate(text(CONTENT_ENCODING), body).map_err(|error| error.to_string())?;
        Ok(Self {
            status: head.status.as_u16(),
            retry_after: text(RETRY_AFTER).parse().ok().map(Duration::from_secs),
            media_type: text(CONTENT_TYPE).to_ascii_lowercase(),
            body: serde_json::from_slice(&body).unwrap_or_default(),
        })
    }

    /// A SCIM answer, as a test would have it.
    #[cfg(test)]
    pub(crate) fn of(status: u16, body: Value) -> Self {
        Self { status, retry_after: None, media_type: SCIM_JSON.to_owned(), body }
    }

    /// Whatever has a body is SCIM's JSON; Entra's validator and Okta's importer insist on it.
    pub(crate) fn check_media_type(&self) -> Result<(), String> {
        if self.status == 204 || self.media_type.starts_with(SCIM_JSON) {
            Ok(())
        } else {
            Err(format!("Content-Type is {:?}", self.media_type))
        }
    }

    /// The server's own words about a refusal.
    pub(crate) fn detail(&self) -> String {
        match (&self.body["detail"], &self.body) {
            (Value::String(detail), _) => detail.clone(),
            (_, Value::Null) => String::new(),
            (_, body) => body.to_string().chars().take(200).collect(),
        }
    }

    /// Busy for now: ask again.
    pub(crate) fn is_busy(&self) -> bool {
        matches!(self.status, 429 | 503)
    }
}

fn inflate(encoding: &str, body: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut plain = Vec::with_capacity(body.len());
    let limit = ANSWER_LIMIT as u64;
    match encoding {
        "gzip" => GzDecoder::new(body).take(limit).read_to_end(&mut plain)?,
        "deflate" => ZlibDecoder::new(body).take(limit).read_to_end(&mut plain)?,
        _ => body.take(limit).read_to_end(&mut plain)?,
    };
    Ok(plain)
}

//! Sending one request.

use std::sync::Arc;
use std::time::Duration;

use model::webhook;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Response, Url};

use super::address::{AddressPolicy, Resolver};
use super::answer::{Answer, describe, objection};
use super::retry_after;

/// How much of an answer's body is read and kept.
const RESPONSE_CAPTURE: usize = 4096;
/// Idle connections are kept so long, and so many per host.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
const IDLE_PER_HOST: usize = 8;
const USER_AGENT: &str = concat!("Rollcall/", env!("CARGO_PKG_VERSION"));
const DELIVERY_HEADER: &str = "Rollcall-Delivery-Id";
const ATTEMPT_HEADER: &str = "Rollcall-Attempt";

/// The client. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Client {
    client: reqwest::Client,
    policy: AddressPolicy,
}

/// A webhook request.
pub(crate) struct Outgoing<'a> {
    pub(crate) url: &'a str,
    pub(crate) secret: &'a str,
    pub(crate) body: String,
    pub(crate) delivery: String,
    /// Counted from 1.
    pub(crate) attempt: i64,
    /// The node's time, for the signature.
    pub(crate) now_ms: i64,
}

impl Client {
    /// # Errors
    /// When the machine's certificates cannot be read.
    pub(crate) fn new(policy: AddressPolicy, timeout: Duration) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .dns_resolver(Arc::<Resolver>::from(policy))
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .timeout(timeout)
            .tcp_nodelay(true)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .pool_max_idle_per_host(IDLE_PER_HOST)
            .user_agent(USER_AGENT)
            .build()?;
        Ok(Self { client, policy })
    }

    /// Sends once, signed now. Every failure is an answer.
    pub(crate) async fn send(&self, outgoing: Outgoing<'_>) -> Answer {
        let Ok(url) = Url::parse(outgoing.url) else { return Answer::without_status("the URL cannot be requested") };
        if let Err(refusal) = self.policy.check(&url) {
            return Answer::without_status(refusal);
        }
        let signature = webhook::sign(outgoing.secret, outgoing.now_ms, &outgoing.body);
        let request = self
            .client
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header(webhook::SIGNATURE_HEADER, signature)
            .header(DELIVERY_HEADER, outgoing.delivery)
            .header(ATTEMPT_HEADER, outgoing.attempt)
            .body(outgoing.body);
        match request.send().await {
            Ok(response) => read(response, outgoing.now_ms).await,
            Err(error) => Answer::without_status(describe(&error)),
        }
    }
}

/// The status decides; a body that breaks off or takes too long changes nothing.
async fn read(mut response: Response, now_ms: i64) -> Answer {
    let status = response.status();
    let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let retry_after = retry_after.and_then(|value| retry_after::parse(value, now_ms));
    let mut captured = Vec::new();
    while captured.len() < RESPONSE_CAPTURE {
        let Ok(Some(chunk)) = response.chunk().await else { break };
        captured.extend_from_slice(&chunk);
    }
    Answer { status: Some(status.as_u16()), error: objection(status), response: text(&captured), retry_after }
}

/// As text that both databases hold: U+0000 is none.
fn text(bytes: &[u8]) -> Option<String> {
    let bytes = &bytes[..bytes.len().min(RESPONSE_CAPTURE)];
    (!bytes.is_empty()).then(|| String::from_utf8_lossy(bytes).replace('\0', "\u{fffd}"))
}

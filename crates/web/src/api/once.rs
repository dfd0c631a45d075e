//! `Idempotency-Key`: a POST that comes again gets the answer of the first time.
//!
//! SDKs send the header with every POST and repeat it when no answer came, so what was made must not be made twice. A refusal is not
//! kept: it changed nothing, and is found again or not.

use std::cell::RefCell;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use broker::{Broker, MAX_IDEMPOTENCY_KEY_LENGTH};
use model::answer::{self, Answer as Kept};
use model::id::EnvironmentId;
use serde::Serialize;

use super::answer::{Answer, text, wire};
use super::error::ApiError;

pub(crate) const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// How a request wants to be known. No key, or an empty one: it is done as often as it comes.
pub(crate) struct Once {
    key: Option<Result<String, ApiError>>,
    path: String,
}

impl FromRequest for Once {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let key = request.headers().get(IDEMPOTENCY_KEY).filter(|key| !key.is_empty());
        let key = key.map(|key| key.to_str().ok().filter(|key| key.len() <= MAX_IDEMPOTENCY_KEY_LENGTH));
        let key = key.map(|key| key.map(str::to_owned).ok_or_else(unusable));
        ready(Ok(Self { key, path: request.path().to_owned() }))
    }
}

fn unusable() -> ApiError {
    let message = format!("An Idempotency-Key is at most {MAX_IDEMPOTENCY_KEY_LENGTH} printable ASCII characters.");
    ApiError::bad_request(message)
}

/// The answer of a request that makes something: written when it is made, before that is durable.
pub(crate) struct Made {
    request: Option<(String, [u8; 32])>,
    body: RefCell<Result<String, ApiError>>,
}

impl Made {
    /// Writes the answer, and gives what must be kept of it.
    pub(crate) fn write(&self, view: &impl Serialize) -> Option<Kept> {
        let body = wire(view);
        let kept = self.request.as_ref().zip(body.as_ref().ok()).map(|((key, fingerprint), body)| Kept {
            key: key.clone(),
            fingerprint: *fingerprint,
            status: StatusCode::CREATED.as_u16(),
            body: body.clone(),
        });
        *self.body.borrow_mut() = body;
        kept
    }
}

impl Once {
    /// Makes something, or answers as when it was made.
    pub(crate) async fn make(
        self,
        broker: &Broker,
        of: EnvironmentId,
        body: &Bytes,
        make: impl AsyncFnOnce(&Made) -> Result<(), broker::Error>,
    ) -> Answer {
        let key = self.key.transpose()?;
        let request = key.map(|key| (key, answer::fingerprint(&[self.path.as_bytes(), body])));
        if let Some(before) = find(broker, of, request.as_ref()).await? {
            return Ok(before);
        }
        let written = Made { request, body: RefCell::new(Ok(String::new())) };
        match make(&written).await {
            Ok(()) => Ok(text(StatusCode::CREATED, written.body.into_inner()?)),
            // It may have been done by the same request beside this one.
            Err(error) => find(broker, of, written.request.as_ref()).await?.ok_or_else(|| error.into()),
        }
    }
}

async fn find(
    broker: &Broker,
    of: EnvironmentId,
    request: Option<&(String, [u8; 32])>,
) -> Result<Option<HttpResponse>, ApiError> {
    let Some((key, fingerprint)) = request else { return Ok(None) };
    let found = broker.find_answer(of, key, fingerprint).await?;
    Ok(found.map(|kept| text(StatusCode::from_u16(kept.status).unwrap_or(StatusCode::CREATED), kept.body)))
}

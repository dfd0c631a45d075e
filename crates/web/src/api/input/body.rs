//! A JSON body as an extractor.

use std::future::{Ready, ready};
use std::marker::PhantomData;

use actix_web::dev;
use actix_web::web::{Bytes, Payload};
use actix_web::{FromRequest, HttpRequest};
use serde_json::Value;

use super::{Fields, ReadBody};
use crate::api::error::ApiError;

/// Longest body, in bytes.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

/// A body that is read as `T`, not before the handler asks: actix polls a handler's extractors together, and a stranger's body
/// is not worth reading. (utoipa documents a handler's `Json<T>` as its request body.)
pub(crate) struct Json<T> {
    payload: Payload,
    kind: PhantomData<fn() -> T>,
}

impl<T: ReadBody> Json<T> {
    pub(crate) async fn read(self) -> Result<T, ApiError> {
        Ok(self.read_whole().await?.0)
    }

    /// The body, read and as it came.
    pub(crate) async fn read_whole(self) -> Result<(T, Bytes), ApiError> {
        let interrupted = |_| ApiError::bad_request("The body ended early.");
        let too_large = |_| ApiError::too_large(format!("A body has at most {MAX_BODY_BYTES} bytes."));
        let bytes = self.payload.to_bytes_limited(MAX_BODY_BYTES).await.map_err(too_large)?.map_err(interrupted)?;
        Ok((Fields::parse(&bytes)?.read()?, bytes))
    }
}

impl<T> FromRequest for Json<T> {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, actix_web::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let payload = Payload::from_request(request, payload).into_inner();
        ready(payload.map(|payload| Self { payload, kind: PhantomData }))
    }
}

/// The JSON of a body. No bytes at all are an empty object: some SDKs send none.
pub(super) fn parse(bytes: &[u8]) -> Result<Value, ApiError> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Object(serde_json::Map::new()));
    }
    let value = serde_json::from_slice(bytes);
    let value = value.map_err(|error| ApiError::bad_request(format!("The body is not JSON: {error}.")))?;
    if holds_nul(&value) {
        return Err(ApiError::bad_request("The body holds the character U+0000."));
    }
    Ok(value)
}

fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(holds_nul),
        Value::Object(map) => map.iter().any(|(key, value)| key.contains('\0') || holds_nul(value)),
        _ => false,
    }
}

//! Reading a body: bounded, JSON whatever its media type says (N3).

use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpRequest, web};
use broker::ingest::Refusal;
use futures::StreamExt;
use scim::{Error, ResourceType, schema};
use serde_json::Value;

/// Bytes of a body; more is 413.
pub const MAX_BODY_BYTES: usize = 2 * 1024 * 1024;
/// Bytes of a body to `/Groups`: members come by the ten thousand.
pub const MAX_GROUP_BODY_BYTES: usize = 16 * 1024 * 1024;

/// Media types that are clearly something else.
const FOREIGN: [&str; 2] = ["application/x-www-form-urlencoded", "multipart/"];

/// The body as JSON; 413, 415 or 400 `invalidSyntax`.
pub(crate) async fn json(request: &HttpRequest, payload: web::Payload, of: &ResourceType) -> Result<Value, Refusal> {
    let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if FOREIGN.iter().any(|foreign| media_type.to_ascii_lowercase().starts_with(foreign)) {
        return Err(Error::new(415, format!("{media_type} is not a SCIM media type")).into());
    }
    let bytes = read(payload, if of == &schema::GROUP { MAX_GROUP_BODY_BYTES } else { MAX_BODY_BYTES }).await?;
    let parsed = serde_json::from_slice(&bytes);
    parsed.map_err(|error| Error::invalid_syntax(format!("the body is not JSON: {error}")).into())
}

async fn read(mut payload: web::Payload, limit: usize) -> Result<web::BytesMut, Refusal> {
    let mut bytes = web::BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Error::invalid_syntax("the body ended early"))?;
        if bytes.len() + chunk.len() > limit {
            return Err(Error::too_large(format!("the body is larger than {limit} bytes")).into());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

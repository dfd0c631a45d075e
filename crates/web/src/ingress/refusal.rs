//! The one error mapping of this door: every status as a SCIM error (RFC 7644 section 3.12).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use broker::ingest::Refusal;
use scim::Error;

use super::respond::MEDIA_TYPE;

/// Seconds after which a client may try again.
const RETRY_AFTER_SECONDS: &str = "2";

pub(crate) fn response(refusal: &Refusal) -> HttpResponse {
    match refusal {
        Refusal::Scim(error) => body(error),
        Refusal::Unauthorized => {
            let mut response = body(&Error::new(401, "the token does not open this directory"));
            response.headers_mut().insert(WWW_AUTHENTICATE, header("Bearer"));
            response
        }
        Refusal::Unavailable => {
            let mut response = body(&Error::new(503, "the service is not available, try again later"));
            response.headers_mut().insert(RETRY_AFTER, header(RETRY_AFTER_SECONDS));
            response
        }
    }
}

fn body(error: &Error) -> HttpResponse {
    let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    HttpResponse::build(status).content_type(MEDIA_TYPE).body(error.to_json().to_string())
}

const fn header(text: &'static str) -> actix_web::http::header::HeaderValue {
    actix_web::http::header::HeaderValue::from_static(text)
}

/// A broker's error at this door: the database is away, which is told here, once.
pub(crate) fn failed(error: &broker::Error) -> Refusal {
    let source = std::error::Error::source(error).map(ToString::to_string);
    tracing::error!(error = %error, source, "authentication failed to run");
    Refusal::Unavailable
}

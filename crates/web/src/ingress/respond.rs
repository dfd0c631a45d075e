//! Answers: always `application/scim+json` (N3), a resource with its version (RFC 7644 section 3.14).

use std::convert::Infallible;

use actix_web::http::header::{CONTENT_LOCATION, ETAG, LOCATION};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, HttpResponseBuilder};
use broker::documents::Shown;
use futures::stream;
use serde_json::Value;

pub(crate) const MEDIA_TYPE: &str = "application/scim+json; charset=utf-8";

pub(crate) fn ok(body: &Value) -> HttpResponse {
    written(HttpResponse::Ok(), body)
}

pub(crate) fn resource(shown: Shown, version: i64) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.insert_header((ETAG, scim::entity_tag(version)));
    streamed(response, shown)
}

pub(crate) fn not_modified(version: i64) -> HttpResponse {
    HttpResponse::NotModified().insert_header((ETAG, scim::entity_tag(version))).finish()
}

/// 201 with the resource and where it is, whichever attributes are answered (RFC 7644 section 3.3).
pub(crate) fn created(shown: Shown, version: i64) -> HttpResponse {
    let mut response = HttpResponse::Created();
    response.insert_header((ETAG, scim::entity_tag(version)));
    if let Some(location) = shown.location() {
        response.insert_header((LOCATION, location));
    }
    streamed(response, shown)
}

/// What was changed is of this version now.
pub(crate) fn changed(version: i64) -> HttpResponse {
    HttpResponse::NoContent().insert_header((ETAG, scim::entity_tag(version))).finish()
}

pub(crate) fn no_content() -> HttpResponse {
    HttpResponse::NoContent().finish()
}

fn written(mut response: HttpResponseBuilder, body: &Value) -> HttpResponse {
    response.content_type(MEDIA_TYPE).body(body.to_string())
}

/// In pieces, where there are several: a large group is never written out as a whole.
fn streamed(mut response: HttpResponseBuilder, shown: Shown) -> HttpResponse {
    // RFC 7643 section 3.1: it is `meta.location`.
    if let Some(location) = shown.location() {
        response.insert_header((CONTENT_LOCATION, location));
    }
    let mut pieces = shown.pieces().peekable();
    let first = pieces.next().unwrap_or_default();
    response.content_type(MEDIA_TYPE);
    if pieces.peek().is_none() {
        return response.body(first);
    }
    let pieces = std::iter::once(first).chain(pieces).map(|piece| Ok::<_, Infallible>(Bytes::from(piece)));
    response.streaming(stream::iter(pieces))
}

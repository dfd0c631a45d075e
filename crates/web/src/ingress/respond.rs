//! Answers: always `application/scim+json` (N3), a resource with its version (RFC 7644 section 3.14).

use actix_web::http::header::{ETAG, LOCATION};
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde_json::Value;

pub(crate) const MEDIA_TYPE: &str = "application/scim+json; charset=utf-8";

pub(crate) fn ok(body: &Value) -> HttpResponse {
    written(HttpResponse::Ok(), body)
}

pub(crate) fn resource(body: &Value, version: i64) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.insert_header((ETAG, scim::entity_tag(version)));
    written(response, body)
}

pub(crate) fn not_modified(version: i64) -> HttpResponse {
    HttpResponse::NotModified().insert_header((ETAG, scim::entity_tag(version))).finish()
}

/// `meta.location` of a resource, before anything is projected away.
pub(crate) fn location(resource: &Value) -> Option<String> {
    resource.pointer("/meta/location").and_then(Value::as_str).map(str::to_owned)
}

/// 201 with the resource and where it is, whichever attributes are answered (RFC 7644 section 3.3).
pub(crate) fn created(body: &Value, version: i64, location: Option<String>) -> HttpResponse {
    let mut response = HttpResponse::Created();
    response.insert_header((ETAG, scim::entity_tag(version)));
    if let Some(location) = location {
        response.insert_header((LOCATION, location));
    }
    written(response, body)
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

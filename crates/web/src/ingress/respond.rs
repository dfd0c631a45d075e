//! Answers: always `application/scim+json` (N3).

use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;
use serde_json::Value;

pub(crate) const MEDIA_TYPE: &str = "application/scim+json; charset=utf-8";

pub(crate) fn ok(body: &Value) -> HttpResponse {
    HttpResponse::Ok().content_type(MEDIA_TYPE).body(body.to_string())
}

/// `meta.location` of a resource, before anything is projected away.
pub(crate) fn location(resource: &Value) -> Option<String> {
    resource.pointer("/meta/location").and_then(Value::as_str).map(str::to_owned)
}

/// 201 with the resource and where it is, whichever attributes are answered (RFC 7644 section 3.3).
pub(crate) fn created(body: &Value, location: Option<String>) -> HttpResponse {
    let mut response = HttpResponse::Created();
    if let Some(location) = location {
        response.insert_header((LOCATION, location));
    }
    response.content_type(MEDIA_TYPE).body(body.to_string())
}

pub(crate) fn no_content() -> HttpResponse {
    HttpResponse::NoContent().finish()
}

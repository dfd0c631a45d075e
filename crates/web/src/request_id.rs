//! `X-Request-ID` on every answer, and in the log line of every one that failed.

use std::error::Error;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use model::id::RequestId;

use crate::Doors;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub(crate) async fn stamp<B: MessageBody>(
    doors: Data<Doors>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let id = doors.broker.request_id();
    let mut response = next.call(request).await?;
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert(X_REQUEST_ID, value);
    }
    // What is not implemented is no failure.
    if response.status().is_server_error() && response.status() != StatusCode::NOT_IMPLEMENTED {
        log(id, &response);
    }
    Ok(response)
}

/// The one place that prints an error's sources.
fn log<B>(id: RequestId, response: &ServiceResponse<B>) {
    let failure = response.response().error().and_then(|error| error.as_error::<crate::api::ApiError>());
    let mut causes = Vec::new();
    let mut cause = failure.and_then(Error::source);
    while let Some(error) = cause {
        causes.push(error.to_string());
        cause = error.source();
    }
    let (status, causes) = (response.status().as_u16(), causes.join(": "));
    let (method, route) = (response.request().method(), response.request().match_pattern());
    tracing::error!(request_id = %id, %method, route, status, causes, "a request failed");
}

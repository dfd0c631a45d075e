//! The headers of answers.

use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Response};

/// Every answer names its request; some refusals say what to do.
pub(super) fn document(operation: &mut Operation) {
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        add(response, "X-Request-ID", Type::String, "The id of this request, for questions about it.");
        match status.as_str() {
            "401" => add(response, "WWW-Authenticate", Type::String, "`Bearer`."),
            "503" => add(response, "Retry-After", Type::Integer, "After how many seconds to try again."),
            _ => {}
        }
    }
}

fn add(response: &mut Response, name: &str, kind: Type, description: &str) {
    let header = HeaderBuilder::new().schema(Some(ObjectBuilder::new().schema_type(kind).build()));
    let header = header.description(Some(description)).build();
    response.headers.insert(name.to_owned(), header.into());
}

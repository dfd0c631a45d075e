//! What every operation has in common: security, and the refusals of the door itself.

use broker::MAX_IDEMPOTENCY_KEY_LENGTH;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder};

use super::headers;
use crate::api::IDEMPOTENCY_KEY;

/// The name of the security scheme.
const API_KEY: &str = "api_key";

/// The public operation says so itself, by an empty requirement.
pub(super) fn complete(document: &mut OpenApi) {
    let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer);
    let scheme = scheme.description(Some("An API key (`sk_…`): it opens one environment.")).build();
    let components = document.components.get_or_insert_default();
    components.add_security_scheme(API_KEY, SecurityScheme::Http(scheme));
    for (path, item) in &mut document.paths.paths {
        let has_id = path.contains('{');
        item.post.iter_mut().for_each(idempotency);
        operations(item).filter(|operation| operation.security.is_none()).for_each(|operation| {
            operation.security = Some(vec![SecurityRequirement::new::<_, [&str; 0], &str>(API_KEY, [])]);
            refusals(operation, has_id);
        });
        operations(item).for_each(headers::document);
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    [get, put, post, delete, patch].into_iter().flatten()
}

fn refusals(operation: &mut Operation, has_id: bool) {
    let has_body = operation.request_body.is_some();
    let has_query = operation.parameters.iter().flatten().any(is_query);
    let common = [
        (has_body || has_query, "400", "The request cannot be read"),
        (true, "401", "No key, or none that is valid"),
        (has_id, "404", "There is no such object in this environment"),
        (has_body, "413", "The body is too large"),
        (has_body || has_query, "422", "A field or parameter cannot be used"),
        (true, "503", "Try again after `Retry-After` seconds"),
    ];
    let responses = &mut operation.responses.responses;
    for (_, status, description) in common.into_iter().filter(|(applies, ..)| *applies) {
        responses.entry(status.to_owned()).or_insert_with(|| RefOr::T(refusal(description)));
    }
}

/// Every POST that has a body is done once per key.
fn idempotency(operation: &mut Operation) {
    if operation.request_body.is_none() {
        return;
    }
    let text = ObjectBuilder::new().schema_type(Type::String).max_length(Some(MAX_IDEMPOTENCY_KEY_LENGTH));
    let description = "A request that comes again with its key gets the first answer, for a day at least, and changes nothing; \
                       another request with this key is 422 `idempotency_key_reused`.";
    let key = ParameterBuilder::new().name(IDEMPOTENCY_KEY).parameter_in(ParameterIn::Header);
    let key = key.description(Some(description)).schema(Some(text)).build();
    operation.parameters.get_or_insert_default().push(RefOr::T(key));
}

fn is_query(parameter: &RefOr<Parameter>) -> bool {
    matches!(parameter, RefOr::T(Parameter { parameter_in: ParameterIn::Query, .. }))
}

fn refusal(description: &str) -> Response {
    let error = ContentBuilder::new().schema(Some(Ref::from_schema_name("Error"))).build();
    ResponseBuilder::new().description(description).content("application/json", error).build()
}

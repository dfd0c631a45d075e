//! Requests that no route takes: 404, or 405 with what the path does take, as the OpenAPI document says.

use std::sync::LazyLock;

use actix_web::HttpRequest;
use actix_web::dev::ResourceDef;
use actix_web::http::Method;
use utoipa::openapi::path::PathItem;

use super::answer::Answer;
use super::error::ApiError;
use crate::openapi;

struct Path {
    pattern: ResourceDef,
    methods: Vec<Method>,
}

static PATHS: LazyLock<Vec<Path>> = LazyLock::new(|| {
    let paths = openapi::document().paths.paths;
    paths.iter().map(|(path, item)| Path { pattern: ResourceDef::new(path.as_str()), methods: methods(item) }).collect()
});

pub(crate) async fn no_such_route(request: HttpRequest) -> Answer {
    let here = PATHS.iter().filter(|path| path.pattern.is_match(request.path()));
    let allowed: Vec<_> = here.flat_map(|path| path.methods.iter().cloned()).collect();
    Err(if allowed.is_empty() { ApiError::no_route() } else { ApiError::no_method(&allowed) })
}

/// Where this door is another node's.
pub(crate) async fn not_open() -> Answer {
    Err(ApiError::no_route())
}

fn methods(item: &PathItem) -> Vec<Method> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    let documented = [
        (get, Method::GET),
        (post, Method::POST),
        (put, Method::PUT),
        (patch, Method::PATCH),
        (delete, Method::DELETE),
    ];
    documented.into_iter().filter(|(operation, _)| operation.is_some()).map(|(_, method)| method).collect()
}

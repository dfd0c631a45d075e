//! The OpenAPI document: generated from the routes, committed as `openapi/rollcall.json`, served at `/openapi.json`.

mod complete;
mod headers;
pub mod schema;

use std::sync::LazyLock;

use actix_web::http::StatusCode;
use actix_web::{App, get};
use utoipa::OpenApi;
use utoipa_actix_web::AppExt;

use crate::api;
use crate::api::answer::{self, Answer};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Rollcall",
        description = "Directories and their people, kept in sync. Compatible with the WorkOS API where that has the same \
            thing. A path that does not take a method answers 405, with those that it takes in `Allow`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    tags(
        (name = "organizations", description = "The customers of an application."),
        (name = "directories", description = "Feeds of identity providers, with the tokens that open them."),
        (name = "directory-users", description = "People, as the application was last told of them."),
        (name = "directory-groups", description = "Groups, as the application was last told of them."),
        (name = "events", description = "What happened, in order."),
        (name = "webhooks", description = "Where events are sent."),
        (name = "openapi", description = "This document."),
    ),
    components(schemas(schema::Error, schema::EventName)),
)]
struct Frame;

/// The document of every route that is mounted.
pub fn document() -> utoipa::openapi::OpenApi {
    let app = App::new().into_utoipa_app().openapi(Frame::openapi());
    let (_, mut document) = app.configure(api::routes).split_for_parts();
    complete::complete(&mut document);
    document
}

static TEXT: LazyLock<String> = LazyLock::new(|| {
    let mut text = document().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
});

/// The document as it is committed: pretty JSON with a newline at its end.
pub fn text() -> &'static str {
    &TEXT
}

/// Get this document.
#[utoipa::path(tag = "openapi", security(()), responses((status = 200, description = "The document", body = Object)))]
#[get("/openapi.json")]
pub(crate) async fn get_openapi() -> Answer {
    Ok(answer::text(StatusCode::OK, text().to_owned()))
}

//! `POST /directories`

use actix_web::http::StatusCode;
use actix_web::post;
use actix_web::web::Data;

use super::body::NewDirectory;
use super::view::CreatedDirectory;
use crate::Doors;
use crate::api::answer::{self, Answer};
use crate::api::caller::ApiCaller;
use crate::api::input::Json;
use crate::openapi::schema;

/// Create a directory with its first bearer token.
#[utoipa::path(
    tag = "directories",
    responses(
        (status = 201, description = "The directory, and its token this once", body = CreatedDirectory),
        (status = 404, description = "There is no such organization in this environment", body = schema::Error),
        (status = 409, description = "The organization has too many directories", body = schema::Error),
    ),
)]
#[post("/directories")]
pub(super) async fn create_directory(doors: Data<Doors>, caller: ApiCaller, body: Json<NewDirectory>) -> Answer {
    let NewDirectory { organization_id, name, kind } = body.read().await?;
    let made = doors.broker.create_directory(caller.environment_id, &organization_id, kind, &name).await;
    let (directory, token) = made?;
    answer::object(StatusCode::CREATED, &CreatedDirectory::new(&directory, &token, &doors.settings))
}

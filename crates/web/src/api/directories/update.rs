//! `PATCH /directories/{id}`

use actix_web::http::StatusCode;
use actix_web::patch;
use actix_web::web::{Data, Path};
use model::view::DirectoryView;

use super::body::DirectoryUpdate;
use crate::Doors;
use crate::api::answer::{self, Answer};
use crate::api::caller::ApiCaller;
use crate::api::input::Json;
use crate::openapi::schema;

/// Update a directory.
#[utoipa::path(
    tag = "directories",
    responses((status = 200, description = "The directory", body = schema::Directory)),
)]
#[patch("/directories/{id}")]
pub(super) async fn update_directory(
    doors: Data<Doors>,
    caller: ApiCaller,
    id: Path<String>,
    body: Json<DirectoryUpdate>,
) -> Answer {
    let update = body.read().await?;
    let (of, DirectoryUpdate { name, settings }) = (caller.environment_id, update);
    let directory = doors.broker.update_directory(of, &id, name.as_deref(), &settings).await?;
    answer::object(StatusCode::OK, &DirectoryView::from(&directory))
}

//! `GET /directories/{id}`

use actix_web::get;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use model::view::DirectoryView;

use crate::Doors;
use crate::api::answer::{self, Answer};
use crate::api::caller::ApiCaller;
use crate::openapi::schema;

/// Get a directory.
#[utoipa::path(
    tag = "directories",
    responses((status = 200, description = "The directory", body = schema::Directory)),
)]
#[get("/directories/{id}")]
pub(super) async fn get_directory(doors: Data<Doors>, caller: ApiCaller, id: Path<String>) -> Answer {
    let directory = doors.broker.find_directory(caller.environment_id, &id).await?;
    answer::object(StatusCode::OK, &DirectoryView::from(&directory))
}

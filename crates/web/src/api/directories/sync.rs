//! `POST /directories/{id}/sync`

use actix_web::post;
use actix_web::web::{Data, Path};

use crate::Doors;
use crate::api::answer::Answer;
use crate::api::caller::ApiCaller;
use crate::api::error::ApiError;
use crate::openapi::schema;

/// Ask for a sync.
///
/// For directories that are pulled. There are none yet: identity providers push to all of them, and nothing can be asked.
#[utoipa::path(
    tag = "directories",
    responses((status = 422, description = "Its identity provider pushes", body = schema::Error)),
)]
#[post("/directories/{id}/sync")]
pub(super) async fn sync_directory(doors: Data<Doors>, caller: ApiCaller, id: Path<String>) -> Answer {
    doors.broker.find_directory(caller.environment_id, &id).await?;
    Err(ApiError::not_pulled())
}

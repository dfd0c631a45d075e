//! `DELETE /directories/{id}`

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, delete};

use crate::Doors;
use crate::api::answer::Answer;
use crate::api::caller::ApiCaller;

/// Delete a directory.
///
/// It is gone at once, with one event; what it held is removed in time.
#[utoipa::path(tag = "directories", responses((status = 202, description = "It is gone")))]
#[delete("/directories/{id}")]
pub(super) async fn delete_directory(doors: Data<Doors>, caller: ApiCaller, id: Path<String>) -> Answer {
    doors.broker.delete_directory(caller.environment_id, &id).await?;
    Ok(HttpResponse::new(StatusCode::ACCEPTED))
}

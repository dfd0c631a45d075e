//! `DELETE /organizations/{id}`

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, delete};

use crate::Doors;
use crate::api::answer::Answer;
use crate::api::caller::ApiCaller;

/// Delete an organization.
///
/// It and its directories are gone at once; what they held is removed in time.
#[utoipa::path(tag = "organizations", responses((status = 202, description = "It is gone")))]
#[delete("/organizations/{id}")]
pub(super) async fn delete_organization(doors: Data<Doors>, caller: ApiCaller, id: Path<String>) -> Answer {
    doors.broker.delete_organization(caller.environment_id, &id).await?;
    Ok(HttpResponse::new(StatusCode::ACCEPTED))
}

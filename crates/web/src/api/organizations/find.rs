//! `GET /organizations/{id}` and `GET /organizations/external_id/{external_id}`

use actix_web::get;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use model::view::OrganizationView;

use crate::Doors;
use crate::api::answer::{self, Answer};
use crate::api::caller::ApiCaller;
use crate::openapi::schema;

/// Get an organization.
#[utoipa::path(
    tag = "organizations",
    responses((status = 200, description = "The organization", body = schema::Organization)),
)]
#[get("/organizations/{id}")]
pub(super) async fn get_organization(doors: Data<Doors>, caller: ApiCaller, id: Path<String>) -> Answer {
    let organization = doors.broker.find_organization(caller.environment_id, &id).await?;
    answer::object(StatusCode::OK, &OrganizationView::from(&organization))
}

/// Get an organization by the application's own id.
#[utoipa::path(
    tag = "organizations",
    responses((status = 200, description = "The organization", body = schema::Organization)),
)]
#[get("/organizations/external_id/{external_id}")]
pub(super) async fn get_organization_by_external_id(
    doors: Data<Doors>,
    caller: ApiCaller,
    external_id: Path<String>,
) -> Answer {
    let organization = doors.broker.find_organization_by_external_id(caller.environment_id, &external_id).await?;
    answer::object(StatusCode::OK, &OrganizationView::from(&organization))
}

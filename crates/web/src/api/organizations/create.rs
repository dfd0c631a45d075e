//! `POST /organizations`

use actix_web::http::StatusCode;
use actix_web::post;
use actix_web::web::Data;
use model::view::OrganizationView;

use super::body::NewOrganization;
use crate::Doors;
use crate::api::answer::{self, Answer};
use crate::api::caller::ApiCaller;
use crate::api::input::Json;
use crate::openapi::schema;

/// Create an organization.
#[utoipa::path(
    tag = "organizations",
    responses(
        (status = 201, description = "The organization", body = schema::Organization),
        (status = 409, description = "Another organization has the domain", body = schema::Error),
    ),
)]
#[post("/organizations")]
pub(super) async fn create_organization(doors: Data<Doors>, caller: ApiCaller, body: Json<NewOrganization>) -> Answer {
    let new = body.read().await?.into();
    let organization = doors.broker.create_organization(caller.environment_id, new).await?;
    answer::object(StatusCode::CREATED, &OrganizationView::from(&organization))
}

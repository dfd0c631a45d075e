//! `PUT /organizations/{id}`

use actix_web::http::StatusCode;
use actix_web::put;
use actix_web::web::{Data, Path};
use model::view::OrganizationView;

use super::body::OrganizationUpdate;
use crate::Doors;
use crate::api::answer::{self, Answer};
use crate::api::caller::ApiCaller;
use crate::api::input::Json;
use crate::openapi::schema;

/// Update an organization.
#[utoipa::path(
    tag = "organizations",
    responses(
        (status = 200, description = "The organization", body = schema::Organization),
        (status = 400, description = "The body or its metadata cannot be used, or another organization has the `external_id` or \
            the Stripe customer", body = schema::Error),
        (status = 409, description = "Another organization has the domain", body = schema::Error),
    ),
)]
#[put("/organizations/{id}")]
pub(super) async fn update_organization(
    doors: Data<Doors>,
    caller: ApiCaller,
    id: Path<String>,
    body: Json<OrganizationUpdate>,
) -> Answer {
    let update = body.read().await?.into();
    let organization = doors.broker.update_organization(caller.environment_id, &id, update).await?;
    answer::object(StatusCode::OK, &OrganizationView::from(&organization))
}

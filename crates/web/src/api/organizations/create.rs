//! `POST /organizations`

use actix_web::post;
use actix_web::web::Data;
use model::tenant::Organization;
use model::view::OrganizationView;

use super::body::NewOrganization;
use crate::Doors;
use crate::api::answer::Answer;
use crate::api::caller::ApiCaller;
use crate::api::input::Json;
use crate::api::once::{Made, Once};
use crate::openapi::schema;

/// Create an organization.
#[utoipa::path(
    tag = "organizations",
    responses(
        (status = 201, description = "The organization", body = schema::Organization),
        (status = 400, description = "The body or its metadata cannot be used, or another organization has the `external_id` or \
            the Stripe customer", body = schema::Error),
        (status = 409, description = "Another organization has the domain", body = schema::Error),
    ),
)]
#[post("/organizations")]
pub(super) async fn create_organization(
    doors: Data<Doors>,
    caller: ApiCaller,
    once: Once,
    body: Json<NewOrganization>,
) -> Answer {
    let (new, body) = body.read_whole().await?;
    let (broker, of) = (&doors.broker, caller.environment_id);
    let make = async |made: &Made| {
        let answer = |organization: &Organization| made.write(&OrganizationView::from(organization));
        broker.create_organization_once(of, new.into(), answer).await.map(drop)
    };
    once.make(broker, of, &body, make).await
}

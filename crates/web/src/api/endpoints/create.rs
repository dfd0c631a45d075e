//! `POST /webhook_endpoints`

use actix_web::http::StatusCode;
use actix_web::post;
use actix_web::web::Data;
use model::view::EndpointView;

use super::body::NewWebhookEndpoint;
use crate::Doors;
use crate::api::answer::{self, Answer};
use crate::api::caller::ApiCaller;
use crate::api::input::Json;
use crate::openapi::schema;

/// Create a webhook endpoint.
///
/// It hears of what happens from then on.
#[utoipa::path(
    tag = "webhooks",
    responses(
        (status = 201, description = "The endpoint", body = schema::WebhookEndpoint),
        (status = 409, description = "The URL is taken, or there are too many endpoints", body = schema::Error),
    ),
)]
#[post("/webhook_endpoints")]
pub(super) async fn create_webhook_endpoint(
    doors: Data<Doors>,
    caller: ApiCaller,
    body: Json<NewWebhookEndpoint>,
) -> Answer {
    let NewWebhookEndpoint { endpoint_url, events } = body.read().await?;
    let reach = super::reach(&doors.settings);
    let endpoint = doors.broker.create_endpoint(caller.environment_id, &endpoint_url, events, reach).await?;
    answer::object(StatusCode::CREATED, &EndpointView::from(&endpoint))
}

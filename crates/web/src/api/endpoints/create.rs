//! `POST /webhook_endpoints`

use actix_web::post;
use actix_web::web::Data;
use model::endpoint::Endpoint;
use model::view::EndpointView;

use super::body::NewWebhookEndpoint;
use crate::Doors;
use crate::api::answer::Answer;
use crate::api::caller::ApiCaller;
use crate::api::input::Json;
use crate::api::once::{Made, Once};
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
    once: Once,
    body: Json<NewWebhookEndpoint>,
) -> Answer {
    let (NewWebhookEndpoint { endpoint_url, events }, body) = body.read_whole().await?;
    let (broker, of, reach) = (&doors.broker, caller.environment_id, super::reach(&doors.settings));
    let make = async |made: &Made| {
        let answer = |endpoint: &Endpoint| made.write(&EndpointView::from(endpoint));
        broker.create_endpoint_once(of, (&endpoint_url, reach), events, answer).await.map(drop)
    };
    once.make(broker, of, &body, make).await
}

//! `PATCH /webhook_endpoints/{id}`

use actix_web::http::StatusCode;
use actix_web::patch;
use actix_web::web::{Data, Path};
use model::view::EndpointView;

use super::body::WebhookEndpointUpdate;
use crate::Doors;
use crate::api::answer::{self, Answer};
use crate::api::caller::ApiCaller;
use crate::api::input::Json;
use crate::openapi::schema;

/// Update a webhook endpoint.
#[utoipa::path(
    tag = "webhooks",
    responses(
        (status = 200, description = "The endpoint", body = schema::WebhookEndpoint),
        (status = 409, description = "Another endpoint has the URL", body = schema::Error),
    ),
)]
#[patch("/webhook_endpoints/{id}")]
pub(super) async fn update_webhook_endpoint(
    doors: Data<Doors>,
    caller: ApiCaller,
    id: Path<String>,
    body: Json<WebhookEndpointUpdate>,
) -> Answer {
    let (update, reach) = (body.read().await?.into(), super::reach(&doors.settings));
    let endpoint = doors.broker.update_endpoint(caller.environment_id, &id, update, reach).await?;
    answer::object(StatusCode::OK, &EndpointView::from(&endpoint))
}

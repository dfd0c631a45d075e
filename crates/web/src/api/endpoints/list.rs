//! `GET /webhook_endpoints`

use actix_web::get;
use actix_web::web::Data;
use model::view::EndpointView;

use crate::Doors;
use crate::api::answer::{self, Answer};
use crate::api::caller::ApiCaller;
use crate::api::input::{Paging, Query};
use crate::openapi::schema;

/// List webhook endpoints.
#[utoipa::path(
    tag = "webhooks",
    params(Paging),
    responses((status = 200, description = "A page", body = schema::WebhookEndpointList)),
)]
#[get("/webhook_endpoints")]
pub(super) async fn list_webhook_endpoints(doors: Data<Doors>, caller: ApiCaller, page: Query<Paging>) -> Answer {
    let page = doors.broker.list_endpoints(caller.environment_id, page.read()?.of()?).await?;
    answer::views(page, |endpoint| EndpointView::from(endpoint))
}

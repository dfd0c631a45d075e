//! `DELETE /webhook_endpoints/{id}`

use actix_web::delete;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};

use crate::Doors;
use crate::api::answer::{self, Answer};
use crate::api::caller::ApiCaller;

/// Delete a webhook endpoint.
#[utoipa::path(tag = "webhooks", responses((status = 204, description = "Nothing is sent there any more")))]
#[delete("/webhook_endpoints/{id}")]
pub(super) async fn delete_webhook_endpoint(doors: Data<Doors>, caller: ApiCaller, id: Path<String>) -> Answer {
    doors.broker.delete_endpoint(caller.environment_id, &id).await?;
    answer::empty(StatusCode::NO_CONTENT)
}

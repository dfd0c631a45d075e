//! `DELETE /webhook_endpoints/{id}`

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, delete};

use crate::Doors;
use crate::api::answer::Answer;
use crate::api::caller::ApiCaller;

/// Delete a webhook endpoint.
#[utoipa::path(tag = "webhooks", responses((status = 204, description = "Nothing is sent there any more")))]
#[delete("/webhook_endpoints/{id}")]
pub(super) async fn delete_webhook_endpoint(doors: Data<Doors>, caller: ApiCaller, id: Path<String>) -> Answer {
    doors.broker.delete_endpoint(caller.environment_id, &id).await?;
    Ok(HttpResponse::new(StatusCode::NO_CONTENT))
}

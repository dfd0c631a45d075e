//! `GET /directories/{id}/parked`

use actix_web::get;
use actix_web::web::{Data, Path};
use model::view::ParkedView;

use crate::Doors;
use crate::api::answer::{self, Answer};
use crate::api::caller::ApiCaller;
use crate::api::input::{Paging, Query};
use crate::openapi::schema;

/// List the references of a directory that wait.
///
/// A member or a manager whom the identity provider named before the user came. It is applied when a user comes with that
/// external id, and goes when it is taken back, or its group or user is deleted.
#[utoipa::path(
    tag = "directories",
    params(Paging),
    responses((status = 200, description = "A page", body = schema::ParkedReferenceList)),
)]
#[get("/directories/{id}/parked")]
pub(super) async fn list_parked_references(
    doors: Data<Doors>,
    caller: ApiCaller,
    id: Path<String>,
    page: Query<Paging>,
) -> Answer {
    let (found, now) = doors.broker.list_parked(caller.environment_id, &id, page.read()?.of()?).await?;
    answer::views(found, |parked| ParkedView::new(parked, now))
}

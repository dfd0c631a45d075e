//! `GET /events`: the log, read forwards. `order` and `before` are ignored, as the real API does with the first: SDKs send them
//! unasked (`workos-contract.md` 1.3 and 5).

use actix_web::get;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use model::Timestamp;
use model::id::OrganizationId;
use model::query::EventFilter;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::answer::{self, Answer};
use super::caller::ApiCaller;
use super::error::ApiError;
use super::input::{Params, Query, ReadQuery, limit};
use crate::Doors;
use crate::openapi::schema;

pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_events);
}

/// Which events.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
struct WhichEvents {
    /// The types of events, at least one.
    #[param(value_type = Vec<schema::EventName>, style = Form, explode = false, min_items = 1, example = json!(["dsync.user.created"]))]
    events: Vec<String>,
    /// How many events to answer at most.
    #[param(value_type = Option<u64>, minimum = 1, maximum = 100, default = 10)]
    limit: u64,
    /// The id of an event: those after it. Not with `range_start`.
    after: Option<String>,
    #[param(value_type = Option<String>)]
    organization_id: Option<OrganizationId>,
    /// From this time on, in UTC with `Z`.
    #[param(value_type = Option<String>, format = DateTime, example = "2026-01-15T12:00:00.000Z")]
    range_start: Option<Timestamp>,
    /// Before this time.
    #[param(value_type = Option<String>, format = DateTime, example = "2026-01-16T12:00:00.000Z")]
    range_end: Option<Timestamp>,
}

impl ReadQuery for WhichEvents {
    fn read(params: &Params) -> Result<Self, ApiError> {
        Ok(Self {
            events: params.list("events")?,
            limit: limit(params)?,
            after: params.text("after")?.map(str::to_owned),
            organization_id: params.filter_id("organization_id")?,
            range_start: params.time("range_start")?,
            range_end: params.time("range_end")?,
        })
    }
}

/// List events.
///
/// Oldest first, whatever `order` says; `before` is ignored. An `after` of null says that nothing more has happened yet.
#[utoipa::path(
    tag = "events",
    params(WhichEvents),
    responses(
        (status = 200, description = "A page", body = schema::EventList),
        (status = 400, description = "`after` names no event: begin again without it", body = schema::Error),
    ),
)]
#[get("/events")]
async fn list_events(doors: Data<Doors>, caller: ApiCaller, which: Query<WhichEvents>) -> Answer {
    let WhichEvents { events, limit, after, organization_id, range_start, range_end } = which.read()?;
    let filter = EventFilter { kinds: events, organization_id, range_start, range_end };
    let page = doors.broker.list_events(caller.environment_id, &filter, after.as_deref(), limit).await?;
    let metadata = serde_json::json!({ "after": page.after }).to_string();
    Ok(answer::text(StatusCode::OK, answer::list_text(page.events.iter().map(String::as_str), &metadata)))
}

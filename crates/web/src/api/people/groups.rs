//! `/directory_groups`: views as stored.

use actix_web::get;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use model::id::{DirectoryId, UserId};
use model::query::GroupFilter;
use utoipa::IntoParams;

use crate::Doors;
use crate::api::answer::{self, Answer};
use crate::api::caller::ApiCaller;
use crate::api::error::ApiError;
use crate::api::input::{Paging, Params, Query, ReadQuery};
use crate::openapi::schema;

/// Which groups.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct WhichGroups {
    #[param(value_type = Option<String>)]
    directory: Option<DirectoryId>,
    /// With this user in them.
    #[param(value_type = Option<String>)]
    user: Option<UserId>,
}

impl ReadQuery for WhichGroups {
    fn read(params: &Params) -> Result<Self, ApiError> {
        Ok(Self { directory: params.filter_id("directory")?, user: params.filter_id("user")? })
    }
}

/// List directory groups.
#[utoipa::path(
    tag = "directory-groups",
    params(Paging, WhichGroups),
    responses((status = 200, description = "A page", body = schema::DirectoryGroupList)),
)]
#[get("/directory_groups")]
pub(super) async fn list_directory_groups(
    doors: Data<Doors>,
    caller: ApiCaller,
    page: Query<Paging>,
    which: Query<WhichGroups>,
) -> Answer {
    let WhichGroups { directory, user } = which.read()?;
    let filter = GroupFilter { directory_id: directory, user_id: user };
    let page = doors.broker.list_groups(caller.environment_id, &filter, page.read()?.of()?).await?;
    answer::list(&page.map(|(_, json)| json))
}

/// Get a directory group.
#[utoipa::path(
    tag = "directory-groups",
    responses((status = 200, description = "The group", body = schema::DirectoryGroup)),
)]
#[get("/directory_groups/{id}")]
pub(super) async fn get_directory_group(doors: Data<Doors>, caller: ApiCaller, id: Path<String>) -> Answer {
    let group = doors.broker.find_group(caller.environment_id, &id).await?;
    Ok(answer::text(StatusCode::OK, group))
}

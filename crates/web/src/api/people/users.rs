//! `/directory_users`: views as stored, with the groups spliced in.

use actix_web::get;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use model::id::{DirectoryId, GroupId};
use model::query::UserFilter;
use utoipa::IntoParams;

use crate::Doors;
use crate::api::answer::{self, Answer};
use crate::api::caller::ApiCaller;
use crate::api::error::ApiError;
use crate::api::input::{Paging, Params, Query, ReadQuery};
use crate::openapi::schema;

/// Which users.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct WhichUsers {
    #[param(value_type = Option<String>)]
    directory: Option<DirectoryId>,
    #[param(value_type = Option<String>)]
    group: Option<GroupId>,
    /// The identity provider's own id; needs `directory`.
    idp_id: Option<String>,
    /// The primary address, without case; needs `directory`.
    email: Option<String>,
}

impl ReadQuery for WhichUsers {
    fn read(params: &Params) -> Result<Self, ApiError> {
        let text = |name| params.text(name).map(|text| text.map(str::to_owned));
        let (directory, group) = (params.filter_id("directory")?, params.filter_id("group")?);
        Ok(Self { directory, group, idp_id: text("idp_id")?, email: text("email")? })
    }
}

/// List directory users.
#[utoipa::path(
    tag = "directory-users",
    params(Paging, WhichUsers),
    responses((status = 200, description = "A page", body = schema::DirectoryUserList)),
)]
#[get("/directory_users")]
pub(super) async fn list_directory_users(
    doors: Data<Doors>,
    caller: ApiCaller,
    page: Query<Paging>,
    which: Query<WhichUsers>,
) -> Answer {
    let WhichUsers { directory, group, idp_id, email } = which.read()?;
    let filter = UserFilter { directory_id: directory, group_id: group, idp_id, email };
    let page = doors.broker.list_users(caller.environment_id, &filter, page.read()?.of()?).await?;
    answer::list(&page.map(|user| with_groups(&user.view, &user.groups)))
}

/// Get a directory user.
#[utoipa::path(
    tag = "directory-users",
    responses((status = 200, description = "The user", body = schema::DirectoryUserWithGroups)),
)]
#[get("/directory_users/{id}")]
pub(super) async fn get_directory_user(doors: Data<Doors>, caller: ApiCaller, id: Path<String>) -> Answer {
    let user = doors.broker.find_user(caller.environment_id, &id).await?;
    Ok(answer::text(StatusCode::OK, with_groups(&user.view, &user.groups)))
}

fn with_groups(view: &str, groups: &[String]) -> String {
    answer::with_array(view, "groups", groups.iter().map(String::as_str))
}

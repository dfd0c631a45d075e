//! `GET /organizations`

use actix_web::get;
use actix_web::web::Data;
use model::query::OrganizationFilter;
use model::view::OrganizationView;
use utoipa::IntoParams;

use crate::Doors;
use crate::api::answer::{self, Answer};
use crate::api::caller::ApiCaller;
use crate::api::error::ApiError;
use crate::api::input::{Paging, Params, Query, ReadQuery};
use crate::openapi::schema;

/// Which organizations.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct WhichOrganizations {
    /// With any of these domains.
    #[param(style = Form, explode = false)]
    domains: Option<Vec<String>>,
    /// Part of the name, without case.
    search: Option<String>,
}

impl ReadQuery for WhichOrganizations {
    fn read(params: &Params) -> Result<Self, ApiError> {
        let domains = params.list("domains")?;
        let domains = (!domains.is_empty()).then_some(domains);
        Ok(Self { domains, search: params.text("search")?.map(str::to_owned) })
    }
}

/// List organizations.
#[utoipa::path(
    tag = "organizations",
    params(Paging, WhichOrganizations),
    responses((status = 200, description = "A page", body = schema::OrganizationList)),
)]
#[get("/organizations")]
pub(super) async fn list_organizations(
    doors: Data<Doors>,
    caller: ApiCaller,
    page: Query<Paging>,
    which: Query<WhichOrganizations>,
) -> Answer {
    let which = which.read()?;
    let filter = OrganizationFilter { domains: which.domains.unwrap_or_default(), search: which.search };
    let page = doors.broker.list_organizations(caller.environment_id, &filter, page.read()?.of()?).await?;
    answer::views(page, |organization| OrganizationView::from(organization))
}

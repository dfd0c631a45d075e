//! `GET /directories`

use actix_web::get;
use actix_web::web::Data;
use broker::Broker;
use model::id::{EnvironmentId, OrganizationId};
use model::query::{DirectoryFilter, Order, OrganizationFilter, PageQuery};
use model::view::DirectoryView;
use utoipa::IntoParams;

use crate::Doors;
use crate::api::answer::{self, Answer};
use crate::api::caller::ApiCaller;
use crate::api::error::ApiError;
use crate::api::input::{Paging, Params, Query, ReadQuery, nobody};
use crate::openapi::schema;

/// Which directories.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct WhichDirectories {
    #[param(value_type = Option<String>)]
    organization_id: Option<OrganizationId>,
    /// Part of the name, without case.
    search: Option<String>,
    /// Deprecated: of the organization with this domain.
    domain: Option<String>,
}

impl ReadQuery for WhichDirectories {
    fn read(params: &Params) -> Result<Self, ApiError> {
        let text = |name| params.text(name).map(|text| text.map(str::to_owned));
        let organization_id = params.filter_id("organization_id")?;
        Ok(Self { organization_id, search: text("search")?, domain: text("domain")? })
    }
}

/// List directories.
#[utoipa::path(
    tag = "directories",
    params(Paging, WhichDirectories),
    responses((status = 200, description = "A page", body = schema::DirectoryList)),
)]
#[get("/directories")]
pub(super) async fn list_directories(
    doors: Data<Doors>,
    caller: ApiCaller,
    page: Query<Paging>,
    which: Query<WhichDirectories>,
) -> Answer {
    let (page, which) = (page.read()?.of()?, which.read()?);
    let filter = which.filter(&doors.broker, caller.environment_id).await?;
    let page = doors.broker.list_directories(caller.environment_id, &filter, page).await?;
    answer::views(page, |directory| DirectoryView::from(directory))
}

impl WhichDirectories {
    /// A domain belongs to one organization at most.
    async fn filter(self, broker: &Broker, of: EnvironmentId) -> Result<DirectoryFilter, ApiError> {
        let Self { organization_id, search, domain } = self;
        let Some(domain) = domain else { return Ok(DirectoryFilter { organization_id, search }) };
        let with_domain = OrganizationFilter { domains: vec![domain], search: None };
        let first = PageQuery { limit: 1, order: Order::default(), before: None, after: None };
        let owner = broker.list_organizations(of, &with_domain, first).await?.items.pop().map(|owner| owner.id);
        let wanted = owner.filter(|owner| organization_id.is_none_or(|id| id == *owner));
        Ok(DirectoryFilter { organization_id: Some(wanted.unwrap_or_else(nobody)), search })
    }
}

//! POST to `.search`: a list whose query is in the body (RFC 7644 section 3.4.3).

use actix_web::{HttpRequest, HttpResponse, web};
use broker::ingest::Refusal;
use scim::schema::{RESOURCE_TYPES, USER};
use scim::{Projection, ResourceType};

use super::answer::{Call, list_query};
use super::intake::Hold;
use super::{body, respond};

/// Of one resource type, or of all.
pub(crate) async fn search(
    call: &Call<'_>,
    request: &HttpRequest,
    payload: web::Payload,
    kind: Option<&'static ResourceType>,
) -> Result<HttpResponse, Refusal> {
    let directory = call.credentials.directory(call.doors).await?;
    let mut hold = Hold::new(call.intake, directory.id);
    let text = body::read(request, payload, kind.unwrap_or(&USER), &mut hold).await?;
    let pairs = scim::search(body::parse(&text)?, &broker::lenience(directory.settings))?;
    let query = list_query(pairs.iter().map(|(name, value)| (name, value)))?;
    let project = |kind| Projection::of_query(kind, pairs.iter().map(|(name, value)| (name, value)));
    let documents = call.doors.broker.documents(directory.id, &call.base_url);
    let page = if let Some(kind) = kind {
        documents.list(&directory, kind, &query, &project(kind)?).await?
    } else {
        let projections = RESOURCE_TYPES.iter().map(|kind| Ok((*kind, project(kind)?)));
        let projections: Vec<_> = projections.collect::<Result<_, Refusal>>()?;
        documents.list_all(&directory, &query, &projections).await?
    };
    Ok(respond::ok(&page.to_json()))
}

//! GET: resources, lists and discovery.

use actix_web::HttpResponse;
use broker::ingest::Refusal;
use scim::discovery::{self, Capabilities};
use scim::{Error, ListQuery, Projection, ResourceType};

use super::answer::Call;
use super::respond;
use super::target::Place;

pub(crate) async fn get(call: &Call<'_>, place: &Place) -> Result<HttpResponse, Refusal> {
    let directory = call.credentials.directory(call.doors).await?;
    let base = call.base_url.as_str();
    let documents = call.doors.broker.documents(&directory, base);
    let body = match place {
        Place::Collection(kind) => documents.list(kind, &call.list_query()?).await?.to_json(),
        Place::Resource(kind, id) => documents.get(kind, id, &projection(kind, &call.list_query()?)?).await?,
        Place::ServiceProviderConfig => discovery::service_provider_config(base, &Capabilities::default()),
        Place::ResourceTypes(None) => unfiltered(&call.list_query()?, || discovery::resource_types(base))?,
        Place::Schemas(None) => unfiltered(&call.list_query()?, || discovery::schemas(base))?,
        Place::ResourceTypes(Some(name)) => {
            discovery::resource_type(base, name).ok_or_else(|| missing("resource type", name))?
        }
        Place::Schemas(Some(urn)) => discovery::schema(base, urn).ok_or_else(|| missing("schema", urn))?,
        Place::Unsupported(what) => return Err(Error::new(501, format!("{what} is not supported")).into()),
        Place::Unknown => return Err(Error::not_found("there is no such resource type").into()),
    };
    Ok(respond::ok(&body))
}

pub(crate) fn projection(kind: &'static ResourceType, query: &ListQuery) -> Result<Projection, Refusal> {
    Ok(Projection::parse(kind, query.attributes.as_deref(), query.excluded_attributes.as_deref())?)
}

/// Discovery takes no filter (RFC 7644 section 4).
fn unfiltered(query: &ListQuery, list: impl FnOnce() -> serde_json::Value) -> Result<serde_json::Value, Refusal> {
    match query.filter {
        Some(_) => Err(Error::new(403, "discovery takes no filter").into()),
        None => Ok(list()),
    }
}

fn missing(what: &str, name: &str) -> Refusal {
    Error::not_found(format!("there is no {what} {name}")).into()
}

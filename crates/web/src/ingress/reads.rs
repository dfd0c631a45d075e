//! GET: resources, lists and discovery.

use actix_web::HttpResponse;
use broker::ingest::Refusal;
use model::tenant::Directory;
use scim::Error;
use scim::discovery::{self, Capabilities};

use super::answer::Call;
use super::respond;
use super::target::Place;

pub(crate) async fn get(call: &Call<'_>, place: &Place) -> Result<HttpResponse, Refusal> {
    let directory = call.credentials.directory(call.doors).await?;
    of(call, &directory, place).await
}

/// Reads for a caller who is known.
pub(crate) async fn of(call: &Call<'_>, directory: &Directory, place: &Place) -> Result<HttpResponse, Refusal> {
    let base = call.base_url.as_str();
    let documents = call.doors.broker.documents(directory.id, base);
    let body = match place {
        Place::Collection(kind) => {
            let (query, projection) = (call.list_query()?, call.projection(kind)?);
            documents.list(directory, kind, &query, &projection).await?.to_json()
        }
        Place::Resource(kind, id) => {
            let projection = call.projection(kind)?;
            return Ok(match documents.get(kind, id, &projection, &call.preconditions).await? {
                (version, Some(resource)) => respond::resource(resource, version),
                (version, None) => respond::not_modified(version),
            });
        }
        Place::ServiceProviderConfig => discovery::service_provider_config(base, &Capabilities::default()),
        Place::ResourceTypes(None) => unfiltered(call, || discovery::resource_types(base))?,
        Place::Schemas(None) => unfiltered(call, || discovery::schemas(base))?,
        Place::ResourceTypes(Some(name)) => {
            discovery::resource_type(base, name).ok_or_else(|| missing("resource type", name))?
        }
        Place::Schemas(Some(urn)) => discovery::schema(base, urn).ok_or_else(|| missing("schema", urn))?,
        // Searched by POST only.
        Place::Search(_) => return Err(Error::new(405, format!("this path takes {}", place.allow())).into()),
        Place::Unsupported(what) => return Err(Error::new(501, format!("{what} is not supported")).into()),
        Place::Unknown => return Err(Error::not_found("there is no such resource type").into()),
    };
    Ok(respond::ok(&body))
}

/// Discovery takes no filter, and does not mind pages and order (RFC 7644 section 4).
fn unfiltered(call: &Call<'_>, list: impl FnOnce() -> serde_json::Value) -> Result<serde_json::Value, Refusal> {
    if call.is_filtered() {
        return Err(Error::new(403, "discovery takes no filter").into());
    }
    Ok(list())
}

fn missing(what: &str, name: &str) -> Refusal {
    Error::not_found(format!("there is no {what} {name}")).into()
}

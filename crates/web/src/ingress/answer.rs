//! One request: who, what, do, answer.

use actix_web::http::Method;
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use broker::ingest::{Refusal, Request};
use scim::{Error, ListQuery, ResourceType};

use super::caller::Credentials;
use super::refusal;
use super::target::{Place, Target};
use super::{body, reads, writes};
use crate::Doors;

/// A request whose target is known.
pub(crate) struct Call<'a> {
    pub(crate) doors: &'a Doors,
    pub(crate) credentials: Credentials<'a>,
    pub(crate) base_url: String,
    pub(crate) query: &'a str,
}

impl Call<'_> {
    /// `+` and `%20` are a space, `%2B` is a plus; unknown and empty parameters do not matter (N2).
    pub(crate) fn list_query(&self) -> Result<ListQuery, Refusal> {
        let pairs = form_urlencoded::parse(self.query.as_bytes());
        let query = ListQuery::parse(pairs)?;
        if query.filter.as_deref().is_some_and(|filter| filter.contains('\0')) {
            return Err(Error::invalid_filter("a filter cannot hold U+0000").into());
        }
        Ok(query)
    }
}

pub(crate) async fn answer(
    doors: &Doors,
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Refusal> {
    let path = request.uri().path();
    let Some(target) = Target::parse(path) else {
        return Err(Error::not_found("there is no SCIM service at this path").into());
    };
    let call = Call {
        doors,
        credentials: Credentials::of(request, &target.external_key),
        base_url: target.base_url(doors.settings.public_url.trim_end_matches('/')),
        query: request.query_string(),
    };
    match (&target.place, request.method()) {
        (Place::Collection(kind), &Method::POST) => {
            let make = |body| writes::create(kind, body);
            writes::with_body(&call, request, payload, kind, make).await
        }
        (Place::Resource(kind, id), &Method::PUT) => {
            let make = |body| writes::replace(kind, id, body);
            writes::with_body(&call, request, payload, kind, make).await
        }
        (Place::Resource(kind, id), &Method::PATCH) => {
            let make = |body| writes::patch(kind, id, body);
            writes::with_body(&call, request, payload, kind, make).await
        }
        (Place::Resource(kind, id), &Method::DELETE) => writes::without_body(&call, writes::delete(kind, id)).await,
        (place, &Method::GET) => reads::get(&call, place).await,
        (place, _) => not_allowed(&call, place).await,
    }
}

/// The caller must be known first: a stranger learns nothing about paths.
async fn not_allowed(call: &Call<'_>, place: &Place) -> Result<HttpResponse, Refusal> {
    call.credentials.directory(call.doors).await?;
    if let Place::Unknown | Place::Unsupported(_) = place {
        return reads::get(call, place).await;
    }
    let refused = Refusal::from(Error::new(405, format!("this path takes {}", place.allow())));
    let mut response = refusal::response(&refused);
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(place.allow()));
    Ok(response)
}

/// Reads a body, then makes a request of it.
pub(crate) async fn request_of(
    request: &HttpRequest,
    payload: web::Payload,
    kind: &ResourceType,
    make: impl FnOnce(serde_json::Value) -> Result<Request, Refusal>,
) -> Result<Request, Refusal> {
    make(body::json(request, payload, kind).await?)
}

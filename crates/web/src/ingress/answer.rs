//! One request: who, what, do, answer.

use actix_web::http::Method;
use actix_web::http::header::{ALLOW, HeaderName, HeaderValue, IF_MATCH, IF_NONE_MATCH};
use actix_web::{HttpRequest, HttpResponse, web};
use broker::ingest::Refusal;
use scim::{Error, ListQuery, Preconditions, Projection, ResourceType};

use super::ask::Verb;
use super::caller::Credentials;
use super::refusal;
use super::target::{Place, Target};
use super::{Intake, reads, search, writes};
use crate::Doors;

/// A request whose target is known.
pub(crate) struct Call<'a> {
    pub(crate) doors: &'a Doors,
    pub(crate) intake: &'a web::Data<Intake>,
    pub(crate) credentials: Credentials<'a>,
    pub(crate) base_url: String,
    pub(crate) query: &'a str,
    pub(crate) preconditions: Preconditions,
}

impl Call<'_> {
    /// `+` and `%20` are a space, `%2B` is a plus; unknown and empty parameters do not matter (N2).
    pub(crate) fn list_query(&self) -> Result<ListQuery, Refusal> {
        list_query(self.pairs())
    }

    /// Which attributes are answered; what belongs to a list does not matter here.
    pub(crate) fn projection(&self, kind: &'static ResourceType) -> Result<Projection, Refusal> {
        Ok(Projection::of_query(kind, self.pairs())?)
    }

    /// Whether the query has a filter, whatever else it says.
    pub(crate) fn is_filtered(&self) -> bool {
        self.pairs().any(|(name, value)| name.eq_ignore_ascii_case("filter") && !value.trim().is_empty())
    }

    fn pairs(&self) -> form_urlencoded::Parse<'_> {
        form_urlencoded::parse(self.query.as_bytes())
    }
}

pub(crate) fn list_query<N: AsRef<str>, V: AsRef<str>>(
    pairs: impl IntoIterator<Item = (N, V)>,
) -> Result<ListQuery, Refusal> {
    let query = ListQuery::parse(pairs)?;
    if query.filter.as_deref().is_some_and(|filter| filter.contains('\0')) {
        return Err(Error::invalid_filter("a filter cannot hold U+0000").into());
    }
    Ok(query)
}

pub(crate) async fn answer(
    doors: &Doors,
    intake: &web::Data<Intake>,
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Refusal> {
    let path = request.uri().path();
    let Some(target) = Target::parse(path) else {
        return Err(Error::not_found("there is no SCIM service at this path").into());
    };
    let call = Call {
        doors,
        intake,
        credentials: Credentials::of(request, &target.external_key),
        base_url: target.base_url(doors.settings.public_url.trim_end_matches('/')),
        query: request.query_string(),
        preconditions: preconditions(request),
    };
    let (kind, verb) = match (target.place, request.method()) {
        (Place::Collection(kind), &Method::POST) => (kind, Verb::Create),
        (Place::Resource(kind, id), &Method::PUT) => (kind, Verb::Replace(id)),
        (Place::Resource(kind, id), &Method::PATCH) => (kind, Verb::Patch(id)),
        (Place::Resource(kind, id), &Method::DELETE) => return writes::delete(&call, kind, &id).await,
        (Place::Search(kind), &Method::POST) => return search::search(&call, request, payload, kind).await,
        (place @ Place::Search(_), _) => return not_allowed(&call, &place).await,
        (place, &Method::GET) => return reads::get(&call, &place).await,
        (place, _) => return not_allowed(&call, &place).await,
    };
    writes::with_body(&call, request, payload, kind, verb).await
}

fn preconditions(request: &HttpRequest) -> Preconditions {
    let header = |name: HeaderName| {
        let lines: Vec<_> = request.headers().get_all(name).filter_map(|line| line.to_str().ok()).collect();
        (!lines.is_empty()).then(|| lines.join(","))
    };
    Preconditions::parse(header(IF_MATCH).as_deref(), header(IF_NONE_MATCH).as_deref())
}

/// The caller must be known first: a stranger learns nothing about paths.
async fn not_allowed(call: &Call<'_>, place: &Place) -> Result<HttpResponse, Refusal> {
    let directory = call.credentials.directory(call.doors).await?;
    if let Place::Unknown | Place::Unsupported(_) = place {
        return reads::of(call, &directory, place).await;
    }
    let refused = Refusal::from(Error::new(405, format!("this path takes {}", place.allow())));
    let mut response = refusal::response(&refused);
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(place.allow()));
    Ok(response)
}

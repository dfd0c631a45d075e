//! POST, PUT, PATCH, DELETE: parsed before the queue, answered when durable.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use broker::documents::{render_group, render_user};
use broker::ingest::{Answer, Refusal, Request, Write};
use model::Deviation;
use model::id::DirectoryId;
use scim::{Error, Patch, ResourceType, resource, schema};
use serde_json::Value;

use super::answer::{Call, request_of};
use super::caller::Writer;
use super::{reads, respond};

/// A write with a body: the caller is known before the body is read.
pub(crate) async fn with_body(
    call: &Call<'_>,
    request: &HttpRequest,
    payload: web::Payload,
    kind: &'static ResourceType,
    make: impl FnOnce(Value) -> Result<Request, Refusal>,
) -> Result<HttpResponse, Refusal> {
    let writer = call.credentials.writer(call.doors).await?;
    let request = request_of(request, payload, kind, make).await;
    known_or_stranger(call, writer, request).await
}

pub(crate) async fn without_body(call: &Call<'_>, request: Result<Request, Refusal>) -> Result<HttpResponse, Refusal> {
    let writer = call.credentials.writer(call.doors).await?;
    known_or_stranger(call, writer, request).await
}

/// A request that could not be made never reaches the writer, which would find a revoked token: it is looked up here.
async fn known_or_stranger(
    call: &Call<'_>,
    writer: Writer,
    request: Result<Request, Refusal>,
) -> Result<HttpResponse, Refusal> {
    if request.is_err() && writer.remembered {
        call.credentials.directory(call.doors).await?;
    }
    run(call, writer, Arc::new(request?)).await
}

async fn run(call: &Call<'_>, writer: Writer, request: Arc<Request>) -> Result<HttpResponse, Refusal> {
    let create = matches!(*request, Request::CreateUser(_) | Request::CreateGroup(_));
    let answer = match write(call, writer, Arc::clone(&request)).await {
        Err(Refusal::Unauthorized) if writer.remembered => {
            let writer = call.credentials.fresh_writer(call.doors).await?;
            write(call, writer, request).await?
        }
        other => other?,
    };
    respond(call, writer.directory_id, create, answer).await
}

async fn write(call: &Call<'_>, writer: Writer, request: Arc<Request>) -> Result<Answer, Refusal> {
    let Writer { directory_id, tokens_version, .. } = writer;
    call.doors.writer.write(Write { directory_id, tokens_version, request }).await
}

async fn respond(
    call: &Call<'_>,
    directory: DirectoryId,
    create: bool,
    answer: Answer,
) -> Result<HttpResponse, Refusal> {
    let (kind, mut body, deviations) = match &answer {
        Answer::Deleted => return Ok(respond::no_content()),
        Answer::Group(group) if group.members.is_none() => {
            return patched_group(call, &group.group.id.to_string()).await;
        }
        Answer::User(user) => (&schema::USER, render_user(user, &call.base_url), &user.deviations),
        Answer::Group(group) => (&schema::GROUP, render_group(group, &call.base_url), &group.deviations),
    };
    note(directory, deviations);
    reads::projection(kind, &call.list_query()?)?.apply(&mut body);
    Ok(if create { respond::created(&body) } else { respond::ok(&body) })
}

/// 204; the group itself only when `attributes` asks for it (RFC 7644 section 3.5.2).
async fn patched_group(call: &Call<'_>, id: &str) -> Result<HttpResponse, Refusal> {
    let query = call.list_query()?;
    if query.attributes.is_none() {
        return Ok(respond::no_content());
    }
    let directory = call.credentials.directory(call.doors).await?;
    let documents = call.doors.broker.documents(&directory, &call.base_url);
    let projection = reads::projection(&schema::GROUP, &query)?;
    Ok(respond::ok(&documents.get(&schema::GROUP, id, &projection).await?))
}

/// What was forgiven: names and places, never values.
fn note(directory: DirectoryId, deviations: &[Deviation]) {
    if !deviations.is_empty() {
        let told: Vec<_> =
            deviations.iter().map(|deviation| format!("{} {}", deviation.name, deviation.path)).collect();
        tracing::debug!(directory = %directory, deviations = told.join(", "), "normalised a request");
    }
}

pub(crate) fn create(kind: &'static ResourceType, body: Value) -> Result<Request, Refusal> {
    let parsed = resource::parse(kind, body, &broker::lenience())?;
    Ok(if kind == &schema::GROUP { Request::CreateGroup(parsed) } else { Request::CreateUser(parsed) })
}

pub(crate) fn replace(kind: &'static ResourceType, id: &str, body: Value) -> Result<Request, Refusal> {
    let parsed = resource::parse(kind, body, &broker::lenience())?;
    Ok(if kind == &schema::GROUP {
        Request::ReplaceGroup(known(kind, id)?, parsed)
    } else {
        Request::ReplaceUser(known(kind, id)?, parsed)
    })
}

pub(crate) fn patch(kind: &'static ResourceType, id: &str, body: Value) -> Result<Request, Refusal> {
    let patch = Patch::parse(kind, body, &broker::lenience())?;
    Ok(if kind == &schema::GROUP {
        Request::PatchGroup(known(kind, id)?, patch)
    } else {
        Request::PatchUser(known(kind, id)?, patch)
    })
}

pub(crate) fn delete(kind: &'static ResourceType, id: &str) -> Result<Request, Refusal> {
    Ok(if kind == &schema::GROUP {
        Request::DeleteGroup(known(kind, id)?)
    } else {
        Request::DeleteUser(known(kind, id)?)
    })
}

/// An id that is none names nobody: 404 as for one that is absent (`ping-users-zero`).
fn known<I: std::str::FromStr>(kind: &ResourceType, id: &str) -> Result<I, Refusal> {
    id.parse().map_err(|_| Error::not_found(format!("{} {id} does not exist", kind.name)).into())
}

//! POST, PUT, PATCH, DELETE: parsed before the queue, answered when durable.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use broker::documents::{Ids, render_group, render_user};
use broker::ingest::{Answer, Refusal, Request, Write};
use model::Deviation;
use model::id::DirectoryId;
use scim::{Projection, ResourceType, schema};

use super::answer::Call;
use super::ask::{Asked, Verb, ask, known};
use super::caller::Writer;
use super::intake::Hold;
use super::respond;

/// A write with a body: the caller is known before the body is read.
pub(crate) async fn with_body(
    call: &Call<'_>,
    request: &HttpRequest,
    payload: web::Payload,
    kind: &'static ResourceType,
    verb: Verb,
) -> Result<HttpResponse, Refusal> {
    let writer = call.credentials.writer(call.doors).await?;
    let creates = matches!(verb, Verb::Create);
    let asked = ask(call, request, payload, kind, verb, writer.directory_id).await;
    let asked = known_or_stranger(call, writer, asked).await?;
    let (writer, request) = understood(call, writer, &asked).await?;
    let request = Arc::new(request);
    let answer = match write(call, writer, Arc::clone(&request), &asked.hold).await {
        Err(Refusal::Unauthorized) if writer.remembered => {
            let fresh = call.credentials.fresh_writer(call.doors).await?;
            let same = fresh.settings == writer.settings;
            let request = if same { request } else { Arc::new(asked.understand(fresh.settings).await?) };
            write(call, fresh, request, &asked.hold).await?
        }
        written => written?,
    };
    note(writer.directory_id, &answer);
    Ok(respond(call, creates, &asked.projection, writer, answer).await)
}

/// The request, and what it goes on with. Settings that are remembered refuse nothing by themselves: they are looked up first.
async fn understood(call: &Call<'_>, writer: Writer, asked: &Asked) -> Result<(Writer, Request), Refusal> {
    let request = asked.understand(writer.settings).await;
    if request.is_ok() || !writer.remembered {
        return request.map(|request| (writer, request));
    }
    let fresh = call.credentials.fresh_writer(call.doors).await?;
    let request = if fresh.settings == writer.settings { request } else { asked.understand(fresh.settings).await };
    request.map(|request| (fresh, request))
}

pub(crate) async fn delete(call: &Call<'_>, kind: &'static ResourceType, id: &str) -> Result<HttpResponse, Refusal> {
    let writer = call.credentials.writer(call.doors).await?;
    let request = if kind == &schema::GROUP {
        known(kind, id).map(Request::DeleteGroup)
    } else {
        known(kind, id).map(Request::DeleteUser)
    };
    let request = known_or_stranger(call, writer, request).await?;
    let hold = Arc::new(Hold::new(call.intake, writer.directory_id));
    let request = Arc::new(request);
    match write(call, writer, Arc::clone(&request), &hold).await {
        Err(Refusal::Unauthorized) if writer.remembered => {
            let fresh = call.credentials.fresh_writer(call.doors).await?;
            write(call, fresh, request, &hold).await?
        }
        written => written?,
    };
    Ok(respond::no_content())
}

/// A request that could not be made never reaches the writer, which would find a revoked token: it is looked up here.
async fn known_or_stranger<T>(call: &Call<'_>, writer: Writer, made: Result<T, Refusal>) -> Result<T, Refusal> {
    if made.is_err() && writer.remembered {
        call.credentials.directory(call.doors).await?;
    }
    made
}

/// In a task of its own: a client who hangs up leaves its write in the queue, and that must keep its room.
async fn write(call: &Call<'_>, writer: Writer, request: Arc<Request>, hold: &Arc<Hold>) -> Result<Answer, Refusal> {
    let Writer { organization_id, directory_id, tokens_version, .. } = writer;
    let (queue, hold, preconditions) = (call.doors.writer.clone(), Arc::clone(hold), call.preconditions.clone());
    let written = tokio::spawn(async move {
        let write = Write { organization_id, directory_id, tokens_version, preconditions, request };
        let answer = queue.write(write).await;
        drop(hold);
        answer
    });
    written.await.unwrap_or(Err(Refusal::Unavailable))
}

/// What was forgiven: names and places, never values. Members who are nobody are counted (N22).
fn note(directory: DirectoryId, answer: &Answer) {
    let deviations: &[Deviation] = match answer {
        Answer::User(user) => &user.deviations,
        Answer::Group(group) => &group.deviations,
        Answer::Deleted => &[],
    };
    if !deviations.is_empty() {
        let told: Vec<_> =
            deviations.iter().map(|deviation| format!("{} {}", deviation.name, deviation.path)).collect();
        tracing::debug!(directory = %directory, deviations = told.join(", "), "normalised a request");
    }
    if let Answer::Group(group) = answer
        && group.unknown_members.any()
    {
        tracing::info!(
            directory = %directory,
            group = %group.group.id,
            waiting = group.unknown_members.waiting,
            skipped = group.unknown_members.skipped,
            "members who are not in the directory"
        );
    }
}

/// The write is durable: nothing that fails from here on may turn it into an error.
async fn respond(
    call: &Call<'_>,
    creates: bool,
    projection: &Projection,
    writer: Writer,
    answer: Answer,
) -> HttpResponse {
    let how = (projection, call.base_url.as_str());
    let (version, shown) = match answer {
        Answer::Deleted => return respond::no_content(),
        // 204; the group itself only when `attributes` asks for it (RFC 7644 section 3.5.2).
        Answer::Group(group) if group.members.is_none() && !projection.is_asked() => {
            return respond::changed(group.group.version);
        }
        Answer::User(answer) => {
            let id = answer.user.id.to_string();
            // A new user has no groups.
            let ids = if creates { Some(Ids::Groups(Vec::new())) } else { None };
            let ids = asked(call, (&schema::USER, &id), projection, writer, ids).await;
            (answer.user.version, render_user(&answer, ids, how))
        }
        Answer::Group(mut answer) => {
            let id = answer.group.id.to_string();
            let ids = match answer.members.take() {
                Some(members) => Some(Ids::Members(members)),
                None => asked(call, (&schema::GROUP, &id), projection, writer, None).await,
            };
            (answer.group.version, render_group(&answer, ids, how))
        }
    };
    if creates { respond::created(shown, version) } else { respond::resource(shown, version) }
}

/// A user's groups, or a patched group's members: when `attributes` asks for them, by the letter in any case (RFC 7644 section
/// 3.5.1: what is answered is the resource).
async fn asked(
    call: &Call<'_>,
    (kind, id): (&'static ResourceType, &str),
    projection: &Projection,
    writer: Writer,
    known: Option<Ids>,
) -> Option<Ids> {
    let name = kind.detached()?.name;
    let is_asked = projection.is_asked() || writer.settings.strict;
    if !is_asked || !projection.wants(name) {
        return None;
    }
    match known {
        Some(known) => Some(known),
        None => call.doors.broker.documents(writer.directory_id, &call.base_url).references(kind, id).await.ok(),
    }
}

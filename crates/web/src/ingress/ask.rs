//! What a request asks for, understood before anything is written.

use std::sync::Arc;

use actix_web::{HttpRequest, web};
use broker::ingest::{Refusal, Request};
use model::id::DirectoryId;
use model::settings::DirectorySettings;
use scim::{Error, Patch, Projection, ResourceType, resource, schema};

use super::answer::Call;
use super::body;
use super::intake::Hold;

/// Bytes of a body past which it is parsed beside the worker, whose other requests need not wait for it.
const PARSED_APART_BYTES: usize = 16 * 1024;

/// What is done with a body, and to which id.
#[derive(Debug, Clone)]
pub(crate) enum Verb {
    Create,
    Replace(String),
    Patch(String),
}

/// What was read of a request, and not yet understood.
pub(crate) struct Asked {
    kind: &'static ResourceType,
    verb: Verb,
    text: web::Bytes,
    pub(crate) projection: Projection,
    /// Its body's room.
    pub(crate) hold: Arc<Hold>,
}

/// Its parameters before its body is read.
pub(crate) async fn ask(
    call: &Call<'_>,
    request: &HttpRequest,
    payload: web::Payload,
    kind: &'static ResourceType,
    verb: Verb,
    directory: DirectoryId,
) -> Result<Asked, Refusal> {
    let projection = call.projection(kind)?;
    let mut hold = Hold::new(call.intake, directory);
    let text = body::read(request, payload, kind, &mut hold).await?;
    Ok(Asked { kind, verb, text, projection, hold: Arc::new(hold) })
}

impl Asked {
    /// By what the directory forgives.
    pub(crate) async fn understand(&self, settings: DirectorySettings) -> Result<Request, Refusal> {
        if self.text.len() <= PARSED_APART_BYTES {
            return understand(self.kind, &self.verb, &self.text, settings);
        }
        let (kind, verb, text) = (self.kind, self.verb.clone(), self.text.clone());
        let understood = web::block(move || understand(kind, &verb, &text, settings)).await;
        understood.map_err(|_| Refusal::Unavailable)?
    }
}

fn understand(
    kind: &'static ResourceType,
    verb: &Verb,
    text: &[u8],
    settings: DirectorySettings,
) -> Result<Request, Refusal> {
    let (lenience, is_group) = (broker::lenience(settings), kind == &schema::GROUP);
    Ok(match verb {
        Verb::Create if is_group => Request::CreateGroup(resource::read(kind, text, &lenience)?),
        Verb::Create => Request::CreateUser(resource::read(kind, text, &lenience)?),
        Verb::Replace(id) if is_group => {
            let parsed = resource::read(kind, text, &lenience)?;
            Request::ReplaceGroup(known(kind, id)?, parsed)
        }
        Verb::Replace(id) => {
            let parsed = resource::read(kind, text, &lenience)?;
            Request::ReplaceUser(known(kind, id)?, parsed)
        }
        Verb::Patch(id) if is_group => {
            let patch = Patch::read(kind, text, &lenience)?;
            Request::PatchGroup(known(kind, id)?, patch)
        }
        Verb::Patch(id) => {
            let patch = Patch::read(kind, text, &lenience)?;
            Request::PatchUser(known(kind, id)?, patch)
        }
    })
}

/// An id that is none names nobody: 404 as for one that is absent (`ping-users-zero`).
pub(crate) fn known<I: std::str::FromStr>(kind: &ResourceType, id: &str) -> Result<I, Refusal> {
    id.parse().map_err(|_| Error::not_found(format!("{} {id} does not exist", kind.name)).into())
}

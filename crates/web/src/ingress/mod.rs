//! The SCIM door: `/scim/v2.0/{external_key}/…` and `/scim/v2/{external_key}/…`.
//!
//! The cast: a [`Target`](target::Target) is what a path names, [`Call`](answer::Call) a request whose target is known,
//! [`answer`] does it; an [`Intake`] is the room that bodies in flight share, a [`Hold`](intake::Hold) one request's part of it.
//! The repairs of the transport live here (rules N1-N5 of `idp/quirks.md`); those of the body do not.

mod answer;
mod ask;
mod body;
mod caller;
mod intake;
mod reads;
mod refusal;
mod respond;
mod search;
mod target;
mod writes;

use actix_web::{HttpRequest, HttpResponse, web};

pub use body::{BODY_TIMEOUT_SECONDS, MAX_GROUP_BODY_BYTES, MAX_NODES};
pub use intake::{MAX_HELD_BYTES, MAX_HELD_BYTES_PER_DIRECTORY};
pub use target::paths;

pub(crate) use intake::Intake;

use crate::Doors;
use answer::answer;

/// Mounts the door. Paths are taken apart here, so that doubled and trailing slashes do no harm, nor those at the root (N1).
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config.service(web::resource("/{slashes:/*}scim/{path:.*}").to(handle));
}

async fn handle(
    request: HttpRequest,
    payload: web::Payload,
    doors: web::Data<Doors>,
    intake: web::Data<Intake>,
) -> HttpResponse {
    match answer(&doors, &intake, &request, payload).await {
        Ok(response) => response,
        Err(refusal) => refusal::response(&refusal),
    }
}

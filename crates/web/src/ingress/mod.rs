//! The SCIM door: `/scim/v2.0/{external_key}/…` and `/scim/v2/{external_key}/…`.
//!
//! The cast: a [`Target`](target::Target) is what a path names, [`Call`] a request whose caller is known, [`answer`] does it.
//! The repairs of the transport live here (rules N1-N5 of `idp/quirks.md`); those of the body do not.

mod answer;
mod body;
mod caller;
mod reads;
mod refusal;
mod respond;
mod target;
mod writes;

use actix_web::{HttpRequest, HttpResponse, web};

pub use body::{MAX_BODY_BYTES, MAX_GROUP_BODY_BYTES};

use crate::Doors;
use answer::answer;

/// Mounts the door. Paths are taken apart here, so that doubled and trailing slashes do no harm (N1).
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config.service(web::resource("/scim/{path:.*}").to(handle));
}

async fn handle(request: HttpRequest, payload: web::Payload, doors: web::Data<Doors>) -> HttpResponse {
    match answer(&doors, &request, payload).await {
        Ok(response) => response,
        Err(refusal) => refusal::response(&refusal),
    }
}

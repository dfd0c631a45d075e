//! The REST API: the WorkOS contract, and ours where that has none.
//!
//! A handler reads who ([`caller::ApiCaller`]), what ([`input::Query`], [`input::Json`]), does it with the broker, and
//! answers ([`answer`]) or refuses ([`error::ApiError`]). Its route, its documentation and its registration are one item:
//! [`routes`] takes only what utoipa documents.

pub(crate) mod answer;
mod caller;
mod directories;
mod endpoints;
mod error;
mod events;
mod input;
mod once;
mod organizations;
mod people;
mod routing;

use actix_web::web::ServiceConfig;
use utoipa_actix_web::service_config::ServiceConfig as Documented;

pub use directories::CreatedDirectory;
pub(crate) use error::ApiError;
pub use input::{MAX_BODY_BYTES, MAX_LIMIT};
pub(crate) use once::IDEMPOTENCY_KEY;
pub(crate) use routing::{no_such_route, not_open};

/// Mounts the API.
pub(crate) fn mount(config: &mut ServiceConfig) {
    routes(&mut Documented::new(config));
}

/// Every route of the API. (`.route(..)` would go undocumented.)
pub(crate) fn routes(config: &mut Documented<'_>) {
    config
        .configure(organizations::routes)
        .configure(directories::routes)
        .configure(people::routes)
        .configure(events::routes)
        .configure(endpoints::routes)
        .service(crate::openapi::get_openapi);
}

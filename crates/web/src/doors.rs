//! What every door stands on, and how they are mounted.

use std::sync::Arc;

use actix_web::middleware::from_fn;
use actix_web::web::{Data, ServiceConfig, scope, to};
use broker::ingest::Writer;
use broker::{Authenticator, Broker};

use crate::{Metrics, api, ingress, metrics, request_id};

/// The handles behind the doors. One per process.
pub struct Doors {
    pub broker: Broker,
    pub writer: Writer,
    pub authenticator: Arc<Authenticator>,
    pub settings: Settings,
    pub metrics: Metrics,
    pub open: Open,
}

/// Which doors are there; the others answer as any unknown path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Open {
    pub ingress: bool,
    pub api: bool,
}

#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the house is reached from outside, e.g. `https://rollcall.example`; begins `scim_endpoint` and `meta.location`.
    pub public_url: String,
    /// Lets webhook endpoints be plain HTTP and on private addresses.
    pub allow_private_endpoints: bool,
}

impl Settings {
    /// Where an identity provider finds a directory.
    pub fn scim_endpoint(&self, external_key: &str) -> String {
        format!("{}/scim/v2.0/{external_key}", self.public_url.trim_end_matches('/'))
    }
}

/// Mounts every door at the root of the host: `App::new().configure(web::configure(doors).clone())`.
///
/// They answer every path: what else the application serves must be registered before.
pub fn configure(doors: Doors) -> impl FnOnce(&mut ServiceConfig) + Clone + Send + 'static {
    let open = doors.open;
    let (doors, intake) = (Data::new(doors), Data::new(ingress::Intake::default()));
    move |config| {
        let house = scope("").app_data(doors).app_data(intake).wrap(from_fn(request_id::stamp));
        let mut house = house.wrap(from_fn(metrics::measure));
        if open.ingress {
            house = house.configure(ingress::configure);
        }
        config.service(if open.api {
            house.configure(api::mount).default_service(to(api::no_such_route))
        } else {
            house.default_service(to(api::not_open))
        });
    }
}

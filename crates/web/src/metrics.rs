//! What the doors count.

use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::Doors;

type Labels<const N: usize> = [(&'static str, &'static str); N];

/// Of all requests to a process. Labels name doors, methods and classes of status: nothing that a client can make more of.
#[derive(Clone)]
pub struct Metrics {
    requests: Family<Labels<3>, Counter>,
    seconds: Family<Labels<1>, Histogram, fn() -> Histogram>,
    in_flight: Family<Labels<1>, Gauge>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            requests: Family::default(),
            seconds: Family::new_with_constructor(seconds),
            in_flight: Family::default(),
        }
    }
}

/// From a millisecond, which is what the fastest take, to where clients give up.
fn seconds() -> Histogram {
    Histogram::new([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0])
}

impl Metrics {
    pub fn register(&self, registry: &mut Registry) {
        let requests = "Requests by door, method and class of status";
        registry.register("http_requests", requests, self.requests.clone());
        let seconds = "Time from a request's head to the head of its answer";
        registry.register("http_request_duration_seconds", seconds, self.seconds.clone());
        registry.register("http_requests_in_flight", "Requests that are being answered", self.in_flight.clone());
    }
}

/// A request that is being answered, until it is dropped.
struct InFlight(Gauge);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

pub(crate) async fn measure<B: MessageBody>(
    doors: Data<Doors>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let (door, method, begun) = (door(request.path()), method(request.method()), Instant::now());
    let metrics = &doors.metrics;
    let in_flight = metrics.in_flight.get_or_create_owned(&[("door", door)]);
    in_flight.inc();
    let _in_flight = InFlight(in_flight);
    let response = next.call(request).await?;
    metrics.seconds.get_or_create(&[("door", door)]).observe(begun.elapsed().as_secs_f64());
    metrics.requests.get_or_create(&[("door", door), ("method", method), ("status", class(response.status()))]).inc();
    Ok(response)
}

fn door(path: &str) -> &'static str {
    if path.trim_start_matches('/').starts_with("scim/") { "ingress" } else { "api" }
}

fn method(method: &Method) -> &'static str {
    let known = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
    known.into_iter().find(|known| *known == method.as_str()).unwrap_or("other")
}

fn class(status: StatusCode) -> &'static str {
    ["1xx", "2xx", "3xx", "4xx", "5xx"].get(usize::from(status.as_u16() / 100) - 1).copied().unwrap_or("other")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_few() {
        assert_eq!(
            ["//scim/v2/x", "/scim/v2.0/x/Users", "/scimitar", "/events", ""].map(door),
            ["ingress", "ingress", "api", "api", "api"]
        );
        let made_up = Method::from_bytes(b"BREW").unwrap();
        assert_eq!([Method::PATCH, made_up].map(|of| method(&of)), ["PATCH", "other"]);
        assert_eq!(
            [200, 404, 503, 999].map(|code| class(StatusCode::from_u16(code).unwrap())),
            ["2xx", "4xx", "5xx", "other"]
        );
    }
}

//! What a relay counts.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Metrics {
    pub(super) published: Counter,
    pub(super) publications: Counter,
    pub(super) leads: Gauge,
}

impl Metrics {
    pub fn register(&self, registry: &mut Registry) {
        registry.register("relay_events_published", "Events that this node published", self.published.clone());
        let publications = "Publications: batches that the bus has taken charge of";
        registry.register("relay_publications", publications, self.publications.clone());
        registry.register("relay_leads", "1 while this node publishes the log, else 0", self.leads.clone());
    }
}

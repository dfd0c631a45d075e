//! `GET /metrics`: what a node counts, and what the database says of how late things are, in the text format of `OpenMetrics`.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use broker::ingest::Writer;
use bus::kafka::Figures;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;
use store::{Error, LogReader, Store, System};
use tokio::time::timeout;

use super::outwards::Outwards;

/// Past it a scrape goes without what the database says.
const PATIENCE: Duration = Duration::from_secs(2);
/// So many endpoints are named, those of which something has waited longest.
const ENDPOINTS: u32 = 10;
/// What each name begins with.
const PREFIX: &str = "rollcall";
const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What is shown.
pub(super) struct Exposition {
    counted: Registry,
    store: Store,
    writer: Writer,
    kafka: Option<Arc<Figures>>,
}

/// A number for each value of one label.
type By<N> = Family<[(&'static str, String); 1], N>;
type Seconds = Gauge<f64, AtomicU64>;

impl Exposition {
    pub(super) fn new(store: &Store, doors: &web::Metrics, writer: &Writer, outwards: &Outwards) -> Self {
        let mut counted = Registry::with_prefix(PREFIX);
        counted.register("build", "The version that runs", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        doors.register(&mut counted);
        writer.metrics().register(&mut counted);
        outwards.register(&mut counted);
        Self { counted, store: store.clone(), writer: writer.clone(), kafka: outwards.kafka() }
    }

    /// As of this moment.
    async fn text(&self) -> Result<String, std::fmt::Error> {
        let (mut now, mut late) = (Registry::with_prefix(PREFIX), Registry::with_prefix(PREFIX));
        self.node(&mut now);
        let told = timeout(PATIENCE, database(&self.store.system(), &mut late)).await;
        match told {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the database does not say how late things are"
                );
            }
            Err(_) => tracing::warn!("the database takes too long to say how late things are"),
        }
        let mut text = String::new();
        for registry in [&self.counted, &now, &late] {
            encode_registry(&mut text, registry)?;
        }
        encode_eof(&mut text)?;
        Ok(text)
    }

    fn node(&self, now: &mut Registry) {
        gauge(now, "ingest_queue_writes", "Writes that wait for a batch", self.writer.queued());
        let races = "Batches that were begun again since another node was first";
        now.register("ingest_lost_races", races, ConstCounter::new(self.writer.lost_races()));
        let statements = "SQL statements since the start, BEGIN and COMMIT apart; what goes in one round trip is one";
        now.register("sql_statements", statements, ConstCounter::new(self.store.statements()));
        let (open, idle) = (By::<Gauge>::default(), By::<Gauge>::default());
        for pool in self.store.system().pools() {
            open.get_or_create(&[("pool", pool.name.to_owned())]).set(pool.open.into());
            idle.get_or_create(&[("pool", pool.name.to_owned())]).set(pool.idle.into());
        }
        now.register("sql_connections_open", "Connections to the database", open);
        now.register("sql_connections_idle", "Those of them that nobody uses", idle);
        if let Some(kafka) = &self.kafka {
            let lag = "Messages between the last one handled and the newest, over this node's partitions";
            gauge(now, "kafka_consumer_lag_messages", lag, kafka.consumer_lag());
            let requests = "Requests sent to brokers by the current clients, as of their last report";
            gauge(now, "kafka_requests", requests, kafka.requests());
            let foreign = "Messages in the topic that hold no event of this installation's log";
            now.register("kafka_foreign_messages", foreign, ConstCounter::new(kafka.foreign_messages()));
        }
    }
}

/// The same on every node. Registered only when all of it is known.
async fn database(system: &System, late: &mut Registry) -> Result<(), Error> {
    let (events, age) = (By::<Gauge>::default(), By::<Seconds>::default());
    for (name, reader) in [("relay", LogReader::Relay), ("fanout", LogReader::Fanout)] {
        let lag = system.lag(reader).await?;
        events.get_or_create(&[("reader", name.to_owned())]).set(lag.events);
        age.get_or_create(&[("reader", name.to_owned())]).set(seconds(lag.oldest_ms.unwrap_or(0)));
    }
    let backlog = system.backlog().await?;
    let endpoints = By::<Seconds>::default();
    for endpoint in system.late_endpoints(ENDPOINTS).await? {
        endpoints.get_or_create(&[("endpoint", endpoint.endpoint_id.to_string())]).set(seconds(endpoint.oldest_ms));
    }
    let leases = system.list_leases().await?;
    let (held, holders) = (By::<Gauge>::default(), By::<Gauge>::default());
    for kind in ["relay", "node", "shard"] {
        let live = leases.iter().filter(|lease| lease.live && lease.name.split(':').next() == Some(kind));
        let names: Vec<_> = live.map(|lease| lease.holder.as_str()).collect();
        let different: BTreeSet<_> = names.iter().collect();
        held.get_or_create(&[("kind", kind.to_owned())]).set(count(names.len()));
        holders.get_or_create(&[("kind", kind.to_owned())]).set(count(different.len()));
    }
    late.register("log_unread_events", "Events past a reader's durable cursor: not published, not fanned out", events);
    late.register("log_oldest_unread_seconds", "Since the oldest of them was recorded", age);
    gauge(late, "deliveries_pending", "Deliveries that are to be made, as far as they were counted", backlog.pending);
    let oldest = "Since the oldest undelivered event was fanned out, of the ten endpoints that are latest";
    late.register("endpoint_oldest_undelivered_seconds", oldest, endpoints);
    late.register("leases_held", "Leases that have not run out", held);
    late.register("lease_holders", "Different processes that hold them", holders);
    Ok(())
}

fn gauge<N: TryInto<i64>>(registry: &mut Registry, name: &str, help: &str, value: N) {
    registry.register(name, help, ConstGauge::new(value.try_into().unwrap_or(i64::MAX)));
}

fn count(of: usize) -> i64 {
    i64::try_from(of).unwrap_or(i64::MAX)
}

fn seconds(ms: i64) -> f64 {
    Duration::from_millis(ms.max(0).unsigned_abs()).as_secs_f64()
}

#[get("/metrics")]
pub(super) async fn metrics(exposition: Data<Exposition>) -> HttpResponse {
    match exposition.text().await {
        Ok(text) => HttpResponse::Ok().content_type(CONTENT_TYPE).body(text),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}

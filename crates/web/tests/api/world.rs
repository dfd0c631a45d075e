//! A store, the doors over it, and a way to call them.

use std::fmt;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use actix_web::dev::Service;
use actix_web::http::Method;
use actix_web::http::header::HeaderMap;
use actix_web::{App, test};
use anyhow::{Context, Result, ensure};
use broker::ingest::Writer;
use broker::{Authenticator, Broker};
use model::FixedClock;
use serde_json::Value;
use store::{MasterKey, Options, Store};
use tests::{Database, Template};
use web::{Doors, Metrics, Open, Settings};

use crate::shape;
use crate::tenant::Tenant;

/// The schema, migrated once.
pub(crate) static MIGRATED: Template = Template::new(|url| {
    Box::pin(async move {
        let (store, _) = open(&url).await?;
        store.migrate().await?;
        Ok(store.close().await?)
    })
});

pub(crate) const NOW_MS: i64 = 1_768_478_400_000;
pub(crate) const PUBLIC_URL: &str = "https://rollcall.example";

type Sender = Box<dyn Fn(test::TestRequest) -> Pin<Box<dyn Future<Output = Result<Reply>>>>>;

pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) broker: Broker,
    pub(crate) writer: Writer,
    pub(crate) clock: Arc<FixedClock>,
    send: Sender,
}

/// An answer.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    /// Every pattern that the application routes by.
    pub(crate) routes: String,
}

async fn open(url: &str) -> Result<(Store, Arc<FixedClock>)> {
    let clock = Arc::new(FixedClock::at(NOW_MS));
    let options = Options {
        url: url.to_owned(),
        master_key: MasterKey::new([7; 32]),
        seed: [3; 32],
        clock: Arc::<FixedClock>::clone(&clock),
        write_connections: 4,
        read_connections: 4,
    };
    Ok((Store::open(options).await?, clock))
}

impl World {
    pub(crate) async fn new(database: &Database) -> Result<Rc<Self>> {
        Self::with(database, false).await
    }

    pub(crate) async fn with(database: &Database, allow_private_endpoints: bool) -> Result<Rc<Self>> {
        let (store, clock) = open(database.url()).await?;
        let broker = Broker::new(store.clone());
        let (writer, _) = Writer::start(store.clone(), [5; 32]);
        let authenticator = Arc::new(Authenticator::new(broker.clone()));
        let settings = Settings { public_url: format!("{PUBLIC_URL}/"), allow_private_endpoints };
        let doors = Doors {
            broker: broker.clone(),
            writer: writer.clone(),
            authenticator,
            settings,
            metrics: Metrics::default(),
            open: Open { ingress: true, api: true },
        };
        Ok(Rc::new(Self { store, broker, writer, clock, send: sender(doors).await }))
    }

    /// A new environment with a key.
    pub(crate) async fn tenant(self: &Rc<Self>) -> Result<Tenant> {
        let environment = self.broker.create_environment("Production").await?.id;
        let (_, key) = self.broker.create_api_key(environment, "test").await?;
        Ok(Tenant { world: Rc::clone(self), environment, key: key.reveal().to_owned() })
    }

    /// Sends a request to a door that the document does not describe.
    pub(crate) async fn send_unchecked(&self, method: Method, path: &str, request: test::TestRequest) -> Result<Reply> {
        (self.send)(request.method(method).uri(path)).await
    }

    /// Sends a request and holds the answer to the document.
    pub(crate) async fn send(&self, method: Method, path: &str, request: test::TestRequest) -> Result<Reply> {
        let reply = self.send_unchecked(method.clone(), path, request).await?;
        shape::check(&method, path, &reply).with_context(|| format!("{method} {path}: {reply:?}"))?;
        Ok(reply)
    }
}

async fn sender(doors: Doors) -> Sender {
    let service = Rc::new(test::init_service(App::new().configure(web::configure(doors))).await);
    Box::new(move |request| {
        let service = Rc::clone(&service);
        Box::pin(async move {
            let response = service.call(request.to_request()).await.map_err(|error| anyhow::anyhow!("{error}"))?;
            let routes = format!("{:?}", response.request().resource_map());
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let text = String::from_utf8(test::read_body(response).await.to_vec())?;
            Ok(Reply { status, headers, text, routes })
        })
    })
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status, self.text)
    }
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    /// The body of an answer that must have this status; null when it has none.
    pub(crate) fn expect(&self, status: u16) -> Result<Value> {
        ensure!(self.status == status, "not {status}: {self:?}");
        Ok(self.json())
    }

    /// The code of a refusal that must have this status, and the field that it names.
    pub(crate) fn refused(&self, status: u16) -> Result<(String, String)> {
        let body = self.expect(status)?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let detail = &body["errors"][0];
        Ok((text(detail.get("code").unwrap_or(&body["code"])), text(&detail["field"])))
    }
}

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, PayloadConfig};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use serde_json::Value;
use simulator::Target;

use super::TOKEN;
use super::directory::{Answer, Directory, error};

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    pub(crate) method: String,
    /// Path and query below the base URL, still encoded.
    pub(crate) path: String,
    /// Without `host` and `content-length`, names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Value,
}

/// What happens to a request instead of an honest answer.
pub(crate) enum Interference {
    None,
    /// This answer, and nothing is done.
    Instead(u16, &'static str, Value),
    /// It is done, and the connection breaks in the middle of the answer.
    Cut,
}

type Script = Box<dyn Fn(&Recorded, usize) -> Interference + Send + Sync>;

/// A running double. Its directory outlives it, for those who start another one.
pub(crate) struct Double {
    pub(crate) address: SocketAddr,
    pub(crate) state: Arc<State>,
    handle: ServerHandle,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) directory: Mutex<Directory>,
    recorded: Mutex<Vec<Recorded>>,
    script: Option<Script>,
}

impl Double {
    pub(crate) fn start() -> Self {
        Self::on("127.0.0.1:0".parse().unwrap(), Arc::default())
    }

    /// `script` is asked about each request; its second argument counts them from 0.
    pub(crate) fn interfering(script: impl Fn(&Recorded, usize) -> Interference + Send + Sync + 'static) -> Self {
        let state = State { script: Some(Box::new(script)), ..State::default() };
        Self::on("127.0.0.1:0".parse().unwrap(), Arc::new(state))
    }

    pub(crate) fn on(address: SocketAddr, state: Arc<State>) -> Self {
        let data = Data::from(state.clone());
        let app = move || {
            App::new()
                .app_data(data.clone())
                .app_data(PayloadConfig::new(16 << 20))
                .wrap(actix_web::middleware::Compress::default())
                .default_service(web::to(serve))
        };
        let http = HttpServer::new(app).workers(1).disable_signals().bind(address).unwrap();
        let address = http.addrs()[0];
        let server = http.run();
        let handle = server.handle();
        tokio::spawn(server);
        Self { address, state, handle }
    }

    pub(crate) fn target(&self) -> Target {
        let scim = format!("http://{}/scim/v2.0/abc", self.address).parse().unwrap();
        Target { scim, token: TOKEN.to_owned() }
    }

    pub(crate) fn recorded(&self) -> Vec<Recorded> {
        self.state.recorded.lock().unwrap().clone()
    }

    pub(crate) fn count(&self, kind: &str) -> usize {
        self.state.directory.lock().unwrap().count(kind)
    }

    /// Connections are cut.
    pub(crate) async fn kill(self) {
        self.handle.stop(false).await;
    }
}

async fn serve(request: HttpRequest, body: Bytes, state: Data<State>) -> HttpResponse {
    let recorded = record(&request, &body);
    let number = {
        let mut all = state.recorded.lock().unwrap();
        all.push(recorded.clone());
        all.len() - 1
    };
    let interference = state.script.as_ref().map_or(Interference::None, |script| script(&recorded, number));
    match interference {
        Interference::Instead(status, retry_after, body) => {
            response((status, body)).insert_header(("retry-after", retry_after)).finish_with()
        }
        Interference::None => response(answer(&state, &recorded)).finish_with(),
        Interference::Cut => {
            answer(&state, &recorded);
            let broken = futures::stream::once(async { Err::<Bytes, _>(std::io::Error::other("cut")) });
            HttpResponse::Ok().streaming(broken)
        }
    }
}

fn record(request: &HttpRequest, body: &[u8]) -> Recorded {
    let path = request.uri().to_string();
    let headers = request.headers().iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    Recorded {
        method: request.method().to_string(),
        path: path.strip_prefix("/scim/v2.0/abc").unwrap_or(&path).to_owned(),
        headers: headers.filter(|(name, _)| name != "host" && name != "content-length").collect(),
        body: serde_json::from_slice(body).unwrap_or_default(),
    }
}

fn answer(state: &State, request: &Recorded) -> Answer {
    if !request.headers.contains(&("authorization".to_owned(), format!("Bearer {TOKEN}"))) {
        return error(401, "who are you?");
    }
    let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    let query: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let mut segments = path.trim_start_matches('/').split('/');
    let (kind, id) = (segments.next().unwrap(), segments.next());
    let mut directory = state.directory.lock().unwrap();
    directory.answer(&request.method, kind, id, &query, request.body.clone())
}

struct Response(actix_web::HttpResponseBuilder, Option<String>);

fn response((status, body): Answer) -> Response {
    let mut builder = HttpResponse::build(StatusCode::from_u16(status).unwrap());
    builder.content_type("application/scim+json");
    Response(builder, (status != 204).then(|| body.to_string()))
}

impl Response {
    fn insert_header(mut self, header: (&str, &str)) -> Self {
        self.0.insert_header(header);
        self
    }

    fn finish_with(mut self) -> HttpResponse {
        match self.1 {
            Some(body) => self.0.body(body),
            None => self.0.finish(),
        }
    }
}

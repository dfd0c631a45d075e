//! What is sent over a socket has the forms of the recordings: method, path, headers, operations.

use std::collections::BTreeSet;

use serde_json::Value;
use simulator::{Idp, Plan, run};

use crate::double::{Double, Recorded, TOKEN};

fn recording(text: &str) -> Vec<Recorded> {
    let steps: Vec<Value> = serde_json::from_str(text).unwrap();
    steps.iter().map(step).collect()
}

fn step(step: &Value) -> Recorded {
    let headers = step["headers"].as_object().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().replace("{{token}}", TOKEN);
    Recorded {
        method: step["method"].as_str().unwrap().to_owned(),
        path: step["path"].as_str().unwrap().to_owned(),
        headers: headers.map(|(name, value)| (name.to_lowercase(), text(value))).collect(),
        body: step["body"].clone(),
    }
}

/// A request without its particulars: ids, quoted values, page starts.
fn form(request: &Recorded) -> String {
    let mut headers = request.headers.clone();
    headers.sort();
    let operations = request.body["Operations"].as_array().into_iter().flatten().map(operation);
    let operations = operations.collect::<BTreeSet<String>>().into_iter().collect::<Vec<_>>().join("; ");
    format!("{} {} {headers:?} {operations}", request.method, path(&request.path))
}

fn path(path: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut segments: Vec<&str> = path.split('/').collect();
    if let Some(id) = segments.get_mut(2) {
        *id = "{id}";
    }
    let quoted = query.split("%22").enumerate().map(|(place, part)| if place % 2 == 1 { "…" } else { part });
    format!("{}?{}", segments.join("/"), quoted.collect::<String>())
}

fn operation(operation: &Value) -> String {
    let path = operation["path"].as_str().unwrap_or("-").split("value eq").next().unwrap();
    let keys: Vec<&String> = match &operation["value"] {
        Value::Object(value) => value.keys().collect(),
        Value::Array(entries) => {
            entries.first().and_then(Value::as_object).into_iter().flat_map(|it| it.keys()).collect()
        }
        _ => Vec::new(),
    };
    format!("{} {path} {keys:?}", operation["op"])
}

async fn sent(idp: Idp) -> Vec<Recorded> {
    let double = Double::start();
    run(idp, &double.target(), &Plan::DEFAULT, &|_| {}).await.unwrap();
    double.recorded()
}

/// Every recorded form is among those that were sent, but for those that `absent` picks by a part of their form.
fn check(recorded: &[Recorded], sent: &[Recorded], absent: &[&str]) {
    let sent: BTreeSet<String> = sent.iter().map(form).collect();
    for form in recorded.iter().map(form) {
        let excused = absent.iter().any(|part| form.contains(part));
        assert_eq!(sent.contains(&form), !excused, "{form}\nwas not sent; sent was\n{sent:#?}");
    }
}

#[tokio::test]
async fn okta_sends_what_was_recorded() {
    let sent = sent(Idp::Okta).await;
    check(&recording(include_str!("../../../../tests/idp/recordings/okta-oin-lifecycle.json")), &sent, &[]);
    check(&recording(include_str!("../../../../tests/idp/recordings/okta-group-push.json")), &sent, &[]);
    // A later page and a page of one are not part of a small import.
    let absent = ["startIndex=101", "startIndex=2"];
    check(&recording(include_str!("../../../../tests/idp/recordings/okta-import.json")), &sent, &absent);
}

#[tokio::test]
async fn entra_sends_what_was_recorded() {
    // Other matching attributes than userName, and the older sample of a manager: one tenant has one configuration. An
    // update's operations depend on what changed; unit tests compare them.
    let absent = ["externalId+eq", "filter=emails", "\"Replace\" manager", "name.familyName"];
    check(
        &recording(include_str!("../../../../tests/idp/recordings/entra-default-lifecycle.json")),
        &sent(Idp::Entra).await,
        &absent,
    );
}

#[tokio::test]
async fn header_names_and_nothing_more() {
    for (idp, on_reads) in [
        (Idp::Okta, &["accept", "accept-charset", "accept-encoding", "authorization", "connection", "user-agent"][..]),
        (Idp::Entra, &["authorization"]),
    ] {
        for request in sent(idp).await {
            let mut names: Vec<&str> = request.headers.iter().map(|(name, _)| name.as_str()).collect();
            names.retain(|name| *name != "content-type");
            names.sort_unstable();
            assert_eq!(names, on_reads, "{request:?}");
            let writes = request.headers.iter().any(|(name, _)| name == "content-type");
            assert_eq!(writes, !matches!(request.method.as_str(), "GET" | "DELETE"));
        }
    }
}

#[tokio::test]
async fn each_user_s_requests_are_in_order() {
    let (mut created, mut read) = (0, BTreeSet::new());
    for request in sent(Idp::Okta).await {
        let id = request.path.strip_prefix("/Users/").map(str::to_owned);
        match (request.method.as_str(), id) {
            ("GET", Some(id)) => drop(read.insert(id)),
            ("PUT", Some(id)) => assert!(read.remove(&id), "{id} was not read before its PUT"),
            ("POST", None) if request.path == "/Users" => created += 1,
            _ => {}
        }
    }
    assert_eq!(created, 60 + 1, "and one that is refused");
}

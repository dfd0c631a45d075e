//! One connection to a server, what it has made there, and what was asserted.

use anyhow::Result;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, Method};
use serde_json::{Value, json};

use super::Target;
use super::report::{Outcome, Report};

pub(super) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(super) const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
pub(super) const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
pub(super) const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";
pub(super) const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
pub(super) const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
pub(super) const SEARCH: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

pub(super) struct Probe {
    client: Client,
    target: Target,
    pub(super) report: Report,
    /// Paths of what is to be deleted in the end.
    made: Vec<String>,
    count: u32,
}

pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    /// Null when there is none, or it is no JSON.
    pub(super) body: Value,
    pub(super) length: usize,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub(super) fn text(&self, pointer: &str) -> &str {
        self.body.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn at(&self, pointer: &str) -> &Value {
        self.body.pointer(pointer).unwrap_or(&Value::Null)
    }

    pub(super) fn id(&self) -> String {
        self.text("/id").to_owned()
    }

    /// The entries of an array; none of anything else.
    pub(super) fn all(&self, pointer: &str) -> Vec<Value> {
        self.at(pointer).as_array().cloned().unwrap_or_default()
    }

    pub(super) fn is_scim(&self) -> bool {
        self.header("content-type").starts_with("application/scim+json")
    }

    /// As it is told when an assertion about it fails.
    pub(super) fn seen(&self) -> String {
        format!("{} {}", self.status, self.body)
    }
}

impl Probe {
    pub(super) fn new(target: &Target) -> Result<Self> {
        // A redirect is an answer like any other, and mostly a wrong one.
        let (client, report) = (Client::builder().redirect(Policy::none()).build()?, Report::default());
        Ok(Self { client, target: target.clone(), report, made: Vec::new(), count: 0 })
    }

    /// A name that nothing else of this run has.
    pub(super) fn name(&mut self, prefix: &str) -> String {
        self.count += 1;
        format!("{prefix}-{}", self.count)
    }

    pub(super) fn must(
        &mut self,
        section: &'static str,
        what: impl Into<String>,
        holds: bool,
        seen: impl Into<String>,
    ) {
        let failure = (!holds).then(|| seen.into());
        self.report.outcomes.push(Outcome { section, what: what.into(), failure });
    }

    /// A refusal in SCIM's form (RFC 7644 section 3.12): its status, in the body as a string, and its `scimType`; an empty one is
    /// any or none.
    pub(super) fn refused(&mut self, section: &'static str, what: &str, answer: &Answer, status: u16, scim_type: &str) {
        let typed = scim_type.is_empty() || answer.text("/scimType") == scim_type;
        let told = answer.text("/status") == status.to_string() && !answer.text("/detail").is_empty();
        let in_form = answer.is_scim() && answer.at("/schemas") == &json!([ERROR]) && told;
        let holds = answer.status == status && typed && in_form;
        self.must(section, format!("{what}: {status} {scim_type}"), holds, answer.seen());
    }

    pub(super) fn token(&self) -> &str {
        &self.target.token
    }

    pub(super) fn base(&self) -> &str {
        &self.target.scim
    }

    pub(super) async fn send(
        &self,
        (method, path): (Method, &str),
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Result<Answer> {
        let bearer = format!("Bearer {}", self.target.token);
        let mut all = HeaderMap::new();
        let defaults = [("authorization", bearer.as_str()), ("content-type", "application/scim+json")];
        for (name, value) in defaults.iter().take(1 + usize::from(body.is_some())).chain(headers) {
            all.insert(HeaderName::try_from(*name)?, HeaderValue::from_str(value)?);
        }
        // An empty value asks for no such header.
        if all["authorization"].is_empty() {
            all.remove("authorization");
        }
        let request = self.client.request(method, format!("{}{path}", self.target.scim)).headers(all);
        let response = request.body(body.unwrap_or_default()).send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await?;
        let body = serde_json::from_slice(&bytes).unwrap_or_default();
        Ok(Answer { status, headers, body, length: bytes.len() })
    }

    pub(super) async fn get(&self, path: &str) -> Result<Answer> {
        self.send((Method::GET, path), &[], None).await
    }

    pub(super) async fn post(&mut self, path: &str, body: &Value) -> Result<Answer> {
        self.post_with(path, &[], body).await
    }

    /// With these headers.
    pub(super) async fn post_with(&mut self, path: &str, headers: &[(&str, &str)], body: &Value) -> Result<Answer> {
        let answer = self.send((Method::POST, path), headers, Some(body.to_string())).await?;
        if answer.status == 201 {
            let kind = path.split('?').next().unwrap_or(path);
            self.made.push(format!("{kind}/{}", answer.id()));
        }
        Ok(answer)
    }

    pub(super) async fn put(&self, path: &str, body: &Value) -> Result<Answer> {
        self.send((Method::PUT, path), &[], Some(body.to_string())).await
    }

    /// With these operations.
    pub(super) async fn patch(&self, path: &str, operations: &Value) -> Result<Answer> {
        let body = json!({ "schemas": [PATCH], "Operations": operations });
        self.send((Method::PATCH, path), &[], Some(body.to_string())).await
    }

    /// A POST to a path that ends in `.search`, with these parameters.
    pub(super) async fn search(&self, path: &str, parameters: &Value) -> Result<Answer> {
        let mut body = json!({ "schemas": [SEARCH] });
        add(&mut body, parameters);
        self.send((Method::POST, path), &[], Some(body.to_string())).await
    }

    pub(super) async fn delete(&self, path: &str) -> Result<Answer> {
        self.send((Method::DELETE, path), &[], None).await
    }

    /// A user with these attributes besides a name of its own.
    pub(super) async fn user(&mut self, more: &Value) -> Result<Answer> {
        let mut body = json!({ "schemas": [USER], "userName": self.name("conformance") });
        add(&mut body, more);
        self.post("/Users", &body).await
    }

    pub(super) async fn group(&mut self, more: &Value) -> Result<Answer> {
        let mut body = json!({ "schemas": [GROUP], "displayName": self.name("Conformance") });
        add(&mut body, more);
        self.post("/Groups", &body).await
    }

    pub(super) async fn clean_up(&mut self) -> Result<()> {
        for path in std::mem::take(&mut self.made).iter().rev() {
            self.delete(path).await?;
        }
        Ok(())
    }
}

fn add(body: &mut Value, more: &Value) {
    if let (Value::Object(body), Value::Object(more)) = (body, more) {
        body.extend(more.clone());
    }
}

/// A path with these query parameters.
pub(super) fn query(path: &str, pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    format!("{path}?{}", pairs.join("&"))
}

fn encode(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

use hyper::Method;
use serde_json::Value;

use super::expect::Expect;
use crate::phase::Phase;

/// A request in its wire form, but for base URL and token.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// Path and query below the base URL, encoded as the provider encodes it.
    pub(crate) path: String,
    pub(crate) body: Option<Value>,
    /// Sent as it is in place of `Bearer <token>`.
    pub(crate) authorization: Option<&'static str>,
}

impl Request {
    pub(crate) fn get(path: String) -> Self {
        Self { method: Method::GET, path, body: None, authorization: None }
    }

    pub(crate) fn post(path: &str, body: Value) -> Self {
        Self { method: Method::POST, body: Some(body), ..Self::get(path.to_owned()) }
    }

    pub(crate) fn put(path: String, body: Value) -> Self {
        Self { method: Method::PUT, body: Some(body), ..Self::get(path) }
    }

    pub(crate) fn patch(path: String, body: Value) -> Self {
        Self { method: Method::PATCH, body: Some(body), ..Self::get(path) }
    }

    pub(crate) fn delete(path: String) -> Self {
        Self { method: Method::DELETE, ..Self::get(path) }
    }

    /// This request as part of `phase`, to be answered as `expect` says.
    pub(crate) fn step(self, phase: Phase, expect: Expect) -> Step {
        Step { phase, request: self, expect }
    }
}

/// A request with its place in the life cycle and the answer that the provider relies on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Step {
    pub(crate) phase: Phase,
    pub(crate) request: Request,
    pub(crate) expect: Expect,
}

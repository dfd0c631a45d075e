use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::{Mutex, PoisonError, RwLock};

use super::behaviour::{Behaviour, Reply};
use super::received::Received;
use super::verify::verify;

/// Event ids that an endpoint remembers to recognise a repetition.
const REMEMBERED: usize = 200_000;

/// One webhook endpoint of a receiver.
#[derive(Debug)]
pub struct Endpoint {
    /// Such as `/hooks/billing`.
    pub path: String,
    /// The whole secret, with its `whsec_`.
    pub secret: String,
    pub behaviour: Behaviour,
}

impl Endpoint {
    /// An endpoint that answers 200 to whatever is verified.
    pub fn new(path: &str, secret: &str) -> Self {
        Self { path: path.to_owned(), secret: secret.to_owned(), behaviour: Behaviour::Ok }
    }

    #[must_use]
    pub fn behaving(self, behaviour: Behaviour) -> Self {
        Self { behaviour, ..self }
    }
}

/// An endpoint at work.
pub(super) struct Door {
    pub(super) path: String,
    secret: String,
    behaviour: RwLock<Behaviour>,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    ids: HashSet<String>,
    order: VecDeque<String>,
}

impl Door {
    pub(super) fn open(endpoint: Endpoint) -> Self {
        let Endpoint { path, secret, behaviour } = endpoint;
        Self { path, secret, behaviour: RwLock::new(behaviour), seen: Mutex::default() }
    }

    pub(super) fn behave(&self, behaviour: Behaviour) {
        *self.behaviour.write().unwrap_or_else(PoisonError::into_inner) = behaviour;
    }

    /// Verifies a delivery and decides what to answer.
    pub(super) fn receive(&self, at_ms: u64, headers: BTreeMap<String, String>, body: &[u8]) -> (Received, Reply) {
        let mut received = Received::read(at_ms, &self.path, headers, body);
        let signature = received.headers.get("workos-signature").map(String::as_str);
        received.verified = verify(signature, &self.secret, body, at_ms).map(|_| ());
        if let (Ok(()), Some(id)) = (&received.verified, &received.event_id) {
            received.duplicate = !self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
        }
        let reply = self.behaviour.read().unwrap_or_else(PoisonError::into_inner).reply(&received);
        (received, reply)
    }
}

impl Seen {
    /// False if it was there already.
    fn insert(&mut self, id: &str) -> bool {
        if !self.ids.insert(id.to_owned()) {
            return false;
        }
        self.order.push_back(id.to_owned());
        if self.order.len() > REMEMBERED {
            self.order.pop_front().map(|oldest| self.ids.remove(&oldest));
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_bounded() {
        let mut seen = Seen::default();
        (0..=REMEMBERED).for_each(|number| assert!(seen.insert(&number.to_string())));
        assert_eq!((seen.ids.len(), seen.order.len()), (REMEMBERED, REMEMBERED));
        assert!(!seen.insert("1"));
        assert!(seen.insert("0"), "the oldest was forgotten");
    }
}

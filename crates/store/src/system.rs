//! The handle without a tenant: token lookup, relay, fan-out, retention, command line. Who may name it is a law test.

use crate::Store;

/// Sees every environment.
#[derive(Clone)]
pub struct System(pub(crate) Store);

impl Store {
    pub fn system(&self) -> System {
        System(self.clone())
    }
}

//! Leading: one relay at a time, by the lease `relay`.

use std::time::Duration;

use store::{Holder, Leader, Lease, Store};
use tokio::time::Instant;

use super::{Error, Settings};

const NAME: &str = "relay";
/// A lease is renewed so many times before it would expire.
const RENEWALS: u32 = 3;

pub(super) struct Lead {
    store: Store,
    holder: Holder,
    term: Duration,
    held: Option<Lease>,
    renew_at: Instant,
}

impl Lead {
    pub(super) fn new(store: &Store, settings: &Settings) -> Self {
        let holder = store.new_holder(settings.alone);
        Self { store: store.clone(), holder, term: settings.lease, held: None, renew_at: Instant::now() }
    }

    /// Whether the lease is held now, as far as this node can tell without asking.
    pub(super) fn holds(&self) -> bool {
        self.held.as_ref().is_some_and(|lease| lease.expires_at_ms > self.store.now_ms())
    }

    /// Tells a term of leading from every other.
    pub(super) fn epoch(&self) -> Option<i64> {
        self.held.as_ref().map(|lease| lease.epoch)
    }

    /// In whose name something durable is written.
    pub(super) fn leader(&self) -> Result<Leader<'_>, Error> {
        let lease = self.held.as_ref().ok_or(Error::Lease)?;
        Ok(Leader { holder: &self.holder, lease })
    }

    /// Takes or renews the lease when it is time to; answers whether it is held.
    pub(super) async fn keep(&mut self) -> Result<bool, store::Error> {
        if self.holds() && Instant::now() < self.renew_at {
            return Ok(true);
        }
        self.renew_at = Instant::now() + self.term / RENEWALS;
        let term_ms = i64::try_from(self.term.as_millis()).unwrap_or(i64::MAX);
        let held = self.store.system().hold_leases(&self.holder, &[NAME.to_owned()], term_ms).await?;
        self.held = held.into_iter().next();
        Ok(self.held.is_some())
    }

    /// Renews for as long as it is polled; answers only when the lease cannot be kept, or was another's in between.
    pub(super) async fn keep_on(&mut self) -> Error {
        let term = self.epoch();
        loop {
            tokio::time::sleep_until(self.renew_at).await;
            match self.keep().await {
                Ok(true) if self.epoch() == term => {}
                Ok(_) => return Error::Lease,
                Err(error) => return Error::Store(error),
            }
        }
    }

    /// It was told that another node leads.
    pub(super) fn lose(&mut self) {
        self.held = None;
    }

    /// Lets another node lead at once.
    pub(super) async fn release(&mut self) -> Result<(), store::Error> {
        match self.held.take() {
            Some(lease) => self.store.system().release_leases(&self.holder, &[lease.name]).await,
            None => Ok(()),
        }
    }
}

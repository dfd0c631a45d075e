//! Where a request may go: the impure half of the address policy (the pure one is `model::address`).

use std::net::SocketAddr;
use std::sync::Arc;

use model::address::{Refusal, check_public};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// Which addresses may be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AddressPolicy {
    /// Private, loopback and link-local addresses too, and plain `http`: for development and tests.
    pub allow_private: bool,
}

impl AddressPolicy {
    /// Checks what needs no resolving: the scheme, and a host that is an address. A client does not resolve those, so they
    /// never come to [`Resolver`].
    pub(super) fn check(self, url: &Url) -> Result<(), String> {
        if self.allow_private {
            return Ok(());
        }
        if url.scheme() != "https" {
            return Err("the URL is not https".to_owned());
        }
        let checked = match url.host() {
            Some(Host::Ipv4(address)) => check_public(address.into()),
            Some(Host::Ipv6(address)) => check_public(address.into()),
            _ => Ok(()),
        };
        checked.map_err(|refusal| refusal.to_string())
    }
}

/// Resolves names and refuses one as a whole if any of its addresses is refused: what it answers is what is connected to.
pub(super) struct Resolver(pub(super) AddressPolicy);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = self.0;
        Box::pin(async move {
            let found: Vec<_> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            check_all(policy, &found)?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

pub(super) fn check_all(policy: AddressPolicy, addresses: &[SocketAddr]) -> Result<(), Refusal> {
    if policy.allow_private {
        return Ok(());
    }
    addresses.iter().try_for_each(|address| check_public(address.ip()))
}

impl From<AddressPolicy> for Arc<Resolver> {
    fn from(policy: AddressPolicy) -> Self {
        Self::new(Resolver(policy))
    }
}

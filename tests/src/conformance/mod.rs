//! A conformance client for SCIM servers: what RFC 7643, 7644 and 9865 demand, and what identity providers need besides, asked of any
//! base URL, with the section beside each assertion.
//!
//! The cast: a [`Target`] is who is asked, a [`Profile`] what is asserted, a [`Report`] what was found; [`run`] asks. The directory
//! should be empty: what is made is deleted in the end.

mod discovery;
mod errors;
mod filters;
mod groups;
mod lenient;
mod lists;
mod messages;
mod meta;
mod okta_spec;
mod patch;
mod people;
mod probe;
mod report;
mod resources;
mod returned;
mod strict;
mod values;
mod versions;

use anyhow::Result;

pub use report::{Outcome, Report};

use probe::Probe;

/// A SCIM endpoint: its base URL without a slash at the end, and its bearer token.
#[derive(Debug, Clone)]
pub struct Target {
    pub scim: String,
    pub token: String,
}

/// What is asserted besides that which holds either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// The letter: what departs from it is refused.
    Strict,
    /// The rules N1-N30 that satisfy every identity provider at once.
    Lenient,
}

impl Profile {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "strict" => Some(Self::Strict),
            "lenient" => Some(Self::Lenient),
            _ => None,
        }
    }
}

/// Errors are those of the network; what a server does wrong is in the report.
pub async fn run(target: &Target, profile: Profile) -> Result<Report> {
    let mut probe = Probe::new(target)?;
    okta_spec::check(&mut probe).await?;
    discovery::check(&mut probe).await?;
    errors::check(&mut probe).await?;
    messages::check(&mut probe).await?;
    resources::check(&mut probe).await?;
    values::check(&mut probe).await?;
    meta::check(&mut probe).await?;
    returned::check(&mut probe).await?;
    groups::check(&mut probe).await?;
    patch::check(&mut probe).await?;
    versions::check(&mut probe).await?;
    filters::check(&mut probe).await?;
    lists::check(&mut probe).await?;
    match profile {
        Profile::Strict => strict::check(&mut probe).await?,
        Profile::Lenient => lenient::check(&mut probe).await?,
    }
    probe.clean_up().await?;
    Ok(probe.report)
}
